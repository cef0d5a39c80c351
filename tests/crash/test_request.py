"""A request, from the pasted address to "verified: gone", by e-mail. Whatever dies, it is sent,
asked, answered and verified once; a letter may arrive twice, as the same letter."""

import email
import email.policy
import io
import smtplib
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import Certificate
from django.conf import settings
from django.core.mail.utils import DNS_NAME
from django.template.loader import get_template

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.casework import stamping
from tereze.casework.actions import export
from tereze.casework.actions.evidence import custody_log
from tereze.casework.custody import digest, first_broken
from tereze.casework.models import Evidence
from tereze.casework.package import verify as verify_package
from tereze.casework.timestamps import Token, certificates_in, check, question_about
from tereze.core import outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.demo.standins.timestamp import app as timestamp
from tereze.disruption import actions, captures, seeing
from tereze.disruption.models import Letter, Partner, Request, State
from tereze.disruption.pages import PageText
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.verification import Seen
from tereze.indicators import extract
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole


LISTING = "https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html"
PNG = b"\x89PNG\r\n\x1a\n picture"
MODERATOR = Actor("partner", "olx", "Дана Ким")
ADVERT = PageText(
    title="iPhone 15 Pro, срочно",
    main=("iPhone 15 Pro, срочно",),
    headings=("iPhone 15 Pro, срочно",),
    pieces=("Цена ниже рынка. Отправлю после предоплаты, звонить 8 705 111 22 33. " * 20,),
)
NOTHING = PageText(title="404", main=("Страница не найдена",), pieces=("Страница не найдена",))
ONCE = ("drafted", "captured", "approved", "delivered", "answered", "seen_gone")


class RemovingAnAdvert:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        User.objects.create(
            username="chief", name="Ахметова А.", role=Role.CHIEF, unit=unit, post="майор"
        )
        actions.register_known_partners(unit=unit, by=Actor.machine("founding"))
        timestamp.prepare(authority())
        Partner.objects.filter(slug="olx").update(channel="email", email="abuse@olx.example")

    def warm_up(self) -> None:
        DNS_NAME.get_fqdn()
        get_template("disruption/letter.txt")
        extract(ADVERT.pieces[0])

    def install(self, world: World) -> None:
        """A site whose advert the moderator takes down, and a mail server."""

        def look(url: str, **_how: Any) -> Seen:
            outgoing.outside_transaction()
            with world.call("a look at the page"):
                if self.is_taken_down(world):
                    return Seen(url=url, status=404, page=NOTHING)
                return Seen(url=url, status=200, page=ADVERT)

        def see(url: str, **_how: Any) -> seeing.View:
            seen = look(url)
            html = f"<h1>{seen.page.title}</h1>"
            return seeing.View(seen=seen, at=now(), html=html, pictures={"page.png": PNG})

        def take(url: str, _platform: str, **_how: Any) -> captures.Taken:
            return captures.Taken(view=see(url))

        def stamp(content: bytes) -> tuple[bytes, Token]:
            outgoing.outside_transaction()
            with world.call("a time stamp"):
                reply = timestamp.answer(authority(), question_about(content).content)
            return reply, check(reply, content, roots())

        settings.TSA_URL = "http://authority.example"
        stamping.ask = stamp
        seeing.by_http = look
        seeing.by_browser = see
        captures.take = take
        smtplib.SMTP = mail_server(world)  # type: ignore[misc]

    def is_taken_down(self, world: World) -> bool:
        return bool(world.noted("advert taken down"))

    def live(self, world: World) -> None:
        """Officer and moderator do what their screens offer; without an answer they do it again."""
        world.once("drafted", draft)
        world.work()
        world.once("approved", approve, harmless=UnlawfulStepError)
        world.work()
        world.once("advert taken down", lambda: None)
        world.once("answered", answer, harmless=UnlawfulStepError)
        world.work()

    def after_death(self, world: World) -> None:
        request = Request.objects.first()
        if world.noted("drafted"):
            assert request is not None
        if world.noted("approved"):
            assert request is not None
            assert request.approved_at is not None
            assert Letter.objects.filter(request=request).exists()
        if world.noted("answered"):
            assert request is not None
            assert request.answer == "done"
        for letter in world.noted("letter"):
            assert request is not None
            assert request.evidence is not None
            assert request.number in letter["subject"]
        for evidence in Evidence.objects.all():
            verify(evidence)

    def after_recovery(self, world: World) -> None:
        request = Request.objects.get()
        assert request.state == State.VERIFIED, (request.state, request.capture.why)
        events = list(request.steps.values_list("event", flat=True))
        assert {event: events.count(event) for event in ONCE} == dict.fromkeys(ONCE, 1), events
        for event in ONCE:
            assert AuditEvent.objects.filter(kind=f"request.{event}").count() == 1
        assert Letter.objects.count() == 1
        letters = world.noted("letter")
        assert 1 <= len(letters) <= 2, letters
        assert len({(letter["id"], letter["link"]) for letter in letters}) == 1, letters
        kinds = sorted(Evidence.objects.values_list("kind", flat=True))
        assert kinds == [Evidence.Kind.CAPTURE, Evidence.Kind.LOOK], kinds
        for evidence in Evidence.objects.all():
            verify(evidence)
            package = export(evidence=evidence, by=MODERATOR)
            verdict = verify_package(io.BytesIO(package.content))
            assert (verdict.problems, verdict.token is not None) == ((), True)
        acts = [entry["act"] for entry in custody_log(request.evidence)]
        assert sorted(acts) == ["exported", "handed_over", "sealed", "stamped"], acts
        journal_is_whole()


def authority() -> Path:
    return Path(settings.DATA) / "authority"


def roots() -> list[Certificate]:
    return certificates_in((authority() / timestamp.ROOT).read_bytes())


def draft() -> None:
    unit = Unit.objects.get(slug="balqash")
    chief = User.objects.get(username="chief")
    actions.draft_request(unit=unit, url=LISTING, reason="Предоплата", by=chief.actor, user=chief)


def approve() -> None:
    actions.approve(request=Request.objects.get(), user=User.objects.get(username="chief"))


def answer() -> None:
    actions.answer(request=Request.objects.get(), answer="done", by=MODERATOR)


def verify(evidence: Evidence) -> None:
    assert digest(evidence.manifest) == evidence.manifest_sha256
    files = {file.name: file for file in evidence.files.all()}
    assert set(files) == {entry["name"] for entry in evidence.manifest["files"]}
    for file in files.values():
        file.content()  # checked against its hash
    assert first_broken(custody_log(evidence), evidence.manifest_sha256) is None


def mail_server(world: World) -> type[Any]:
    class MailServer:
        def __init__(self, *_: Any, **__: Any) -> None:
            """It answers at once."""

        def sendmail(self, _from: str, to: list[str], content: bytes) -> None:
            letter = email.message_from_bytes(content, policy=email.policy.default)
            body = letter.get_body(("plain",))
            assert body is not None
            words = body.get_content().split()
            link = next(word for word in words if "/answer/" in word)
            with world.call("a letter"):
                world.note(
                    "letter", id=letter["Message-ID"], subject=letter["Subject"], link=link, to=to
                )

        def quit(self) -> None:
            """Nothing to end."""

    return MailServer


SCENARIO = RemovingAnAdvert()


@pytest.mark.timeout(420)
def test_a_request_comes_to_its_end_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("request")
    # capture, letter, the look's three vantages, a stamp for each piece of evidence
    assert found["points"]["call"] == 2 * (1 + 1 + 3 + 2)
    assert found["points"]["commit"] >= 12
