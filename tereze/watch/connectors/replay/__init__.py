"""A file streamed through the wall. There is nobody there to act upon, and that is recorded."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from tereze.watch.connectors.base import Hands, House, RefusedError, Target
from tereze.watch.models import Source


class ReplayHands:
    """Acts succeed without reaching anybody; a look says honestly that nothing can be known."""

    async def delete(self, target: Target) -> None: ...

    async def restrict(self, target: Target, until: datetime | None) -> None: ...

    async def ban(self, target: Target, until: datetime | None) -> None: ...

    async def unrestrict(self, target: Target) -> None: ...

    async def unban(self, target: Target) -> None: ...

    async def post(self, text: str) -> str:
        return "0"

    async def look(self, kind: str, target: Target) -> bool:
        raise RefusedError("a file cannot be looked at")

    async def close(self) -> None: ...


class Replay:
    kind = "replay"
    is_live = False

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        return {}

    async def watch(self, sources: Sequence[Source], house: House) -> None:
        """Files are read by `tereze watch replay`; nothing of them is watched."""
        await asyncio.Event().wait()

    def hands(self, source: Source) -> Hands:
        return ReplayHands()
