"""What lights up beside a call while it is typed: nothing is stored, and nobody is named."""

from dataclasses import dataclass
from typing import Any

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.detection import assess
from tereze.detection.typology import SCHEMES, SCRIPTS
from tereze.detection.typology_types import Scheme, Script
from tereze.indicators import Indicator, extract
from tereze.intake.asking import Person, whom_to_ask
from tereze.intake.judging import rules_of
from tereze.intake.masking import contact_values, own_in
from tereze.intake.models import Loss, Report
from tereze.intake.preparing import likely_scheme
from tereze.intake.statement import Statement
from tereze.linking.identity import identity
from tereze.linking.reads import Seen, seen_before


MOST = 12


@dataclass(frozen=True)
class Hint:
    """One indicator of the call, and what the operator's role may know about it."""

    type: str
    shown: str
    seen: Seen
    ask: Person | None
    reports: tuple[Report, ...]  # empty for who may only register


@dataclass(frozen=True)
class Hints:
    found: tuple[Hint, ...]
    scheme: Scheme | None
    reasons: tuple[dict[str, str], ...]
    script: Script | None


def hints_for(statement: Statement, operator: User) -> Hints:
    assessment = assess(statement.text, rules=rules_of(operator.unit))
    told = [*assessment.indicators, *extract(statement.fraudster), *extract(statement.money_to)]
    own = contact_values(statement.contact) | own_in(statement.text, assessment.indicators)
    feigned = {item.value for item in told if item.type == "lookalike"}
    several = {
        (item.type, item.value): item
        for item in told
        if item.value not in own and (item.type, item.value in feigned) != ("domain", True)
    }
    slug = likely_scheme(assessment)
    return Hints(
        found=tuple(hint(item, operator) for item in list(several.values())[:MOST]),
        scheme=SCHEMES.get(slug),
        reasons=tuple(dict(reason.text) for reason in assessment.reasons[:4]),
        script=SCRIPTS["money_just_left"] if money_is_leaving(statement) else None,
    )


def money_is_leaving(statement: Statement) -> bool:
    return statement.loss == Loss.LOST and statement.money_when in {"hour", "today"}


def hint(item: Indicator, operator: User) -> Hint:
    known = identity(item)
    seen = seen_before(item)
    may_read = operator.can(Permission.REPORT_READ)
    return Hint(
        type=known.type,
        shown=known.shown,
        seen=seen,
        ask=whom_to_ask(seen.report_keys, operator.unit) if seen.reports else None,
        reports=readable(seen, operator) if may_read else (),
    )


def readable(seen: Seen, operator: User) -> tuple[Report, ...]:
    found: Any = Report.objects.visible_to(operator).masked().filter(public_id__in=seen.report_keys)
    return tuple(found.order_by("-received_at")[:3])
