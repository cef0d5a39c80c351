"""What the public check page may say. It never tells more than an officer confirmed, or than three
people who do not know each other and can be reached have said; and never how many exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.db.models import Count

from tereze import indicators
from tereze.accounts.models import Unit
from tereze.core.encryption import keyed_hash
from tereze.detection import Assessment, Outcome, Reason, assess
from tereze.indicators import Indicator
from tereze.intake import preparing
from tereze.intake.judging import rules_of
from tereze.intake.masking import masked
from tereze.linking.identity import SAME_AS
from tereze.linking.models import Indicator as Row
from tereze.linking.models import Sighting
from tereze.linking.reads import row_of
from tereze.prevention.models import Correction
from tereze.prevention.models.correction import CorrectionState


LONGEST = 6000
MOST_LOOKED_UP = 5  # in one text; a list of numbers is no story
ENOUGH = 3
PERSONAL = {"iin"}
HIDDEN = "•••"
SILENT = {"bin", "plate"}  # say nothing about a business or a car by their public numbers
NAMED_BY_LINK = {"telegram", "telegram_invite", "whatsapp", "instagram", "listing"}
FEWEST = 5  # digits that may be a number with a slip in it; "18:00" is none
# p_illegal supposes one fraud in a hundred texts; of what people come to check rather three in ten
# are, and from here on that makes one chance in four
POSSIBLE = 0.008
BARE = 80  # characters; a longer text with a number in it is a story


class Verdict(StrEnum):
    """What is said about one identifier, worst first."""

    KNOWN = "known"
    LOOKALIKE = "lookalike"
    IMITATED = "imitated"
    OFFICIAL = "official"
    PERSONAL = "personal"
    NOTHING = "nothing"


class Band(StrEnum):
    CONFIRMED = "confirmed"
    HUNDREDS = "hundreds"
    TENS = "tens"
    SEVERAL = "several"
    NONE = ""


class Answer(StrEnum):
    """The one thing the page says first."""

    KNOWN = "known"
    LOOKALIKE = "lookalike"
    SCHEME = "scheme"
    DOUBT = "doubt"
    STORY = "story"
    IMITATED = "imitated"
    OFFICIAL = "official"
    WARNING = "warning"
    PERSONAL = "personal"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Finding:
    type: str
    shown: str
    value: str
    verdict: Verdict
    band: Band = Band.NONE
    imitates: str = ""


@dataclass(frozen=True)
class Checked:
    text: str
    answer: Answer
    findings: tuple[Finding, ...]
    left_out: int
    scheme: str
    reasons: tuple[Reason, ...]
    assessment: Assessment

    @property
    def is_unread(self) -> bool:
        """Something short with digits in which no number was recognised: perhaps a slip."""
        digits = sum(map(str.isdigit, self.text))
        return not (self.findings or self.scheme) and digits >= FEWEST and is_bare(self.text)


def is_bare(text: str) -> bool:
    """A number, link or address alone, without a story around it."""
    return len(text) <= BARE and len(text.split()) <= 8 and sum(map(str.isalpha, text)) < 30


def identifiers(text: str) -> tuple[list[Indicator], int]:
    """What is looked up, each value once, and how many were left out."""
    wanted: dict[tuple[str, str], Indicator] = {}
    extracted = indicators.extract(text)
    for found in [*extracted, *short_number(text)]:
        if found.type not in SILENT and not is_read_better(found, extracted):
            wanted.setdefault((found.type, found.value), found)
        if host := host_of(found):
            wanted.setdefault(("domain", host), Indicator("domain", host, host, found.span, 1.0))
    found_all = list(wanted.values())
    return found_all[:MOST_LOOKED_UP], max(0, len(found_all) - MOST_LOOKED_UP)


def is_read_better(found: Indicator, others: Sequence[Indicator]) -> bool:
    """A link to an account or an advert is spoken of as that account or advert."""
    return found.type == "url" and any(
        other.type in NAMED_BY_LINK
        and other.span[0] < found.span[1]
        and found.span[0] < other.span[1]
        for other in others
    )


def host_of(found: Indicator) -> str:
    """A link is also looked up by the site it leads to, unless that site is everybody's."""
    if found.type != "url":
        return ""
    host = (urlsplit(found.value).hostname or "").removeprefix("www.")
    return "" if indicators.is_hub("domain", host) else host


def short_number(text: str) -> list[Indicator]:
    """1477, 102: too short to be found inside a text, but asked about alone."""
    digits = "".join(char for char in text if char.isdigit())
    if len(text.strip()) <= 8 and 3 <= len(digits) <= 4 and indicators.is_hub("phone", digits):
        return [Indicator("phone", digits, digits, (0, len(text)), 1.0)]
    return []


def find(found: Indicator) -> Finding:
    """The same work is done whether the value is known or not, so that time tells nothing."""
    row = row_of(found)
    used, displayed = voices(row.pk if row else 0)
    verdict, band = judge(found, row, used, displayed)
    if is_corrected(found) and verdict in (Verdict.KNOWN, Verdict.IMITATED):
        verdict, band = Verdict.NOTHING, Band.NONE
    shown = HIDDEN if found.type in PERSONAL else indicators.mask(found)
    value = "" if found.type in ("iin", "card") else found.value
    return Finding(found.type, shown, value, verdict, band, imitates=found.note)


