"""A resident hands over an exported chat; an officer asks the administrator to delete the advert in
it. Whatever dies: every message is stored and decided once, sealed before anybody is asked, asked
about once, the clock runs to its end, and its picture is read to one result."""

import pytest

from tereze.accounts.models import Unit, User
from tereze.audit.models import AuditEvent
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.detection import assess
from tereze.intake.actions.files import Incoming
from tereze.linking.models import Sighting
from tereze.watch import picturing, sealing
from tereze.watch.actions import asking, officers
from tereze.watch.models import (
    Act,
    Asked,
    Call,
    ChatRequest,
    Decision,
    Finding,
    Message,
    MessagePicture,
    Seal,
    Source,
    Submission,
)
from tereze.watch.pictures import Picture
from tereze.watch.submissions.taking import Handed, hand_over, receipt_of
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.unit.watch.submissions.conftest import ADVERT, CHAT, zipped


JPEG = b"\xff\xd8\xff" + b"picture" * 10
FILES = (
    Incoming(
        "WhatsApp Chat - Дом 5.zip", zipped(**{"_chat.txt": CHAT.encode(), "IMG-1.jpg": JPEG})
    ),
)


class HandingOverAChat:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        User.objects.create_user(
            username="chief", password=None, name="Ахметова", role="chief", unit=unit
        )

    def warm_up(self) -> None:
        assess(ADVERT)

    def install(self, world: World) -> None:
        """Nothing goes out: people send what is prepared. Reading a picture takes its time."""

        def read(data: bytes) -> Picture:
            with world.call("a reading"):
                return Picture(text=ADVERT if data == JPEG else "", shown=b"JPEG")

        picturing.read_bytes = read

    def live(self, world: World) -> None:
        made = hand_over(
            unit=Unit.objects.get(),
            handed=Handed(files=FILES, language="ru"),
            channel="page",
            scope="page",
            key="token-of-the-form",
            by=Actor.resident(),
        )
        world.answered("answered", receipt=receipt_of(made))
        world.work()
        ask_and_send()
        world.move(5 * 3600)
        world.work()

    def after_death(self, world: World) -> None:
        for submission in Submission.objects.all():
            for file in submission.files.all():  # a row never names a file that is not there
                vault.read(file.sha256)
        for asked in Asked.objects.select_related("decision__message"):
            assert Seal.objects.filter(message=asked.decision.message).exists()
        assert sealing.verify().broken_at is None

    def after_recovery(self, world: World) -> None:
        submission = Submission.objects.get()
        assert {one["receipt"] for one in world.noted("answered")} == {receipt_of(submission)}
        assert (submission.state, submission.messages_read, submission.messages_new) == (
            "read", 3, 3,
        )  # fmt: skip
        assert submission.source == Source.objects.get()
        assert set(submission.files.values_list("role", flat=True)) == {"original", "picture"}
        assert Message.objects.count() == 4
        picture = MessagePicture.objects.get()
        assert (picture.state, picture.text, picture.author) == ("read", ADVERT, None)
        shown = Finding.objects.get(message=picture.message).message
        assert (shown.outcome, shown.standing) == ("illegal", "waiting")
        assert Sighting.objects.filter(subject_key=shown.public_id).count() == 1
        advert = Finding.objects.exclude(message=shown).get().message
        assert Decision.objects.get().message == Seal.objects.get().message == advert
        assert (advert.standing, advert.trouble) == ("stuck", "ask:overdue")
        act = Act.objects.get()
        assert (act.kind, act.state) == ("ask", "waiting")
        request = ChatRequest.objects.get()
        assert request.is_overdue
        assert Call.objects.filter(kind="unanswered").count() == 1
        for kind in (
            "submission.received",
            "submission.read",
            "message.deletion_asked",
            "chat_request.sent",
            "chat_request.overdue",
        ):
            assert AuditEvent.objects.filter(kind=kind).count() == 1, kind
        assert Sighting.objects.filter(subject_key=advert.public_id).count() == 1
        journal_is_whole()


def ask_and_send() -> None:
    """What the officer does, who sees after a crash how far it had come."""
    chief = User.objects.get()
    waiting = Message.objects.filter(standing="waiting", pictures=None).first()
    if waiting is not None:
        officers.ask_to_delete(message=waiting, by=chief)
    draft = ChatRequest.objects.filter(state="draft").first()
    if draft is not None:
        asking.sent(request=draft, by=chief)


SCENARIO = HandingOverAChat()


@pytest.mark.timeout(420)
def test_a_chat_is_read_and_asked_about_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("submission")
    assert found["points"]["commit"] >= 12
    assert found["points"]["file"] >= 4
