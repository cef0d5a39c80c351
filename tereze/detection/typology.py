"""The typology of frauds: schemes, first-hour playbooks, contacts, scripts, clocks, grounds.

All of it is data in `typology_data/`; this module checks it once on import, so a broken entry
stops the program with the file and the entry named instead of misleading a resident later.
"""

from pathlib import Path

from tereze.detection.typology_loader import load
from tereze.detection.typology_types import (
    Advice,
    AdviceBlock,
    AdviceContact,
    Playbook,
    Scheme,
)


TYPOLOGY = load(Path(__file__).parent / "typology_data")
SCHEMES = TYPOLOGY.schemes
PLAYBOOKS = TYPOLOGY.playbooks
CONTACTS = TYPOLOGY.contacts
FOUR_RULES = TYPOLOGY.four_rules
SCRIPTS = TYPOLOGY.scripts
CALLER_SCRIPT = SCRIPTS["caller_on_the_line"]
LEAFLET = TYPOLOGY.leaflet
CLOCKS = TYPOLOGY.clocks
GROUNDS = TYPOLOGY.grounds
CHANNELS = TYPOLOGY.channels
PLATFORM_KINDS = TYPOLOGY.platform_kinds

MONEY_LEFT = "PB1"
NO_LOSS = "PB5"
ALWAYS_USEFUL = ("bank", "national_bank")
"""Whom else to call where the scheme is not known."""
URGENT_HOURS = 24
"""Within a day the money may still stand on an account that can be blocked."""


def scheme(slug: str) -> Scheme:
    """The scheme of that slug; KeyError where there is none."""
    return SCHEMES[slug]


def advice_for(
    scheme_slug: str | None, *, money_left_hours: float | None, lang: str = "ru"
) -> Advice:
    """What to do now, in order. `money_left_hours` is None where no money was lost."""
    found = SCHEMES.get(scheme_slug) if scheme_slug else None
    first, late = _first_playbook(found, money_left_hours), _is_late(money_left_hours)
    steps = first.later_steps if late and first.later_steps else first.steps
    others = [PLAYBOOKS[slug] for slug in found.playbooks] if found else []
    return Advice(
        title=(first.later_title or first.title)[lang] if late else first.title[lang],
        urgent=first.urgent and not late,
        steps=tuple(step[lang] for step in steps),
        contacts=_contacts(first, found, lang),
        scheme_advice=tuple(line[lang] for line in found.advice) if found else (),
        rules=tuple(rule[lang] for rule in FOUR_RULES),
        if_also=tuple(
            AdviceBlock(other.condition[lang], tuple(step[lang] for step in other.steps))
            for other in others
            if other.slug not in (first.slug, NO_LOSS)
        ),
        sms=first.sms[lang],
    )


def _is_late(money_left_hours: float | None) -> bool:
    return money_left_hours is not None and money_left_hours > URGENT_HOURS


def _first_playbook(found: Scheme | None, money_left_hours: float | None) -> Playbook:
    if money_left_hours is not None:
        return PLAYBOOKS[MONEY_LEFT]
    return PLAYBOOKS[found.without_loss if found else NO_LOSS]


def _contacts(first: Playbook, found: Scheme | None, lang: str) -> tuple[AdviceContact, ...]:
    """Those of the playbook first: it knows what is urgent, the scheme only adds."""
    slugs = dict.fromkeys([*first.contacts, *(found.contacts if found else ALWAYS_USEFUL)])
    return tuple(
        AdviceContact(slug, contact.name[lang], contact.phone, contact.note[lang])
        for slug in slugs
        for contact in (CONTACTS[slug],)
    )
