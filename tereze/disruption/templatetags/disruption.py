from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from tereze.casework.models import EvidenceFile
from tereze.core.templatetags.tereze import status
from tereze.detection.typology import GROUNDS
from tereze.disruption import wording
from tereze.disruption.document import document_of
from tereze.disruption.forms.details import rows_of
from tereze.disruption.known_texts import TEXTS
from tereze.disruption.models import Partner, Request, State
from tereze.disruption.models.request import Answer


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
    if request.state == State.APPROVED and request.partner.channel == Partner.Channel.API:
        return status(gettext("ждёт системы партнёра"), "active")
    tone = "over" if is_late(request) else wording.STATE_TONES[request.state]  # type: ignore[index]
    return status(request.get_state_display(), tone)


@register.filter
def is_late(request: Request) -> bool:
    return request.overdue_at is not None and request.next_deadline is not None


@register.filter
def form_rows(request: Request) -> list[tuple[Any, str]]:
    """What a form was filled in with: label and value; nothing where it is about a page."""
    return rows_of(request)


@register.filter
def document(request: Request) -> str:
    return document_of(request).decode()


@register.filter
def answer_name(request: Request) -> str:
    """«Деньги удержаны» rather than «сделано»."""
    done = request.kind_of.done if request.answer == Answer.DONE else request.get_answer_display()
    return str(done)


@register.filter
def explained(note: str) -> str:
    return wording.explain(note)


@register.filter
def picture(request: Request) -> EvidenceFile | None:
    """The advert's photo, or the whole page where there is none; only what may leave."""
    files = (
        {file.name: file for file in request.evidence.outgoing_files()} if request.evidence else {}
    )
    names = ("photo.jpg", "page.png", "screenshot.png", "screenshot.jpg")
    return next((files[name] for name in names if name in files), None)
