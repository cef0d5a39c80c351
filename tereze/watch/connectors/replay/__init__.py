"""A file streamed through the wall by `tereze watch replay`. There is nobody there to act upon."""

import asyncio
from collections.abc import Sequence

from tereze.watch.connectors.base import Hands, House, RefusedError
from tereze.watch.models import Source


class Replay:
    kind = "replay"
    is_live = False
    has_one_status = True

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        return {}

    async def watch(self, sources: Sequence[Source], house: House) -> None:
        await asyncio.Event().wait()

    def hands(self, source: Source) -> Hands:
        raise RefusedError("a file has no chat")

    def keep(self, source: Source) -> None:
        pass
