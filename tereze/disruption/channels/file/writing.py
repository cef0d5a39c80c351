"""The table as CSV and as XLSX. What comes from a page is text in both, never a formula."""

import csv
import io
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tereze.disruption.channels.file.table import (
    COLUMNS,
    FILLED,
    WIDTHS,
    answers,
    cells,
    codes,
    guarded,
)
from tereze.disruption.models import Request


LONGEST_CELL = 32_000  # a spreadsheet's own limit is 32,767


def as_csv(requests: list[Request], language: str) -> bytes:
    """Semicolons and a byte order mark: a double click opens it with its Cyrillic intact."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    with translation.override(language):
        writer.writerow([str(label) for label in COLUMNS.values()])
    for row in cells(requests, language):
        writer.writerow([plain(row.get(name)) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    return guarded(clean(str(value)))


def clean(text: str) -> str:
    """Without control characters, which no XML can hold."""
    kept = (char for char in text if char >= " " or char in "\n\t")
    return "".join(kept).encode("utf-8", "replace").decode()[:LONGEST_CELL]


def as_xlsx(requests: list[Request], language: str) -> bytes:
    book = Workbook()
    with translation.override(language):
        sheet = book.active
        sheet.title = _("Уведомления")[:31]
        heading(sheet)
        for position, row in enumerate(cells(requests, language), 2):
            for column, name in enumerate(COLUMNS, 1):
                fill(sheet.cell(position, column), row.get(name))
        lists(book, sheet, last=len(requests) + 1)
        explain(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def heading(sheet: Worksheet) -> None:
    for column, (name, label) in enumerate(COLUMNS.items(), 1):
        cell = sheet.cell(1, column)
        fill(cell, str(label))
        cell.font = Font(bold=True)
        tone = "FFF2CC" if name in FILLED else "DDE6EE"
        cell.fill = PatternFill("solid", start_color=tone, end_color=tone)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[name]
    sheet.freeze_panes = "B2"


def fill(cell: Cell, value: Any) -> None:
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if isinstance(value, datetime):
        cell.value = value
        cell.number_format = "dd.mm.yyyy hh:mm"
    elif value:
        cell.value = clean(str(value))
        cell.data_type = "s"  # also what begins like a formula
        cell.number_format = "@"
        cell.quotePrefix = True  # stays text when somebody edits it


def lists(book: Workbook, sheet: Worksheet, *, last: int) -> None:
    """The answers to choose from, on a sheet of their own."""
    held = book.create_sheet(_("Списки")[:31])
    held.sheet_state = "hidden"
    for column, (name, values) in enumerate((("answer", answers()), ("code", codes())), 1):
        for position, value in enumerate(values, 1):
            fill(held.cell(position, column), value)
        letter = get_column_letter(column)
        rule = DataValidation(
            type="list",
            formula1=f"'{held.title}'!${letter}$1:${letter}${len(values)}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=_("Нет такого ответа"),
            error=_("Выберите из списка."),
        )
        target = get_column_letter(list(COLUMNS).index(name) + 1)
        rule.add(f"{target}2:{target}{max(last, 2)}")
        sheet.add_data_validation(rule)


def explain(book: Workbook) -> None:
    sheet = book.create_sheet(_("Как заполнять")[:31])
    lines = (
        _("Заполните жёлтые столбцы: ответ, код причины отказа, комментарий."),
        _("Ответ выбирается из списка. К отказу и к вопросу нужен комментарий."),
        _("Строки можно удалять и менять местами, столбцы тоже; исходящий номер не меняйте."),
        _("Пустой ответ значит «ещё не решено»: пришлите строку позже, тем же файлом."),
        _("Верните файл так же, как получили: XLSX или CSV."),
    )
    sheet.column_dimensions["A"].width = 90
    for position, line in enumerate(lines, 1):
        fill(sheet.cell(position, 1), line)
