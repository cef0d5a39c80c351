"""How far a source was read. It lies in `Source.position`, which moves in the transaction that
stores the messages: whoever is killed before it asks the site for the same again."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from statistics import median

from tereze.watch.connectors.feeds.manners import Validators


MOST_SEEN = 3000
MOST_TIMES = 30
FEWEST_TIMES = 8  # before anything is called usual
UNUSUAL = 10  # times the usual gap
SHORTEST_SILENCE = 24 * 3600.0


@dataclass
class PageState:
    etag: str = ""
    modified: str = ""
    digest: str = ""
    next: str = ""
    threads: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def validators(self) -> Validators:
        return Validators(self.etag, self.modified)


@dataclass
class State:
    begun: bool = False  # the first look came to its end
    pages: dict[str, PageState] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)  # short name: digest of its words
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

    def remember(self, name: str, digest: str) -> None:
        self.seen.pop(name, None)  # what was seen last stands last
        self.seen[name] = digest
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
