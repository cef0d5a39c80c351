"""What was read, in a shape that goes through a pipe as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


MOST_ITEMS = 500  # of one page or feed
LONGEST = 20_000  # characters of one text
LONGEST_NAME = 200
LONGEST_LINK = 2000


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of a feed or one comment. Moments are ISO with their zone; unknown is empty."""

    id: str = ""  # as the site names it
    text: str = ""
    author: str = ""
    author_id: str = ""
    at: str = ""
    edited: str = ""
    link: str = ""
    pictures: tuple[str, ...] = ()  # their addresses


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One answer of a site, as it was read."""

    what: str  # feed | page | other
    title: str = ""
    items: tuple[Item, ...] = ()
    empty: int = 0  # comments in which no text was found
    next: str = ""  # where the comments go on
    threads: tuple[str, ...] = ()  # pages of this site that hold comments
    feeds: tuple[str, ...] = ()  # feeds that the page names
    recipe: Mapping[str, str] = field(default_factory=dict)  # what found the comments

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Sheet":
        items = tuple(Item(**{**one, "pictures": tuple(one["pictures"])}) for one in row["items"])
        lists = {name: tuple(row[name]) for name in ("threads", "feeds")}
        return cls(**{**row, "items": items, **lists})


def clipped(item: Item) -> Item:
    """Bounded, and without what no database takes."""
    bounds = {"text": LONGEST, "author": LONGEST_NAME, "author_id": LONGEST_LINK}
    words = {name: value for name, value in asdict(item).items() if name != "pictures"}
    return Item(
        pictures=tuple(map(sound, item.pictures)),
        **{
            name: sound(str(value))[: bounds.get(name, LONGEST_LINK)]
            for name, value in words.items()
        },
    )


def sound(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()
