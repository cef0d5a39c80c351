"""The sheet from which a report is entered in КУИ: on paper, as text, as CSV."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import tables
from tereze.core.access import requires
from tereze.core.templatetags.tereze import indicator_name
from tereze.core.wording import exact, money
from tereze.detection.typology import SCHEMES
from tereze.intake.desk.reading import language, visible_report
from tereze.intake.models import Report
from tereze.intake.templatetags.intake import fraud_channel_name, in_language
from tereze.linking.models import Indicator


Rows = list[tuple[str, str]]


def sheet_rows(report: Report) -> Rows:
    """What the register asks for, in its order. Empty lines stay: the officer asks the reporter."""
    details, reporter = report.details, report.reporter
    scheme = SCHEMES.get(report.scheme)
    return [
        (_("Номер Tereze (не КУИ)"), report.number),
        (_("Поступило"), exact(report.received_at)),
        (_("Как поступило"), str(report.get_channel_display())),
        (_("Принял"), str(report.registered_by or report.partner or _("через сайт, без участия"))),
        (_("Заявитель"), reporter.get("name") or _("не назвался")),
        (_("Связь с заявителем"), reporter.get("contact", "")),
        (_("Когда произошло"), both(report.happened_at, details.get("when", ""))),
        (_("Способ связи мошенника"), fraud_channel_name(report.fraud_channel)),
        (_("Данные мошенника"), details.get("fraudster", "")),
        (_("Ущерб"), loss_line(report)),
        (_("Когда ушли деньги"), both(report.money_left_at, "")),
        (_("Из банка"), details.get("bank_from", "")),
        (_("Куда"), details.get("money_to", "")),
        (_("Район"), report.district),
        (_("Вероятная схема"), in_language(scheme.name) if scheme else ""),
        (
            _("Статья (предположительно)"),
            scheme.law.get(language(), scheme.law["ru"]) if scheme else "",
        ),
        (_("Индикаторы"), "; ".join(indicator_lines(report))),
        (_("Файлы"), "; ".join(f"{f.name} (SHA-256 {f.sha256})" for f in report.attachments.all())),
        (_("Рассказ"), "\n\n".join([report.text, *(s.text for s in report.supplements.all())])),
    ]


def both(moment: Any, typed: str) -> str:
    return " · ".join(part for part in (exact(moment) if moment else "", typed) if part)


def loss_line(report: Report) -> str:
    amount = money(report.amount) if report.amount else report.details.get("amount", "")
    return " ".join(part for part in (str(report.get_loss_display()), amount) if part)


def indicator_lines(report: Report) -> list[str]:
    rows = Indicator.objects.of("report", report.public_id).order_by("type", "pk")
    return [f"{indicator_name(row.type)} {row.shown}" for row in rows]


@requires(Permission.REPORT_KUI)
@require_safe
@never_cache
def sheet(request: Any, public_id: str) -> HttpResponse:
    report = visible_report(request, public_id)
    leave_trace(request, report)
    return render(request, "intake/desk/sheet.html", {"report": report, "rows": sheet_rows(report)})


@requires(Permission.REPORT_KUI)
@require_safe
@never_cache
def sheet_file(request: Any, public_id: str, kind: str) -> HttpResponse:
    if kind not in WRITERS:
        raise Http404
    report = visible_report(request, public_id)
    leave_trace(request, report)
    content_type, write = WRITERS[kind]
    response = HttpResponse(write(sheet_rows(report)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="tereze-{report.number}.{kind}"'
    return response


def leave_trace(request: Any, report: Report) -> None:
    record("report.sheet_read", target=report, by=request.user.actor)


def as_text(rows: Rows) -> str:
    return "".join(f"{label}: {value}\n" for label, value in rows)


WRITERS = {
    "txt": ("text/plain; charset=utf-8", as_text),
    "csv": ("text/csv; charset=utf-8", tables.written),
}
