"""A resident sends a report with two files. Whatever dies, it is there once, and whole, and its
screenshot is read to one result."""

import pytest

from tereze.accounts.models import Unit
from tereze.audit.models import AuditEvent
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.detection import assess
from tereze.intake.actions.files import Incoming
from tereze.intake.actions.submit import Sending, Submitted, submit_report
from tereze.intake.models import Attachment, AttachmentPicture, IdempotencyKey, Report
from tereze.intake.receipts import receipt_hash
from tereze.intake.statement import Statement
from tereze.linking.models import Sighting
from tereze.watch import reported
from tereze.watch.pictures import Picture
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole


FILES = {"переписка.png": b"\x89PNG\r\n\x1a\n chat", "чек.pdf": b"%PDF-1.4 receipt"}
STATEMENT = Statement(
    text="Позвонили из «банка» с +7 705 111 22 33, я назвала код из смс, ушло 250 000 тенге.",
    fraudster="https://olx-pay.example/order",
    loss="lost",
    amount="250000",
    name="Айгуль С.",
    contact="+7 701 555 44 33",
)


class SendingAReport:
    def prepare(self) -> None:
        Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")

    def warm_up(self) -> None:
        assess(STATEMENT.text)

    def install(self, world: World) -> None:
        """Nothing goes out. The screenshot is read after the answer."""

        def read(data: bytes) -> Picture:
            with world.call("a reading"):
                return Picture(text="Оплатите: https://kaspi-bonus.example/win")

        reported.read_bytes = read

    def live(self, world: World) -> None:
        """The browser sends. Afterwards it sends the same form, with its token, again: because no
        answer came, or because somebody reloaded the page."""
        done = send()
        assert done.receipt
        world.answered("answered", number=done.report.number, receipt=done.receipt)
        world.work()

    def after_death(self, world: World) -> None:
        for answer in world.noted("answered"):
            report = Report.objects.get(number=answer["number"])
            assert report.receipt_hash == receipt_hash(answer["receipt"])
        for file in Attachment.objects.all():  # a row never names a file that is not there
            vault.read(file.sha256)

    def after_recovery(self, world: World) -> None:
        report = Report.objects.get()
        assert report.text == STATEMENT.text
        assert report.reporter["contact"] == STATEMENT.contact
        kept = {file.name: vault.read(file.sha256) for file in report.attachments.all()}
        assert kept == FILES
        answers = world.noted("answered")
        assert {answer["number"] for answer in answers} == {report.number}
        assert {receipt_hash(answer["receipt"]) for answer in answers} == {report.receipt_hash}
        assert IdempotencyKey.objects.count() == 1
        assert AuditEvent.objects.filter(kind="report.submitted").count() == 1
        seen = Sighting.objects.filter(subject_kind="report", subject_key=report.public_id)
        picture = AttachmentPicture.objects.get()
        assert (picture.state, picture.checked_by) == ("read", None)
        assert AuditEvent.objects.filter(kind="report.picture_words").count() == 1
        assert seen.filter(role="picture", indicator__type="url").count() == 1
        assert {"phone", "url"} <= set(seen.values_list("indicator__type", flat=True))
        journal_is_whole()


def send() -> Submitted:
    return submit_report(
        unit=Unit.objects.get(slug="balqash"),
        statement=STATEMENT,
        channel="web",
        sending=Sending(scope="web", key="token-of-the-form"),
        files=[Incoming(name, content) for name, content in FILES.items()],
        by=Actor.resident(),
    )


SCENARIO = SendingAReport()


@pytest.mark.timeout(420)
def test_a_report_is_neither_lost_nor_doubled_wherever_it_dies(crash: Crash) -> None:
    found = crash("report")
    assert found["points"]["commit"] >= 4
    assert found["points"]["file"] >= 4
