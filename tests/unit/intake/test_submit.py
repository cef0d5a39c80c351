"""Registering: once per sending, encrypted at rest, files before rows, all or nothing."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tereze.accounts.models import Unit
from tereze.audit.models import AuditEvent
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.intake.actions import Incoming, Sending, submit_report
from tereze.intake.actions import submit as submitting
from tereze.intake.models import Attachment, Channel, IdempotencyKey, Report
from tereze.intake.receipts import receipt_hash
from tereze.intake.statement import LONGEST_TEXT, read_statement
from tereze.linking.models import Indicator, Sighting
from tereze.live.models import News
from tests.unit.intake.conftest import PNG, STORY, Submit


def test_a_report_gets_number_receipt_assessment_and_sightings(submit: Submit) -> None:
    done = submit()
    report = Report.objects.get()
    assert done.receipt is not None
    assert report.receipt_hash == receipt_hash(done.receipt)
    assert report.number.endswith("-000001")
    assert report.scheme == "bank_security_call"
    assert Indicator.objects.get(type="phone").shown == "+77015556677"
    assert Sighting.objects.get(indicator__type="phone").role == "shown"
    assert AuditEvent.objects.filter(kind="report.submitted").count() == 1


def test_what_identifies_the_reporter_never_rests_in_clear(submit: Submit, unit: Unit) -> None:
    submit(
        f"{STORY} Мой ИИН 900101300017, мой номер 87021112233.",
        contact="8 702 111 22 33",
        name="Айгуль Серикова",
    )
    everything = "\n".join(repr(row) for table in tables() for row in rows_of(table))
    for secret in ("7021112233", "702 111 22 33", "Айгуль", "900101300017", "4400430212345679"):
        assert secret not in everything, secret
        assert secret.encode().hex() not in everything.lower()
    assert "4400 43•• •••• 5679" in everything


def tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if "_" in name]


def rows_of(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
        return [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in cursor.fetchall()
        ]


def test_the_reporters_own_numbers_never_enter_the_index(submit: Submit) -> None:
    submit("Мой номер 87021112233, писал @vor_kz", contact="+77021112233")
    assert list(Indicator.objects.values_list("type", "shown")) == [("telegram", "vor_kz")]


def test_one_voice_counts_once(submit: Submit) -> None:
    first, second = submit(contact="8 702 111 22 33"), submit(contact="+7 (702) 111-22-33")
    assert first.report.reporter_key == second.report.reporter_key != ""
    assert submit(contact="не скажу").report.reporter_key == ""


def test_a_sending_makes_one_report_however_often_it_arrives(unit: Unit) -> None:
    first, second = (send_once(unit, "one") for _ in range(2))
    assert Report.objects.count() == 1
    assert (second.receipt, second.is_repeat) == (first.receipt, True)


def send_once(unit: Unit, key: str) -> Any:
    return submit_report(
        unit=unit,
        statement=read_statement({"text": STORY}, language="ru"),
        channel=Channel.WEB,
        sending=Sending(scope="web", key=key),
        by=Actor.resident(),
    )


def test_assessment_and_files_come_before_the_transaction(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = len(connection.savepoint_ids)
    seen = []

    def watched(name: str, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            seen.append((name, len(connection.savepoint_ids) == depth))
            return function(*args, **kwargs)

        return call

    monkeypatch.setattr(submitting, "prepare", watched("assess", submitting.prepare))
    monkeypatch.setattr(vault, "store", watched("store", vault.store))
    submit_report(
        unit=unit,
        statement=read_statement({"text": STORY}, language="ru"),
        channel=Channel.WEB,
        sending=Sending(scope="web", key="k"),
        files=[Incoming("a.png", PNG)],
        by=Actor.resident(),
    )
    assert seen == [("assess", True), ("store", True)]


@pytest.mark.parametrize("at", ["add_rows", "record_sightings", "record", "publish"])
def test_a_failure_at_any_step_leaves_no_half_report(
    submit: Submit, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(at)

    with monkeypatch.context() as patch:
        patch.setattr(f"tereze.intake.actions.submit.{at}", fail)
        with pytest.raises(RuntimeError, match=at):
            submit(files=(Incoming("a.png", PNG),))
    for model in (Report, Attachment, IdempotencyKey, Sighting, AuditEvent, News):
        assert not model.objects.exists(), model
    assert submit(files=(Incoming("a.png", PNG),)).report.attachments.count() == 1


def test_a_file_is_in_the_vault_before_its_row(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the two leaves a file without a row, never a row without a file."""
    original = submitting.register

    def checked(**given: Any) -> Any:
        for file in given["stored"].files:
            assert vault.read(file.sha256)
        return original(**given)

    monkeypatch.setattr("tereze.intake.actions.submit.register", checked)
    submit(files=(Incoming("a.png", PNG), Incoming("b.txt", "текст".encode())))
    for row in Attachment.objects.all():
        assert len(vault.read(row.sha256)) == row.size


def test_a_very_long_story_is_kept_whole(submit: Submit) -> None:
    text = "слово " * LONGEST_TEXT
    report = submit(text).report
    assert len(report.text) <= LONGEST_TEXT
    file = report.attachments.get()
    assert vault.read(file.sha256).decode() == text.strip()


TEXTS = st.text(
    alphabet=st.characters(exclude_categories=()), min_size=1, max_size=200
)  # surrogates, controls, unassigned: whatever a broken client sends


@given(text=TEXTS, contact=TEXTS, amount=TEXTS, when=TEXTS, fraudster=TEXTS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_typed_is_refused(
    submit: Submit, text: str, contact: str, amount: str, when: str, fraudster: str
) -> None:
    done = submit(text, contact=contact, amount=amount, when=when, fraudster=fraudster, loss="lost")
    report = Report.objects.get(pk=done.report.pk)
    assert len(report.masked_text) == len(report.text)


@pytest.mark.parametrize(
    "text",
    [
        "😀🔥 отдал 💸",
        "тел: 8 (7О1) 5-5-5, почти 66//77",
        "htp:/olx..kz///?%%%",
        "<script>alert(1)</script>",
        "\x00\x07нуль",
        "Қарақшы қоңырау шалды",
        "1",
    ],
)
def test_odd_texts_are_kept_as_they_are(submit: Submit, text: str) -> None:
    assert submit(text).report.text == text.replace("\x00", "\ufffd")
