"""Feeds and pages on the desk: by what right, what people may do with a find, what stays honest."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.disruption.models import Partner, Request
from tereze.watch import lawful
from tereze.watch.abilities import abilities
from tereze.watch.actions import deciding, incoming, officers, sources, trial, web
from tereze.watch.connectors.base import RefusedError
from tereze.watch.models import Act, Decision, Message, Notice, Source
from tereze.watch.received import Author, Incoming
from tests.watching import ADMINISTRATOR, ADVERT
from tests.watching import lawful as complete


pytestmark = pytest.mark.django_db
ORGAN = "https://www.gov.kz/memleket/entities/balqash/press/news/"
PAPER = "https://balqash-news.kz/n/1"


def added(unit: Unit, address: str, **fields: Any) -> Source:
    return web.add_web_source(
        unit=unit, kind="page", address=address, title="Сайт", recipe={"comment": ".c"},
        found=1, by=ADMINISTRATOR, **fields,
    )  # fmt: skip


def given(**fields: Any) -> dict[str, Any]:
    found = {**complete(mode="review", language="ru"), **fields}
    found.pop("earlier", None)
    return found


def found(source: Source, text: str = ADVERT, **more: Any) -> Message:
    """A comment taken in and decided."""
    values: dict[str, Any] = {"external_id": "c5", "link": f"{source.chat_id}#c5", **more}
    item = Incoming(
        sent_at=now(), text=text, author=Author(id="a:Бот", name="Бот", username="Бот"), **values
    )
    deciding.decide_all(incoming.take_in(batch=[(source, item)]))
    return Message.objects.filter(source=source).latest("pk")


@pytest.mark.parametrize(
    ("address", "is_organ"),
    [
        (ORGAN, True),
        ("https://balqash.gov.kz/", True),
        ("https://GOV.KZ/", True),
        ("https://gov.kz.example.com/", False),
        ("https://notgov.kz/", False),
        ("https://example.com/gov.kz/", False),
        ("https://gov.kz@example.com/", False),
        (PAPER, False),
    ],
)
def test_a_state_body_is_known_by_its_address_alone(address: str, is_organ: bool) -> None:
    assert lawful.is_organ(address) is is_organ


def test_its_public_page_needs_basis_and_end(unit: Unit) -> None:
    source = added(unit, ORGAN)
    basis: dict[str, Any] = {"legal_basis": "Закон о полиции", "until": now() + timedelta(days=90)}
    for lacking in basis:
        given = {**basis, lacking: "" if lacking == "legal_basis" else None}
        with pytest.raises(lawful.UnlawfulError):
            sources.change_source(source=source, by=ADMINISTRATOR, mode="review", **given)
    changed = sources.change_source(source=source, by=ADMINISTRATOR, mode="review", **basis)
    assert changed.mode == "review"
    item = Incoming(external_id="1", sent_at=now() - timedelta(days=1), text=ADVERT)
    assert incoming.take_in(batch=[(changed, item)]) == []  # written before we began


@pytest.mark.parametrize("name", ["consent_by", "consent_file", "notice_text", "notice_at"])
def test_any_other_page_needs_all_of_it(unit: Unit, name: str) -> None:
    with pytest.raises(lawful.UnlawfulError):
        added(unit, PAPER, **given(**{name: None if name.endswith("_at") else ""}))


def test_no_form_makes_a_state_body_of_a_forum(unit: Unit, officer: Callable[[str], User]) -> None:
    source = added(unit, PAPER)
    it = Client()
    it.force_login(officer(Role.IT_SPECIALIST))
    it.post(f"/desk/chats/{source.public_id}/", {"is_organ": "on", "title": "Сайт"})
    with pytest.raises(TypeError):
        sources.change_source(source=source, by=ADMINISTRATOR, is_organ=True)
    source.refresh_from_db()
    assert not source.is_organ


def test_the_database_keeps_the_exception_for_pages(unit: Unit) -> None:
    chat = sources.add_source(unit=unit, kind="telegram", chat_id="-1", title="x", by=ADMINISTRATOR)
    fields: dict[str, Any] = {"legal_basis": "Закон", "until": now() + timedelta(days=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.filter(pk=chat.pk).update(is_organ=True, mode="review", **fields)


def test_a_find_waits_for_people_who_may_only_ask(
    unit: Unit, officer: Callable[[str], User]
) -> None:
    message = found(added(unit, PAPER, **given()))
    assert message.standing == "waiting"
    dispatcher = officer(Role.DISPATCHER)
    for refused in (
        lambda: officers.block(message=message, ladder=["delete"], by=dispatcher),
        lambda: officers.hold(message=message, by=dispatcher),
    ):
        with pytest.raises((RefusedError, officers.AlreadyDecidedError)):
            refused()
    assert not Act.objects.exists()
    officers.ask_owner(message=message, by=dispatcher)
    message.refresh_from_db()
    request = Request.objects.get()
    assert (message.standing, message.kept_until) == ("requested", None)
    assert message.seal.content["text"]["text"] == ADVERT
    assert request.address == f"{PAPER}#c5"
    assert (request.kind, request.state) == ("delete_message", "drafted")
    assert request.partner.kind == Partner.Kind.SITE_OWNER
    assert not Notice.objects.exists()
    assert not Decision.objects.blocking().exists()  # nobody says that it was blocked
    with pytest.raises(officers.AlreadyDecidedError):
        officers.ask_owner(message=message, by=dispatcher)


def test_two_comments_of_one_page_are_two_requests(
    unit: Unit, officer: Callable[[str], User]
) -> None:
    source = added(unit, PAPER, **given())
    first = found(source, external_id="1", link=PAPER)
    second = found(source, f"Срочно! {ADVERT}", external_id="2", link=PAPER)
    for message in (first, second):
        officers.ask_owner(message=message, by=officer(Role.DISPATCHER))
    addresses = [request.address for request in Request.objects.order_by("pk")]
    assert len(set(addresses)) == 2
    assert all(":~:text=" in address for address in addresses)  # a browser scrolls there


def test_numbers_of_people_get_into_no_address(unit: Unit, officer: Callable[[str], User]) -> None:
    source = added(unit, PAPER, **given())
    message = found(source, "Куплю карту 4400430211112222 оплата сразу, пишите", link=PAPER)
    officers.ask_owner(message=message, by=officer(Role.DISPATCHER))
    assert "4400" not in Request.objects.get().address
    assert "4400430211112222" not in Request.objects.get().reason


def test_undone_the_request_is_withdrawn_and_people_decide_again(
    unit: Unit, officer: Callable[[str], User]
) -> None:
    message = found(added(unit, PAPER, **given()))
    dispatcher = officer(Role.DISPATCHER)
    decision = officers.ask_owner(message=message, by=dispatcher)
    officers.undo(decision=decision, by=dispatcher)
    message.refresh_from_db()
    assert message.standing == "waiting"
    assert Request.objects.get().state == "closed"
    officers.ask_owner(message=message, by=dispatcher)
    assert Request.objects.count() == 2


def test_the_machine_only_prepares_and_a_person_signs(unit: Unit) -> None:
    source = added(unit, PAPER, **given())
    source.mode, source.threshold = "automatic", 0.85
    trial.prove(source)
    source.save()
    message = found(source)
    assert message.standing == "requested"
    request = Request.objects.get()
    assert (request.state, request.approved_at) == ("drafted", None)
    assert Decision.objects.get().by_machine


def test_if_the_request_cannot_be_made_nothing_is_decided(
    unit: Unit, officer: Callable[[str], User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**given: Any) -> None:
        raise RuntimeError("no")

    message = found(added(unit, PAPER, **given()))
    monkeypatch.setattr("tereze.disruption.actions.draft_request", breaks)
    with pytest.raises(RuntimeError):
        officers.ask_owner(message=message, by=officer(Role.DISPATCHER))
    message.refresh_from_db()
    assert message.standing == "waiting"
    assert not Decision.objects.filter(verdict="ask").exists()


def test_one_owner_for_one_site(unit: Unit) -> None:
    one, other = added(unit, PAPER), added(unit, "https://www.balqash-news.kz/n/2")
    assert one.web.owner == other.web.owner
    assert one.web.owner.terms_at(now()) is not None


def test_the_same_name_on_another_site_is_another_author(unit: Unit) -> None:
    from tereze.watch.connectors.feeds.visiting import author_of
    from tereze.watch.webreading.found import Item

    authors = [author_of(added(unit, address), Item(author="Айгүл")) for address in (PAPER, ORGAN)]
    assert authors[0] is not None
    assert authors[1] is not None
    assert authors[0].id != authors[1].id


def test_what_cannot_be_done_there_is_said(unit: Unit) -> None:
    rows = abilities(added(unit, PAPER))
    assert [row.may for row in rows].count(True) == 2  # what stands there, and its pictures
    assert any("удалить" in str(row.words) and not row.may for row in rows)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("не адрес", "Это не адрес страницы"),
        ("javascript:alert(1)", "Это не адрес страницы"),
        ("file:///etc/passwd", "Это не адрес страницы"),
        ("http://127.0.0.1:1/", "внутреннюю сеть"),
        ("http://169.254.169.254/", "внутреннюю сеть"),
        ("", "Обязательное поле"),
    ],
)
def test_a_bad_address_gets_a_clear_word(
    unit: Unit, officer: Callable[[str], User], address: str, words: str
) -> None:
    it = Client()
    it.force_login(officer(Role.IT_SPECIALIST))
    answer = it.post("/desk/chats/new/site/", {"address": address})
    assert words in answer.content.decode()


@pytest.mark.parametrize("path", ["new/site/", "{key}/reading/", "{key}/look/"])
def test_only_who_manages_sources_gets_there(
    unit: Unit, officer: Callable[[str], User], path: str
) -> None:
    key = added(unit, PAPER).public_id
    dispatcher = Client()
    dispatcher.force_login(officer(Role.DISPATCHER))
    assert dispatcher.post(f"/desk/chats/{path.format(key=key)}").status_code == 403


def test_before_it_is_lawful_nothing_is_judged(unit: Unit, officer: Callable[[str], User]) -> None:
    source = added(unit, PAPER)
    it = Client()
    it.force_login(officer(Role.IT_SPECIALIST))
    answer = it.post(f"/desk/chats/{source.public_id}/look/", follow=True)
    assert "не хватает" in answer.content.decode()
