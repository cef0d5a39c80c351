"""Questions other pages ask about requests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.casework.models import Case
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.models import Request, State
from tereze.disruption.recognition import NotAnAddressError, Target, target_of
from tereze.disruption.report_photos import reports_showing
from tereze.disruption.report_texts import reports_quoting
from tereze.indicators.platforms import listing_address
from tereze.intake.models import Report
from tereze.linking.models import Indicator
from tereze.linking.reads import shared_with


FROM_CHATS = {"message", "pursued"}  # a message asked about, or one whose numbers are asked about


@dataclass(frozen=True)
class Origin:
    kind: str  # report | case | series | request | message
    number: str  # empty: the reader may not know it
    url: str


def origins(request: Request, user: User) -> Iterator[Origin]:
    """Why this was asked, by the numbers people know and as far as the reader may see them."""
    for link in request.links.all():
        if link.kind == "report":
            report = Report.objects.visible_to(user).filter(public_id=link.key).first()
            url = reverse("intake:report_page", args=[link.key]) if report else ""
            yield Origin(link.kind, report.number if report else "", url)
        elif link.kind == "case":
            case = Case.objects.visible_to(user).filter(public_id=link.key).first()
            url = reverse("casework:case", args=[link.key]) if case else ""
            yield Origin(link.kind, case.number if case else "", url)
        elif link.kind == "request":
            other = Request.objects.visible_to(user).filter(public_id=link.key).first()
            url = reverse("disruption:request", args=[link.key]) if other else ""
            yield Origin(link.kind, (other.number or other.listing) if other else "", url)
        elif link.kind in FROM_CHATS:
            url = reverse("watch:message", args=[link.key])
            yield Origin("message", "", url if user.can(Permission.WALL_VIEW) else "")
        else:
            yield Origin(link.kind, link.key, "")


@dataclass(frozen=True)
class SharingReport:
    report: Report
    shared: tuple[str, ...]  # the values as they may be shown


def reports_sharing(request: Request, user: User) -> list[SharingReport]:
    """Reports the reader may see that name a number of this advert, show a photo or quote its text."""
    values: dict[str, list[str]] = {}
    for shared in shared_with("listing", request.listing or request.address):
        if shared.kind == "report":
            values.setdefault(shared.key, []).append(shared.indicator.shown)
    for key in reports_showing(request):
        values.setdefault(key, []).append(_("та же фотография"))
    for key in reports_quoting(request):
        values.setdefault(key, []).append(_("почти тот же текст"))
    rows = Report.objects.visible_to(user).masked().filter(public_id__in=list(values))
    return [
        SharingReport(row, tuple(dict.fromkeys(values[row.public_id])))
        for row in rows.order_by("-received_at")[:20]
    ]


def probably_again(request: Request) -> list[Request]:
    """Other adverts, verified gone, that share a number with this one: likely the same again."""
    return gone_sharing("listing", request.listing or request.address, request.unit)


def gone_sharing(kind: str, key: str, unit: Unit) -> list[Request]:
    """Adverts verified gone that share an indicator with this report, message or listing."""
    others = {shared.key for shared in shared_with(kind, key) if shared.kind == "listing"}
    return gone_listings(others - {key}, unit)


def gone_listings(keys: Iterable[str], unit: Unit) -> list[Request]:
    rows = Request.objects.filter(unit=unit, state__in=[State.VERIFIED, State.CLOSED])
    rows = rows.filter(overturned_at=None)  # what we asked for by mistake may be back
    return list(
        rows.filter(gone_at__isnull=False, listing__in=list(keys)).select_related("partner")[:10]
    )


def pages_named(unit: Unit, kind: str, key: str) -> list[Target]:
    """Pages this subject names that a registered platform could take down."""
    bases = bases_of(unit)
    pages: dict[str, Target] = {}
    for row in Indicator.objects.of(kind, key).filter(type__in=["listing", "url"], hub=False):
        try:
            target = target_of(address_of(row), bases)
        except (NotAnAddressError, KeyError):
            continue
        if target.platform:
            pages.setdefault(target.listing or target.address, target)
    return list(pages.values())


def address_of(row: Indicator) -> str:
    """Where it opens. A listing seen as an address elsewhere keeps that address."""
    if row.type != "listing":
        return row.value_key
    platform, _colon, number = row.value_key.partition(":")
    return listing_address(platform, number)
