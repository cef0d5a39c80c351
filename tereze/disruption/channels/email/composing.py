"""One letter: readable on a phone, with the machine's half attached."""

from email.utils import format_datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.casework.models import EvidenceFile
from tereze.disruption.channels.email import xarf
from tereze.disruption.channels.email.letters import (
    earlier_ids,
    mark_of,
    message_id,
    reply_address,
    token_of,
)
from tereze.disruption.models import Letter


LARGEST = 3 * 1024 * 1024  # of the attached pictures together; the link shows the rest
LONGEST_THREAD = 20


def compose(letter: Letter) -> EmailMultiAlternatives:
    request = letter.request
    files = request.evidence.outgoing_files() if request.evidence else []
    with (
        translation.override(request.partner.language),
        timezone.override(ZoneInfo(request.unit.zone)),
    ):
        context = {
            "notice": request,
            "letter": letter,
            "files": files,
            "link": settings.PUBLIC_URL + reverse("disruption:answer", args=[token_of(letter)]),
        }
        subject = subject_of(letter)
        body = render_to_string("disruption/letter.txt", context)
        page = render_to_string("disruption/letter.html", context)
    message = EmailMultiAlternatives(
        subject=subject,
        body=body,
        to=[letter.to],
        reply_to=[reply_address(letter)],
        headers=headers_of(letter),
    )
    message.attach_alternative(page, "text/html")
    if xarf.is_reported(request):
        content = xarf.as_json(xarf.report_of(letter))
        message.attach(xarf.NAME, content, "application/json")
    for file in shown(files):
        message.attach(file.name, file.content(), file.media_type)
    return message


def headers_of(letter: Letter) -> dict[str, str]:
    """The same for every try. The thread makes mail programs show all letters as one talk."""
    headers = {
        "Message-ID": message_id(letter),
        "Date": format_datetime(letter.created_at),
        "Auto-Submitted": "auto-generated",
        "X-XARF": "PLAIN",
    }
    if earlier := earlier_ids(letter):
        headers["In-Reply-To"] = earlier[-1]
        headers["References"] = " ".join([earlier[0], *earlier[1:][-LONGEST_THREAD:]])
    if not xarf.is_reported(letter.request):
        del headers["X-XARF"]
    return headers


def subject_of(letter: Letter) -> str:
    texts = {
        Letter.Purpose.REQUEST: _("Уведомление № %(number)s: %(what)s"),
        Letter.Purpose.AGAIN: _("Снова доступно: уведомление № %(number)s: %(what)s"),
        Letter.Purpose.ESCALATION: _("Срок истёк: уведомление № %(number)s: %(what)s"),
        Letter.Purpose.SUPPLIED: _("Дополнение: уведомление № %(number)s: %(what)s"),
    }
    request = letter.request
    values = {"number": request.number, "what": (request.listing or request.address)[:80]}
    subject = texts[Letter.Purpose(letter.purpose)] % values
    return " ".join(f"{subject} [TRZ-{mark_of(letter)}]".split())


def shown(files: list[EvidenceFile]) -> list[EvidenceFile]:
    chosen, left = [], LARGEST
    for file in xarf.pictures(files):
        if file.size <= left:
            chosen.append(file)
            left -= file.size
    return chosen