def judge(found: Indicator, row: Row | None, used: int, displayed: int) -> tuple[Verdict, Band]:
    if found.type in PERSONAL:
        return Verdict.PERSONAL, Band.NONE
    if indicators.is_hub(found.type, found.value) or (row is not None and row.hub):
        return Verdict.OFFICIAL, Band.NONE
    if row is not None and row.confirmed_at is not None:
        return Verdict.KNOWN, Band.CONFIRMED
    if used >= ENOUGH and used > displayed:
        return Verdict.KNOWN, band_of(used)
    if found.type == "lookalike":
        return Verdict.LOOKALIKE, Band.NONE
    return (Verdict.IMITATED if used + displayed >= ENOUGH else Verdict.NOTHING), Band.NONE


def value_hash(found: Indicator) -> str:
    kind = SAME_AS.get(found.type, found.type)
    return keyed_hash(f"{kind} {found.value}", purpose="correction")


def is_corrected(found: Indicator) -> bool:
    """An officer agreed with its owner that nothing shall be said of it."""
    latest = (
        Correction.objects.exclude(state=CorrectionState.OPEN)
        .filter(value_hash=value_hash(found))
        .order_by("-answered_at")
        .first()
    )
    return latest is not None and latest.state == CorrectionState.ACCEPTED


def worth_saying(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Not "nothing known" of a site beside what is known of it, or beside a link that leads there."""
    nothing = Verdict.NOTHING
    told = {site_of(f) for f in findings if f.verdict != nothing}
    linked = {site_of(f) for f in findings if f.type == "url"}
    return tuple(
        f
        for f in findings
        if f.verdict != nothing
        or not (site := site_of(f))
        or (site not in told and not (f.type == "domain" and site in linked))
    )


def site_of(finding: Finding) -> str:
    if finding.type == "url":
        return (urlsplit(finding.value).hostname or "").removeprefix("www.")
    return finding.value if finding.type in ("domain", "lookalike") else ""


def voices(indicator: int) -> tuple[int, int]:
    """How many different reachable people were written to from it, and to how many it was shown."""
    counted = dict(
        Sighting.objects.filter(indicator=indicator, subject_kind="report")
        .exclude(reporter="")
        .values_list("role")
        .annotate(Count("reporter", distinct=True))
    )
    return counted.get(Sighting.Role.USED, 0), counted.get(Sighting.Role.SHOWN, 0)


def band_of(number: int) -> Band:
    if number > 100:
        return Band.HUNDREDS
    return Band.TENS if number > 10 else Band.SEVERAL


def check(text: str, unit: Unit | None = None) -> Checked:
    """Everything the page says about what was pasted, by the rules of the unit that answers.
    Nothing is stored."""
    text = text[:LONGEST]
    wanted, left_out = identifiers(text)
    findings = worth_saying(sorted(map(find, wanted), key=lambda f: list(Verdict).index(f.verdict)))
    assessment = assess(text, rules=rules_of(unit) if unit else None)
    scheme = likely_scheme(assessment)
    return Checked(
        text=text,
        answer=first_said(findings, scheme, assessment),
        findings=findings,
        left_out=left_out,
        scheme=scheme,
        reasons=plain_reasons(assessment, scheme),
        assessment=assessment,
    )


def likely_scheme(assessment: Assessment) -> str:
    return "" if assessment.outcome == Outcome.HARMLESS else preparing.likely_scheme(assessment)


def plain_reasons(assessment: Assessment, scheme: str) -> tuple[Reason, ...]:
    """Those that speak for the scheme; what only says that somebody is telling a story does not."""
    if assessment.outcome == Outcome.WARNING_OR_QUOTATION:
        return assessment.reasons
    return tuple(
        reason
        for reason in assessment.reasons
        if reason.spans and (reason.weight > 0 or reason.name.startswith(f"{scheme}."))
    )


def first_said(findings: Sequence[Finding], scheme: str, assessment: Assessment) -> Answer:
    outcome = assessment.outcome
    verdicts = {finding.verdict for finding in findings}
    if Verdict.KNOWN in verdicts:
        return Answer.KNOWN
    if Verdict.LOOKALIKE in verdicts:
        return Answer.LOOKALIKE
    if outcome == Outcome.WARNING_OR_QUOTATION:
        return Answer.WARNING
    if scheme:
        return Answer.SCHEME
    if outcome in (Outcome.ILLEGAL, Outcome.SUSPICIOUS):
        return Answer.DOUBT
    if outcome == Outcome.INCIDENT_REPORT:
        return Answer.STORY
    for verdict in (Verdict.IMITATED, Verdict.OFFICIAL, Verdict.PERSONAL):
        if verdict in verdicts:
            return Answer(verdict.value)
    return Answer.DOUBT if assessment.p_illegal >= POSSIBLE else Answer.NOTHING


def echo(text: str) -> str:
    """The reader's own words as they may stand on a screen, character for character."""
    found = indicators.extract(text)
    return masked(text, found, {item.value for item in found if item.type in PERSONAL})
