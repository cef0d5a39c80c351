from typing import Any

from django import template
from django.db.models import Prefetch
from django.utils.translation import get_language, gettext

from tereze.accounts.models import Unit
from tereze.casework.models import EvidenceFile
from tereze.core.templatetags.tereze import status
from tereze.core.wording import money as wording_of_money
from tereze.detection.typology import GROUNDS
from tereze.disruption import wording
from tereze.disruption.document import document_of
from tereze.disruption.forms.details import rows_of
from tereze.disruption.kinds import KINDS
from tereze.disruption.known_texts import TEXTS
from tereze.disruption.models import Incoming, Partner, Request, Snapshot, State
from tereze.disruption.models.request import WITH_PARTNER, Answer
from tereze.disruption.vocabulary import words_for


register = template.Library()
PICTURES = ("photo.jpg", "page.png", "screenshot.png", "screenshot.jpg")


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
def answer_words(request: Request) -> str:
    """The words a reply may begin with, in the letter's language."""
    return " · ".join(words_for(request.kind_of, get_language() or "ru"))


@register.filter
def unit_words(unit: Unit) -> str:
    return unit.name_kk if get_language() == "kk" and unit.name_kk else unit.name


@register.filter
def letter_waits(letter: Incoming) -> bool:
    return letter.state in {Incoming.State.WAITING, Incoming.State.UNKNOWN}


@register.filter
def letter_tone(letter: Incoming) -> str:
    if letter_waits(letter):
        return "attention"
    return "good" if letter.state == Incoming.State.TAKEN else "plain"


@register.filter
def told(text: str) -> str:
    """A partner's text: one that came with Tereze is translated, an officer's own is not."""
    return gettext(text) if text in TEXTS else text


@register.filter
def undelivered(request: Request) -> str:
    """Why it is not with the partner although a letter went out; empty when it is."""
    if request.undelivered_at is None or request.state not in {State.APPROVED, *WITH_PARTNER}:
        return ""
    return wording.returned_text(request.undelivered_why)


@register.simple_tag
def request_state(request: Request) -> Any:
    if undelivered(request):
        return status(gettext("не доставлено"), "over")
    if request.state == State.APPROVED and request.channel == Partner.Channel.FILE:
        return status(gettext("ждёт выгрузки в файл"), "attention")
    if request.state == State.APPROVED and request.channel == Partner.Channel.BY_HAND:
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
def kind_name(slug: str) -> str:
    """Of a request's kind, or of all of them."""
    return str(KINDS[slug].name) if slug in KINDS else gettext("все виды")


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
    return next((files[name] for name in PICTURES if name in files), None)


def only_pictures() -> "Prefetch[Any]":
    """Of the evidence's files, those that `picture` chooses from."""
    return Prefetch("evidence__files", EvidenceFile.objects.filter(name__in=PICTURES))


@register.filter
def price_shown(snapshot: Snapshot) -> str:
    """In tenge as we write money; in another currency as the page named it."""
    if snapshot.currency in {"", "KZT"}:
        return wording_of_money(snapshot.price)
    return f"{snapshot.price:f} {snapshot.currency}"
