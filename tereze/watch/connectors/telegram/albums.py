"""Albums: several messages of the service that a reader sees as one publication."""

import asyncio
from collections import OrderedDict
from dataclasses import replace

from tereze.watch.received import Incoming


REMEMBERED = 500  # albums; a picture that comes later than so many others stands alone
GATHER = 0.3  # seconds in which the pictures of an album come in


class Albums:
    def __init__(self) -> None:
        self.pieces: OrderedDict[tuple[str, str], OrderedDict[str, Incoming]] = OrderedDict()

    def put_together(self, chat: str, album: str, piece: Incoming) -> Incoming:
        """The album as far as it is known, under the id of the piece that came first: with what
        comes later it is a new version of the same publication."""
        pieces = self.pieces.setdefault((chat, album), OrderedDict())
        self.pieces.move_to_end((chat, album))
        while len(self.pieces) > REMEMBERED:
            self.pieces.popitem(last=False)
        pieces[piece.external_id] = piece
        first, *_others = pieces.values()
        files = {file.name: file for one in pieces.values() for file in one.pictures}
        edits = [one.edited_at for one in pieces.values() if one.edited_at]
        return replace(
            first,
            caption="\n".join(one.caption for one in pieces.values() if one.caption),
            quoted=next((one.quoted for one in pieces.values() if one.quoted), ""),
            is_foreign=any(one.is_foreign for one in pieces.values()),
            edited_at=max(edits, default=None),
            pictures=tuple(files.values()),
            album=tuple(sorted(pieces, key=int)),
        )


async def gather() -> None:
    await asyncio.sleep(GATHER)
