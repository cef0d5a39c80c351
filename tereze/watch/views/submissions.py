"""The officers' side of what was handed over: the list, one submission, its pictures."""

from typing import Any

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import vault
from tereze.intake.media import BROWSERS_SHOW, PICTURES, UNKNOWN
from tereze.watch.actions import asking, officers
from tereze.watch.cards import cards_of
from tereze.watch.models import ChatRequest, Message, Submission, SubmissionFile
from tereze.watch.models.messages import FOR_PEOPLE
from tereze.watch.models.requests import RequestState
from tereze.watch.picture_words import not_read_here, shown_of
from tereze.watch.submissions import keeping
from tereze.watch.submissions.forms import KeepForm, WordsForm
from tereze.watch.submissions.pictures import picture_of
from tereze.watch.submissions.reading import read_picture
from tereze.watch.submissions.words import problems_of
from tereze.watch.views.wall import fragment, officer_of


SHOWN = 50
CARDS = 60
ENDED = (RequestState.CONFIRMED, RequestState.WITHDRAWN)


@requires(Permission.WALL_VIEW)
@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    asked = ChatRequest.objects.visible_to(user).select_related("source", "administrator")
    going_on = list(asked.exclude(state__in=ENDED).order_by("answer_due", "pk")[:SHOWN])
    ours = asking.waiting_for_us(going_on)
    found = Submission.objects.visible_to(user).select_related("source")
    context = {
        "may_register": user.can(Permission.CHAT_ADMINISTRATORS),
        "ours": ours,
        "theirs": [row for row in going_on if row not in ours],
        "ended": asked.filter(state__in=ENDED).order_by("-pk")[:10],
        "submissions": [(row, row.findings.count()) for row in found.order_by("-pk")[:SHOWN]],
    }
    return render(request, fragment(request, "watch/submissions.html"), context)


def find(user: User, key: str) -> Submission:
    rows = Submission.objects.visible_to(user).select_related("source__unit", "unit")
    found: Submission | None = rows.filter(public_id=key).first()
    if found is None:
        raise Http404
    return found


@requires(Permission.WALL_VIEW)
@require_safe
def submission(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    may_know = user.can(Permission.REPORT_IDENTITY) and bool(found.contact)
    if may_know and not getattr(request, "htmx", False):
        record("submission.contact_read", target=found, by=user.actor, unit=found.unit.slug)
    return render(request, fragment(request, "watch/submission.html"), page(found, user, may_know))


def page(found: Submission, user: User, may_know: bool) -> dict[str, Any]:
    messages = Message.objects.visible_to(user).filter(findings__submission=found)
    shown = messages.select_related("source__unit").order_by("sent_at", "pk")
    files = list(found.files.order_by("pk"))
    return {
        "submission": found,
        "contact": found.contact if may_know else {},
        "problems": problems_of(found.problems),
        "cards": cards_of(list(shown[:CARDS]), user),
        "more": max(0, messages.count() - CARDS),
        "undecided": messages.filter(standing__in=FOR_PEOPLE, outcome="illegal").count(),
        "may_ask": user.can(Permission.WALL_HOLD),
        "originals": [file for file in files if file.role != SubmissionFile.Role.PICTURE],
        "pictures": pictures_of(files),
        "not_read_here": not_read_here(found.source) if found.source else "",
        "requests": found.source.requests.order_by("-pk")[:10] if found.source else [],
        "keep_form": KeepForm(),
        "may_keep": user.can(Permission.CASE_WORK) and found.kept_until is not None,
        "may_open": may_open(user),
    }


def pictures_of(files: list[SubmissionFile]) -> list[tuple[SubmissionFile, Any, WordsForm]]:
    """Each with what was read in it, and the field in which that is put right."""
    handed = [file for file in files if file.role == SubmissionFile.Role.PICTURE]
    read = {file.pk: picture_of(file) for file in handed}
    messages = {one.message_id: one.message for one in read.values() if one}
    shown = shown_of(list(messages.values()), get_language() or "ru")
    found = {one.picture.pk: one for of_message in shown.values() for one in of_message}
    return [
        (
            file,
            found.get(picture.pk) if (picture := read[file.pk]) else None,
            WordsForm(
                initial={
                    "words": file.words or ((picture.words or {}).get("text") if picture else "")
                },
                auto_id=f"{file.pk}_%s",
            ),
        )
        for file in handed
    ]


def may_open(user: User) -> bool:
    return user.can(Permission.EVIDENCE_READ) or user.can(Permission.WALL_BAN)


@requires(Permission.WALL_HOLD)
@require_POST
def ask_all(request: HttpRequest, key: str) -> HttpResponse:
    """Everything illegal in it that nobody has decided yet, in one message to the administrator."""
    user = officer_of(request)
    found = find(user, key)
    asked = 0
    for message in Message.objects.filter(
        findings__submission=found, standing__in=FOR_PEOPLE, outcome="illegal"
    ):
        try:
            officers.ask_to_delete(message=message, by=user)
            asked += 1
        except officers.AlreadyDecidedError:
            continue
    draft = found.source.requests.filter(state=RequestState.DRAFT).first() if found.source else None
    if draft is None:
        said.warning(request, _("Уже решено: посмотрите, как публикация выглядит сейчас."))
        return redirect(found)
    said.success(request, _("Просьба готова, публикаций: %(count)s.") % {"count": asked})
    return redirect(draft)


@requires(Permission.CASE_WORK)
@require_POST
def keep(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    form = KeepForm(request.POST)
    if form.is_valid():
        try:
            keeping.keep(submission=found, number=form.cleaned_data["number"], by=user)
            said.success(request, _("Хранится целиком как доказательство."))
        except keeping.NothingToKeepError:
            said.error(request, _("Срок вышел, файлов уже нет."))
    else:
        said.error(request, _("Укажите номер, по которому хранить."))
    return redirect(found)


def visible_file(user: User, key: str) -> SubmissionFile:
    files = SubmissionFile.objects.select_related("submission__unit", "submission__source__unit")
    found = files.filter(public_id=key, submission__in=Submission.objects.visible_to(user)).first()
    if found is None or found.is_gone:
        raise Http404
    return found


@requires(Permission.WALL_VIEW)
@require_safe
def file(request: HttpRequest, key: str) -> HttpResponse:
    """A picture, for whoever must read it; the whole chat for those who may hold evidence."""
    user = officer_of(request)
    found = visible_file(user, key)
    opens = found.media_type in BROWSERS_SHOW
    if not (found.media_type in PICTURES or may_open(user)):
        raise Http404
    record(
        "submission.file_read",
        target=found.submission,
        by=user.actor,
        unit=found.submission.unit.slug,
        detail={"file": found.sha256[:12]},
    )
    response = HttpResponse(vault.read(found.sha256))
    response["Content-Type"] = found.media_type if opens else UNKNOWN
    name = found.name.replace("/", "_").replace("\\", "_")[-120:] or "file"
    response["Content-Disposition"] = content_disposition_header(not opens, name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.WALL_HOLD)
@require_POST
def words(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = visible_file(user, key)
    form = WordsForm(request.POST)
    if form.is_valid():
        read_picture(file=found, words=form.cleaned_data["words"], by=user.actor)
        said.success(request, _("Текст со снимка оценён, как публикация."))
    else:
        said.error(request, _("Напишите, что стоит на снимке."))
    return redirect(found.submission)
