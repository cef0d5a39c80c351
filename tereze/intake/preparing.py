"""Everything about a report that is worked out before the database is touched."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.detection import Assessment, Document, Outcome, assess
from tereze.detection.typology import CHANNELS, SCHEMES
from tereze.indicators import Indicator, extract
from tereze.intake.judging import rules_of
from tereze.intake.masking import (
    contact_values,
    masked,
    masked_assessment,
    masked_indicator,
    own_in,
    shown_in,
    without_name,
)
from tereze.intake.models import Loss
from tereze.intake.reading import ago, parse_amount, parse_when
from tereze.intake.statement import Statement


LIKELY = 0.6  # below this the word model guessed alone: as often wrong as right
SPEAKING = {Outcome.ILLEGAL, Outcome.SUSPICIOUS, Outcome.INCIDENT_REPORT}
MASKED_FIELDS = ("fraudster", "when", "amount", "money_when", "bank_from", "money_to")
SEARCHED_FIELDS = ("fraudster", "money_to")
HOUR = timedelta(hours=1)
RECENTLY = {"hour": "меньше часа", "today": "сегодня", "yesterday": "вчера", "earlier": ""}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One text with what was found in it."""

    text: str
    masked: str
    assessment: dict[str, Any]
    found: tuple[Indicator, ...]
    own: frozenset[str]
    shown: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    statement: Statement
    told: Told
    masked_details: dict[str, str]
    found_in_details: dict[str, list[dict[str, Any]]]
    found: tuple[Indicator, ...]
    own: frozenset[str]
    shown: frozenset[str]
    reporter_key: str
    scheme: str
    fraud_channel: str
    happened_at: datetime | None
    money_left_at: datetime | None
    amount: Decimal | None


def likely_scheme(assessment: Assessment) -> str:
    best = assessment.schemes[0] if assessment.schemes else None
    if best is None or best.score < LIKELY or best.slug not in SCHEMES:
        return ""
    return best.slug


def tell(
    text: str,
    *,
    unit: Unit,
    own: frozenset[str] = frozenset(),
    name: str = "",
    in_picture: bool = False,
) -> tuple[Told, Assessment]:
    """By the rules in force in the unit."""
    document = Document("", ocr=text) if in_picture else Document(text)
    assessment = assess(document, rules=rules_of(unit))
    found = assessment.indicators
    own = own | own_in(text, found)
    told = Told(
        text=text,
        masked=without_name(masked(text, found, own), name),
        assessment=masked_assessment(assessment.to_json(), found, own),
        found=found,
        own=own,
        shown=frozenset(shown_in(text, found)),
    )
    return told, assessment


def prepare(statement: Statement, *, unit: Unit) -> Prepared:
    at, zone = now(), unit.zone
    contact = contact_values(statement.contact)
    told, assessment = tell(statement.text, unit=unit, own=contact, name=statement.name)
    details = statement.details()
    found = {name: tuple(extract(details[name])) for name in SEARCHED_FIELDS if name in details}
    own = told.own
    by_telephone = statement.fraud_channel in {"call", "sms"}
    displayed = {item.value for item in found.get("fraudster", ()) if by_telephone}
    return Prepared(
        statement=statement,
        told=told,
        masked_details={
            name: without_name(
                masked(value, found.get(name) or extract(value), own), statement.name
            )
            for name, value in details.items()
        },
        found_in_details={
            name: [masked_indicator(item, own) for item in items] for name, items in found.items()
        },
        found=(*told.found, *(item for items in found.values() for item in items)),
        own=own,
        shown=told.shown | displayed,
        reporter_key=reporter_key(statement.contact),
        scheme=likely_scheme(assessment),
        fraud_channel=statement.fraud_channel if statement.fraud_channel in CHANNELS else "",
        happened_at=parse_when(statement.when, at=at, zone=zone),
        money_left_at=money_left(statement, at=at, zone=zone),
        amount=parse_amount(statement.amount) if statement.amount else None,
    )


def money_left(statement: Statement, *, at: datetime, zone: str) -> datetime | None:
    if statement.loss != Loss.LOST:
        return None
    if statement.money_when == "hour" and (passed := ago(statement.text)):
        return at - min(passed, HOUR)  # the story knows it better than the button
    said = RECENTLY.get(statement.money_when, statement.money_when)
    if said and (found := parse_when(said, at=at, zone=zone)):
        return found
    if statement.money_when == "earlier":
        return parse_when(statement.when, at=at, zone=zone) or at - timedelta(days=3)
    return parse_when(statement.when, at=at, zone=zone)


def reporter_key(contact: str) -> str:
    """One voice counts once; who cannot be reached is no independent voice."""
    for item in extract(contact):
        if item.type in {"phone", "whatsapp", "email"}:
            return keyed_hash(item.value, purpose="reporter")
    return ""
