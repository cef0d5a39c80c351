from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from tereze.casework.models import EvidenceFile
from tereze.core.templatetags.tereze import status
from tereze.core.wording import money as wording_of_money
from tereze.detection.typology import GROUNDS
from tereze.disruption import wording
from tereze.disruption.known_texts import TEXTS
from tereze.disruption.models import Partner, Request, Snapshot, State


register = template.Library()


@register.filter
def ground_text(request: Request) -> str:
    """The sentence on which the request rests, in the reader's language where we have it."""
    ground = GROUNDS.get(request.ground)
    if ground is None:
        return request.ground
    return ground.text.get(get_language() or "ru") or ground.text["ru"]


@register.filter
def ground_source(request: Request) -> str:
    ground = GROUNDS.get(request.ground)
    return f"{ground.source}, {ground.checked:%d.%m.%Y}" if ground else ""


@register.filter
def told(text: str) -> str:
    """A partner's text: one that came with Tereze is translated, an officer's own is not."""
    return gettext(text) if text in TEXTS else text


@register.simple_tag
def request_state(request: Request) -> Any:
    if request.state == State.APPROVED and request.partner.channel == Partner.Channel.BY_HAND:
        return status(gettext("отправьте вручную"), "attention")
    tone = "over" if is_late(request) else wording.STATE_TONES[request.state]  # type: ignore[index]
    return status(request.get_state_display(), tone)


@register.filter
def is_late(request: Request) -> bool:
    return request.overdue_at is not None and request.next_deadline is not None


@register.filter
def explained(note: str) -> str:
    return wording.explain(note)


@register.filter
def vantage(slug: str) -> str:
    return str(wording.VANTAGES.get(slug, slug))


@register.filter
def sight(seen: dict[str, str]) -> str:
    """What one vantage was answered."""
    return wording.explain(f"{seen.get('detail', '')} {seen.get('why', '')}".strip())


@register.filter
def photos_told(counted: dict[str, int]) -> str:
    return ", ".join(f"{wording.PHOTOS[name]}: {n}" for name, n in counted.items() if n)


@register.filter
def in_what(how: list[str]) -> str:
    return wording.in_what(how)


@register.filter
def picture(request: Request) -> EvidenceFile | None:
    """The advert's photo, or the whole page where there is none; only what may leave."""
    files = (
        {file.name: file for file in request.evidence.outgoing_files()} if request.evidence else {}
    )
    names = ("photo.jpg", "page.png", "screenshot.png", "screenshot.jpg")
    return next((files[name] for name in names if name in files), None)


@register.filter
def price_shown(snapshot: Snapshot) -> str:
    """In tenge as we write money; in another currency as the page named it."""
    if snapshot.currency in {"", "KZT"}:
        return wording_of_money(snapshot.price)
    return f"{snapshot.price:f} {snapshot.currency}"
