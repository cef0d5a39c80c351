"""Chats of WhatsApp that a participant handed over. Nobody watches them, and we have no hands there:
what can be done is to ask the chat's administrator (`watch/submissions`)."""

import asyncio
from collections.abc import Sequence

from tereze.watch.connectors.base import Hands, House, RefusedError
from tereze.watch.models import Source
from tereze.watch.models.sources import HANDED_OVER


class WhatsApp:
    kind = HANDED_OVER
    is_live = False
    has_one_status = True

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        return {}

    async def watch(self, sources: Sequence[Source], house: House) -> None:
        await asyncio.Event().wait()

    def hands(self, source: Source) -> Hands:
        raise RefusedError("only the administrator of the chat can delete there")

    def keep(self, source: Source) -> None:
        pass
