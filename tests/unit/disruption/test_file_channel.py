"""Batches as CSV and XLSX: out, filled by the partner, and back in."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from tereze.accounts.models import User
from tereze.casework.models import Evidence
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.file import reading
from tereze.disruption.channels.file.judging import judge
from tereze.disruption.channels.file.reading import FileError, Row, read
from tereze.disruption.channels.file.table import column_of, guarded, unguarded
from tereze.disruption.models import FileIn, FileOut, Partner, Request, State

from .conftest import BY, Make


pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("https://evil.example","нажмите")'


@pytest.fixture
def olx(olx: Partner) -> Partner:
    Partner.objects.filter(pk=olx.pk).update(channel=Partner.Channel.FILE)
    olx.refresh_from_db()
    return olx


@pytest.fixture
def signed(olx: Partner, make: Make, chief: User) -> Callable[..., Request]:
    def get(**fields: Any) -> Request:
        request = make(State.CAPTURED, **fields)
        actions.approve(request=request, user=chief)
        return request

    return get


@pytest.fixture
def handed(signed: Callable[..., Request], olx: Partner, chief: User) -> Callable[[int], Any]:
    def get(count: int) -> list[Request]:
        requests = [signed() for _ in range(count)]
        file = actions.make_file(partner=olx, user=chief)
        actions.hand_file(file=file, how="флешка Дане Ким", at=now(), user=chief)
        for request in requests:
            request.refresh_from_db()
        return requests

    return get


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


def part(file: FileOut, name: str) -> bytes:
    found = file.evidence.file(name)
    assert found is not None
    return found.content()


def table(*rows: list[str], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Исходящий номер", "Ответ", "Код причины отказа", "Комментарий"])
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def receive(partner: Partner, content: bytes, user: User) -> FileIn:
    file, _new = actions.receive_file(
        partner=partner, name="ответы.csv", content=content, rows=read(content), user=user
    )
    return file


def verdicts(file: FileIn) -> list[str]:
    return [row.verdict for row in judge(file)]


def test_it_waits_for_a_file_and_is_delivered_when_somebody_hands_it_over(
    signed: Callable[..., Request], olx: Partner, chief: User
) -> None:
    request = signed()
    assert (request.state, request.channel) == (State.APPROVED, "file")
    file = actions.make_file(partner=olx, user=chief)
    request.refresh_from_db()
    assert request.state == State.APPROVED
    assert actions.hand_file(file=file, how="почтой", at=now(), user=chief) == 1
    request.refresh_from_db()
    assert (request.state, request.channel) == (State.DELIVERED, "file")
    assert request.act_by is not None
    assert actions.hand_file(file=file, how="ещё раз", at=now(), user=chief) == 0
    with pytest.raises(actions.NothingToSendError):
        actions.make_file(partner=olx, user=chief)


def test_the_csv_opens_with_a_double_click_and_runs_nothing(
    signed: Callable[..., Request], olx: Partner, chief: User
) -> None:
    request = signed(reason=FORMULA + ";\n+77011234567")
    content = part(actions.make_file(partner=olx, user=chief), "requests.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    header, row = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert header[:4] == ["Исходящий номер", "О чём просим", "Адрес", "Номер объявления"]
    assert row[0] == request.number
    assert row[4].startswith("'=HYPERLINK")
    assert len(row[6]) == 64
    assert row[8:] == ["", "", ""]


def test_the_xlsx_has_lists_dates_and_text(
    signed: Callable[..., Request], olx: Partner, chief: User
) -> None:
    request = signed(reason=FORMULA + "\x0b")
    content = part(actions.make_file(partner=olx, user=chief), "requests.xlsx")
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert sheet.title == "Уведомления"
    assert sheet.freeze_panes == "B2"
    row = {sheet.cell(1, n).value: sheet.cell(2, n) for n in range(1, 12)}
    assert row["Исходящий номер"].value == request.number
    assert row["Причина"].data_type == "s"
    assert row["Причина"].value.startswith("=HYPERLINK")
    assert row["Ответить до"].is_date
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert set(rules) == {"I2", "J2"}
    held = book["Списки"]
    assert [cell.value for cell in held["A"]][:2] == ["сделано", "аккаунт закрыт"]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_a_kazakh_partner_gets_kazakh_columns(
    signed: Callable[..., Request], olx: Partner, chief: User
) -> None:
    signed()
    Partner.objects.filter(pk=olx.pk).update(language="kk")
    olx.refresh_from_db()
    content = part(actions.make_file(partner=olx, user=chief), "requests.csv")
    header = content.decode("utf-8-sig").splitlines()[0].split(";")
    assert [column_of(name) for name in header if column_of(name)] == [
        *("number", "kind", "address", "listing", "reason", "ground"),
        *("sha256", "deadline", "answer", "code", "comment"),
    ]
    assert "Жауап" in header


def test_our_own_xlsx_filled_in_comes_back(
    handed: Callable[[int], list[Request]], olx: Partner, chief: User
) -> None:
    done, refused = handed(2)
    file = FileOut.objects.get()
    book = load_workbook(io.BytesIO(part(file, "requests.xlsx")))
    sheet = book.worksheets[0]
    sheet["I2"], sheet["I3"], sheet["J3"] = "удалено", "отказ", "это не наша страница"
    out = io.BytesIO()
    book.save(out)
    came = receive(olx, out.getvalue(), chief)
    assert verdicts(came) == ["good", "good"]
    done.refresh_from_db()
    assert done.answer == ""  # nothing before somebody has looked
    assert actions.apply_file(file=came, lines={2, 3}, user=chief) == 2
    done.refresh_from_db()
    refused.refresh_from_db()
    assert (done.answer, done.answered_by) == ("done", olx.name)
    assert (refused.answer, refused.refusal) == ("refused", "not_ours")
    assert done.steps.get(event="answered").evidence == came.evidence


FORMS = {
    "semicolon, bom": {},
    "comma": {"delimiter": ","},
    "tab": {"delimiter": "\t"},
    "windows": {"encoding": "cp1251"},
    "unicode text": {"delimiter": "\t", "encoding": "utf-16"},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_csv_comes_back_in_any_form(form: str) -> None:
    content = table(["2026-000001", "удалено", "", "спасибо"], **FORMS[form])
    assert read(content) == [Row(2, "2026-000001", "удалено", "", "спасибо")]


def test_columns_in_any_order_below_a_heading_of_theirs() -> None:
    text = "Отчёт OLX;;;\n\nКомментарий;№;Ответ;Исх. номер\n'-1 звонок;7;жойылды;2026-000001\n;;;\n"
    assert read(text.encode()) == [Row(4, "2026-000001", "жойылды", "", "-1 звонок")]


def test_every_wrong_row_says_what_is_wrong(
    handed: Callable[[int], list[Request]], olx: Partner, make: Make, chief: User
) -> None:
    good, again, twice, other, question, code = handed(6)
    foreign = make(State.DELIVERED, url="https://kolesa.kz/a/show/150594149")
    assert foreign.partner != olx
    actions.answer(request=again, answer="done", by=BY)
    content = table(
        [good.number, "Удалено.", "", ""],
        [again.number, "сделано", "", ""],
        [again.number + "x", "удалено", "", ""],
        [foreign.number, "удалено", "", ""],
        [twice.number, "удалено", "", ""],
        [twice.number, "отказ", "", "не наше"],
        [other.number, "может быть", "", ""],
        [question.number, "вопрос", "", ""],
        [code.number, "отказ", "кот", "x"],
        ["", "удалено", "", ""],
    )
    file = receive(olx, content, chief)
    assert verdicts(file) == [
        *("good", "same", "unknown", "unknown", "conflict", "conflict"),
        *("wrong_answer", "no_words", "wrong_code", "no_number"),
    ]
    assert actions.apply_file(file=file, lines=set(range(50)), user=chief) == 1
    foreign.refresh_from_db()
    assert foreign.answer == ""


def test_the_same_file_twice_changes_nothing(
    handed: Callable[[int], list[Request]], olx: Partner, chief: User
) -> None:
    first, second = handed(2)
    content = table([first.number, "удалено", "", ""], [first.number, "удалено", "", ""])
    file = receive(olx, content, chief)
    assert verdicts(file) == ["good", "repeated"]
    actions.apply_file(file=file, lines={2, 3}, user=chief)
    assert receive(olx, content, chief) == file
    assert actions.apply_file(file=file, lines={2, 3}, user=chief) == 0
    assert verdicts(file) == ["applied", "repeated"]
    assert first.steps.filter(event="answered").count() == 1
    assert Evidence.objects.filter(origin="file from olx").count() == 1
    later = receive(
        olx, table([first.number, "отказ", "", "x"], [second.number, "", "", ""]), chief
    )
    assert verdicts(later) == ["answered", "empty"]


def test_what_we_added_goes_into_the_next_file(
    handed: Callable[[int], list[Request]], olx: Partner, chief: User
) -> None:
    (request,) = handed(1)
    actions.answer(request=request, answer="need_more", text="какой?", by=BY)
    actions.supply(request=request, text="вот такой", by=BY)
    file = actions.make_file(partner=olx, user=chief)
    assert [row.request for row in file.rows.all()] == [request]
    assert "вот такой" in part(file, "requests.csv").decode()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (reading.LARGEST_UNPACKED + 1))
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(name, content)
    return made.getvalue()


HOSTILE = {
    "empty": b" \n ",
    "too_large": b"x" * (reading.LARGEST + 1),
    "old_excel": reading.OLD_EXCEL + b"x" * 100,
    "not_a_table": b"%PDF-1.7",
    "no_columns": "Имя;Фамилия\nа;б\n".encode(),
    "broken_xlsx": reading.ZIP + b"rubbish",
    "broken_csv": table(["2026-000001", "удалено", "", ""]) + '2026-000002;"отказ;;\n'.encode(),
    "too_many_rows": table(*([f"2026-{n:06d}", "удалено", "", ""] for n in range(5002))),
}


@pytest.mark.parametrize("why", HOSTILE)
def test_what_is_no_table_of_ours_is_refused_in_words(why: str, olx: Partner, desk: Client) -> None:
    with pytest.raises(FileError, match=why):
        read(HOSTILE[why])
    upload = SimpleUploadedFile("x.csv", HOSTILE[why])
    page = desk.post(reverse("disruption:file_upload", args=[olx.public_id]), {"file": upload})
    assert page.status_code == 302
    assert FileIn.objects.count() == 0


def test_bombs_and_entities_are_not_unpacked() -> None:
    with pytest.raises(FileError, match="too_large"):
        read(bomb())
    with pytest.raises(FileError, match="broken_xlsx"):
        read(entities())
    # random bytes, quotes without end, a NUL
    for content in (b"\x80" * 999, b'"' * 99_999, b"a\0b", b";" * 99_999):
        with pytest.raises(FileError):
            read(content)


def test_a_far_cell_and_many_columns_cost_little() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Исходящий номер", "Ответ"])
    sheet.append(["2026-000001", "удалено"])
    sheet.cell(1_048_576, 16_384, "далеко")
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue()) == [Row(2, "2026-000001", "удалено", "", "")]


@pytest.mark.parametrize("text", ["=1", "+7", "-1", "@x", "\tx", " =1", "＝1", "плюс +", "'=1"])
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text or text.startswith("'")


def test_the_pages_lead_from_file_to_answer(
    signed: Callable[..., Request], olx: Partner, desk: Client
) -> None:
    request = signed()
    assert olx.name in desk.get(reverse("disruption:files")).text
    desk.post(reverse("disruption:file_make", args=[olx.public_id]))
    file = FileOut.objects.get()
    for name in ("csv", "xlsx"):
        page = desk.get(reverse("disruption:file_download", args=[file.public_id, name]))
        assert page.content == part(file, f"requests.{name}")
    desk.post(reverse("disruption:file_handed", args=[file.public_id]), {"how": "почтой"})
    content = table([request.number, "<script>", "", ""], [request.number + "9", "да", "", ""])
    for _ in range(2):
        upload = SimpleUploadedFile("ответ.csv", content)
        url = reverse("disruption:file_upload", args=[olx.public_id])
        page = desk.post(url, {"file": upload}, follow=True)
        assert "<script>" not in page.text.split("<main")[1]
        assert "такого номера у этого партнёра нет" in page.text
    came = FileIn.objects.get()
    upload = SimpleUploadedFile("ответ.csv", table([request.number, "удалено", "", ""]))
    desk.post(url, {"file": upload})
    came = FileIn.objects.exclude(pk=came.pk).get()
    desk.post(
        reverse("disruption:file_apply", args=[came.public_id]), {"line": ["2", "x", "9" * 5000]}
    )
    request.refresh_from_db()
    assert request.answer == "done"
    evidence = request.steps.get(event="answered").evidence
    assert evidence is not None
    url = reverse("disruption:evidence", args=[request.public_id, evidence.public_id])
    assert desk.get(url).status_code == 200
