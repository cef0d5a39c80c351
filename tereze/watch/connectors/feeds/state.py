"""How far a source was read. It lies in `Source.position`, which moves in the transaction that
stores the messages: whoever is killed before it asks the site for the same again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from statistics import median

from tereze.watch.connectors.feeds.manners import Validators


MOST_SEEN = 3000
MOST_TIMES = 30
MOST_SWAPS = 5
FEWEST_TIMES = 8  # before anything is called usual
UNUSUAL = 10  # times the usual gap
SHORTEST_SILENCE = 24 * 3600.0


@dataclass(frozen=True)
class Print:
    """What one entry said, by which a change is known. Pictures are compared only where both times
    they were looked at: switching them on makes nothing that stands there new."""

    words: str
    pictures: str | None = None  # None: nobody looked at them; empty: there were none
    swaps: int = 0  # how often only its pictures were others

    @classmethod
    def of(cls, words: str, pictures: Sequence[str] | None) -> "Print":
        if pictures is None:
            return cls(short(words))
        return cls(short(words), short("\0".join(pictures))[:8] if pictures else "")

    @classmethod
    def from_text(cls, text: str) -> "Print":
        words, *rest = text.split("/")
        return cls(words, rest[0], int(rest[1])) if rest else cls(words)

    def to_text(self) -> str:
        return self.words if self.pictures is None else f"{self.words}/{self.pictures}/{self.swaps}"

    def is_as(self, before: "Print") -> bool:
        """What shows another picture at every look is a banner and no news."""
        if self.words != before.words:
            return False
        is_known = self.pictures == before.pictures or None in {self.pictures, before.pictures}
        return is_known or before.swaps >= MOST_SWAPS

    def after(self, before: "Print") -> "Print":
        is_swap = None not in {self.pictures, before.pictures} and self.pictures != before.pictures
        return replace(self, swaps=before.swaps + is_swap if self.words == before.words else 0)


@dataclass
class PageState:
    etag: str = ""
    modified: str = ""
    digest: str = ""
    next: str = ""
    threads: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    newest: str = ""  # when the latest of them was written
    pictures: bool = False  # whether those of its entries were looked at

    @property
    def validators(self) -> Validators:
        return Validators(self.etag, self.modified)


@dataclass
class State:
    begun: bool = False  # the first look came to its end
    pages: dict[str, PageState] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)  # short name: its print
    times: list[int] = field(default_factory=list)  # when something new appeared

    def to_text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "State":
        if not text:
            return cls()
        row = json.loads(text)
        pages = {url: PageState(**page) for url, page in row.pop("pages").items()}
        return cls(pages=pages, **row)

    def known(self, name: str) -> Print | None:
        return Print.from_text(self.seen[name]) if name in self.seen else None

    def remember(self, name: str, found: Print) -> None:
        text = self.seen.pop(name, None)  # what was seen last stands last
        self.seen[name] = (found.after(Print.from_text(text)) if text else found).to_text()
        while len(self.seen) > MOST_SEEN:
            del self.seen[next(iter(self.seen))]

    def note_new(self, moments: list[datetime]) -> None:
        found = sorted({*self.times, *(int(at.timestamp()) for at in moments)})
        self.times = found[-MOST_TIMES:]

    def silence(self, at: datetime) -> tuple[float, float] | None:
        """(usual gap, present one) in seconds where the present one is far from usual."""
        if len(self.times) < FEWEST_TIMES:
            return None
        usual = median(b - a for a, b in zip(self.times, self.times[1:], strict=False))
        present = at.timestamp() - self.times[-1]
        return (usual, present) if present > max(UNUSUAL * usual, SHORTEST_SILENCE) else None


def short(words: str) -> str:
    """Names of comments may be anything, people's names too; here only their prints are kept."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]
