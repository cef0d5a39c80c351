"""A filled file: read, shown, and applied row by row once somebody has looked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions, wording
from tereze.disruption.channels.file.judging import Judged, judge
from tereze.disruption.channels.file.reading import LARGEST, FileError, read
from tereze.disruption.forms.files import FileForm
from tereze.disruption.models import FileIn, Partner
from tereze.disruption.models.request import Answer
from tereze.disruption.vocabulary import ACKNOWLEDGED


@requires(Permission.REQUEST_DRAFT)
@require_POST
def upload(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    partner = get_object_or_404(Partner.objects.of(user.unit), public_id=key)
    form = FileForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise FileError("empty")
        picked = form.cleaned_data["file"]
        if picked.size > LARGEST:
            raise FileError("too_large")
        content = picked.read()
        rows = read(content)
    except FileError as error:
        messages.error(request, wording.file_trouble(error.why))
        return redirect("disruption:files")
    file, new = actions.receive_file(
        partner=partner, name=picked.name, content=content, rows=rows, user=user
    )
    if not new:
        messages.warning(request, _("Этот файл уже загружали: вот что с ним стало."))
    return redirect("disruption:file_in", file.public_id)


@requires(Permission.REQUEST_READ)
@require_safe
@never_cache
def preview(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    file = get_object_or_404(FileIn.objects.visible_to(user), public_id=key)
    rows = judge(file)
    context = {
        "file": file,
        "rows": [shown(row) for row in rows],
        "good": sum(row.is_good for row in rows),
        "may_apply": user.can(Permission.REQUEST_DRAFT),
    }
    return render(request, "disruption/file_in.html", context)


def shown(row: Judged) -> dict[str, Any]:
    tone, text = wording.ROW_VERDICTS[row.verdict]
    answer = _("принято в работу") if row.answer == ACKNOWLEDGED else ""
    if row.answer in Answer.values:
        done = row.request.kind_of.done if row.request and row.answer == Answer.DONE else ""
        answer = str(done or Answer(row.answer).label)
    return {"row": row, "tone": tone, "text": text, "answer": answer}


@requires(Permission.REQUEST_DRAFT)
@require_POST
def apply(request: HttpRequest, key: str) -> HttpResponse:
    file = get_object_or_404(FileIn.objects.visible_to(request.user), public_id=key)
    ticked = request.POST.getlist("line")
    lines = {int(line) for line in ticked if line.isdecimal() and len(line) < 10}
    done = actions.apply_file(file=file, lines=lines, user=request.user)
    messages.success(request, _("Записано ответов: %(n)d") % {"n": done})
    return redirect("disruption:file_in", key)
