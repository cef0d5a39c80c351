"""Whoever can stop a number, an account or a page, asked with what is known: a draft to be signed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from django.db.models import Q

from tereze.accounts.models import Unit, User
from tereze.core.actor import Actor
from tereze.disruption.actions.drafting import Link, NoPartnerError, bases_of, draft_request
from tereze.disruption.actions.forms import as_it_leaves, register_form, store_form
from tereze.disruption.forms import details
from tereze.disruption.models import Partner, Request
from tereze.disruption.recognition import NotAnAddressError, Target, target_of
from tereze.indicators import Indicator, is_hub
from tereze.indicators.platforms import listing_address


# By its first digits, as they were given out (national numbering plan). Numbers are carried over to
# other operators: whoever is asked says whose it is, and the draft can be sent elsewhere.
OPERATORS = {
    **dict.fromkeys(("+7705", "+7771", "+7776", "+7777"), "beeline"),
    **dict.fromkeys(("+7701", "+7702", "+7775", "+7778"), "kcell"),
    **dict.fromkeys(("+7700", "+7707", "+7708", "+7747"), "tele2"),
}
ADDRESSES = {
    "telegram": "https://t.me/{}",
    "telegram_invite": "https://t.me/+{}",
    "instagram": "https://www.instagram.com/{}/",
    "url": "{}",
    "domain": "https://{}/",
    "lookalike": "https://{}/",
}
Why = Callable[[str], str]  # the reason in the language of whoever reads it


def ask_to_stop(
    item: Indicator,
    *,
    unit: Unit,
    why: Why,
    about: Link,
    links: Sequence[Link],
    by: Actor,
    user: User,
) -> Request | None:
    """`about` is what asks: pressed twice it asks once. Nothing where nobody is known to be asked."""
    page = page_of(item, unit)
    if page is not None:
        return ask_for_page(page, unit=unit, why=why, about=about, links=links, by=by, user=user)
    filled = form_for(item, unit, why)
    if filled is None:
        return None
    partner, kind, form = filled
    if asked := asked_already(about, details.about(kind, form)):
        return asked
    data = as_it_leaves(form, unit, links)
    done = register_form(
        partner=partner,
        kind=kind,
        form=data,
        files=store_form(data),
        reason=why(partner.language),
        links=[about, *links],
        by=by,
        user=user,
    )
    return done.request


def page_of(item: Indicator, unit: Unit) -> Target | None:
    """A page or an account. Who runs a site of its own does not answer: access to it is restricted,
    which the authority decides whom the materials are sent to (law «О связи», art. 41-1)."""
    try:
        found = target_of(address_of(item), bases_of(unit))
    except (KeyError, NotAnAddressError):
        return None
    if found.platform:
        return found
    host = urlsplit(found.address).hostname or ""
    is_shared = is_hub("domain", host)  # videos, forms: most of what stands there is others'
    return None if is_shared else replace(found, kind="restrict_site")


def address_of(item: Indicator) -> str:
    if item.type == "listing":
        return listing_address(*item.value.split(":", 1))
    if item.type == "whatsapp" and item.value[:5] not in OPERATORS:  # of another country
        return f"https://wa.me/{item.value.removeprefix('+')}"
    return ADDRESSES[item.type].format(item.value)


def ask_for_page(
    page: Target, *, unit: Unit, why: Why, about: Link, links: Sequence[Link], by: Actor, user: User
) -> Request | None:
    if asked := page_asked_already(about, page):
        return asked
    owner = Partner.objects.of(unit).filter(Q(platform=page.platform) | Q(slug=page.platform))
    language = owner.values_list("language", flat=True).first() or "ru"
    try:
        done = draft_request(
            unit=unit,
            url=page.address,
            kind=page.kind,
            reason=why(language),
            links=[about, *links],
            by=by,
            user=user,
        )
    except NoPartnerError:
        return None
    return done.request


def form_for(item: Indicator, unit: Unit, why: Why) -> tuple[Partner, str, dict[str, str]] | None:
    partners = Partner.objects.of(unit)
    if item.type in {"phone", "whatsapp"}:
        operator = partners.filter(slug=OPERATORS.get(item.value[:5], "")).first()
        if operator is None:
            return None
        return operator, "check_number", {"number": item.value, "done": why(operator.language)}
    if item.type in {"card", "iban"}:
        bank = partners.filter(kind=Partner.Kind.BANK, slug="banks").first()
        return (bank, "hold_money", {"to": item.value}) if bank else None
    return None


def page_asked_already(about: Link, page: Target) -> Request | None:
    if page.listing:
        return already(about, Q(listing=page.listing))
    if page.kind == "restrict_site":  # the host is named once more than its page
        return already(about, Q(address__startswith=page.address, kind=page.kind))
    return already(about, Q(address=page.address))


def asked_already(about: Link, address: str) -> Request | None:
    return already(about, Q(address=address))


def already(about: Link, same: Q) -> Request | None:
    return Request.objects.about(*about).filter(same).select_related("partner").first()
