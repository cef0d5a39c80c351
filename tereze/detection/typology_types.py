"""The shapes of the typology: what is known about a scheme and what to do in its first hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


Text = Mapping[str, str]
"""One text in several languages: {"ru": …, "kk": …, "en": …}."""

UNSURE_LAW: Text = {"ru": "требует проверки юристом", "kk": "заңгердің тексеруі қажет"}


class Confidence(StrEnum):
    """How far a legal fact was confirmed; anything below HIGH is shown as such."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class LegalFact:
    """What every dated piece of legal configuration carries."""

    slug: str
    confidence: Confidence
    source: str
    checked: date


@dataclass(frozen=True)
class LawArticle(LegalFact):
    text: Text
    note: Text | None

    def shown(self, lang: str) -> str:
        """The article as it may stand on a screen: an unconfirmed one says so."""
        if self.confidence is Confidence.HIGH:
            return self.text[lang]
        return f"{self.text[lang]} ({UNSURE_LAW[lang]})"


@dataclass(frozen=True)
class Clock(LegalFact):
    """A deadline that somebody has to keep. Exactly one of the two lengths is set."""

    name: Text
    hours: float | None
    working_days: int | None
    basis: Text
    binds: str


@dataclass(frozen=True)
class Ground(LegalFact):
    """Why a partner may be asked: the sentence that stands in the request."""

    kind: str
    partner_kinds: tuple[str, ...]
    text: Text
    needs: tuple[str, ...]
    note: Text | None


@dataclass(frozen=True)
class Contact:
    slug: str
    name: Text
    phone: str
    note: Text


@dataclass(frozen=True)
class Playbook:
    """Steps of the first hour. `condition` introduces them where it is not known to apply."""

    slug: str
    title: Text
    condition: Text
    sms: Text
    urgent: bool
    steps: tuple[Text, ...]
    later_title: Text | None
    later_steps: tuple[Text, ...]
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    slug: str
    name: Text
    short: Text
    mechanics: Text
    articles: tuple[LawArticle, ...]
    playbooks: tuple[str, ...]
    without_loss: str
    contacts: tuple[str, ...]
    channels: tuple[str, ...]
    platforms: tuple[str, ...]
    questions: tuple[Text, ...]
    advice: tuple[Text, ...]
    signals: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]

    @property
    def playbook(self) -> str:
        return self.playbooks[0]

    @property
    def law(self) -> Text:
        return {lang: "; ".join(a.shown(lang) for a in self.articles) for lang in ("ru", "kk")}

    @property
    def law_confidence(self) -> Confidence:
        """That of the first article: the one a rule or request of this scheme rests on."""
        return self.articles[0].confidence

    @property
    def source(self) -> str:
        return self.sources[0]


@dataclass(frozen=True)
class ScriptLine:
    """`do` is for the operator's eyes, `say` is read aloud, `repeat` is what the resident says."""

    kind: str
    text: Text


@dataclass(frozen=True)
class Script:
    slug: str
    title: Text
    lines: tuple[ScriptLine, ...]


@dataclass(frozen=True)
class Leaflet:
    title: Text
    lead: Text
    if_happened: Text
    steps: tuple[Text, ...]
    check: Text
    phones: Text
    footer: Text


@dataclass(frozen=True)
class Typology:
    schemes: Mapping[str, Scheme]
    playbooks: Mapping[str, Playbook]
    contacts: Mapping[str, Contact]
    articles: Mapping[str, LawArticle]
    channels: Mapping[str, Text]
    platform_kinds: Mapping[str, Text]
    four_rules: tuple[Text, ...]
    scripts: Mapping[str, Script]
    leaflet: Leaflet
    clocks: Mapping[str, Clock]
    grounds: Mapping[str, Ground]


@dataclass(frozen=True)
class AdviceContact:
    slug: str
    name: str
    phone: str
    note: str


@dataclass(frozen=True)
class AdviceBlock:
    """Steps that hold only if the condition does: "if you told them the code: …"."""

    condition: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """What a resident is told, in one language and in the order in which to act."""

    title: str
    urgent: bool
    steps: tuple[str, ...]
    contacts: tuple[AdviceContact, ...]
    scheme_advice: tuple[str, ...]
    rules: tuple[str, ...]
    if_also: tuple[AdviceBlock, ...]
    sms: str

    def plain(self) -> str:
        """The advice as a message that can be sent: the title, the steps, whom to call."""
        steps = [f"{number}. {step}" for number, step in enumerate(self.steps, start=1)]
        calls = [f"{contact.name}: {contact.phone or contact.note}" for contact in self.contacts]
        return "\n".join([self.title, *steps, "", *calls])
