"""A rule that was released holds wherever the unit judges words, and says why in its own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.intake.actions import add_supplement
from tereze.intake.channels.operator.hints import hints_for
from tereze.intake.statement import read_statement
from tereze.prevention.checking import Answer, check
from tereze.watch import picturing
from tereze.watch.models import MessagePicture
from tereze.watch.pictures import Picture
from tereze.watch.workshop import actions
from tests.unit.watch.submissions.conftest import Send
from tests.unit.watch.workshop.conftest import ENTRY, NAME, Released


pytestmark = pytest.mark.django_db
FOUND = "Ищу карты напрокат на неделю, дорого"


def names(assessment: dict[str, Any]) -> set[str]:
    return {reason["name"] for reason in assessment["reasons"]}


def test_on_the_check_page(client: Client, unit: Unit, released: Released) -> None:
    before = check(FOUND, unit)
    released()
    checked = check(FOUND, unit)
    assert (before.scheme, checked.answer) == ("", Answer.SCHEME)
    assert checked.scheme == ENTRY["scheme"]
    for language, words in ENTRY["text"].items():
        answer = client.post(
            reverse("prevention:check"), {"text": FOUND}, headers={"Accept-Language": language}
        )
        assert words in answer.content.decode()


def test_in_a_report_and_what_is_added_to_it(
    client: Client,
    submit: Callable[..., Any],
    released: Released,
    chief: User,
) -> None:
    released()
    report = submit(FOUND)
    assert NAME in names(report.assessment)
    assert report.scheme == ENTRY["scheme"]
    more = add_supplement(report=report, text=FOUND, by=chief.actor)
    assert more is not None
    assert NAME in names(more.assessment)
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(
        reverse("intake:report_page", args=[report.public_id]), headers={"Accept-Language": "ru"}
    )
    assert ENTRY["text"]["ru"] in page.content.decode()


def test_beside_a_call(officer: Callable[[str], User], released: Released) -> None:
    released()
    found = hints_for(read_statement({"text": FOUND}, language="ru"), officer(Role.DISPATCHER))
    assert ENTRY["text"] in found.reasons


def test_in_a_picture_of_a_chat(
    send: Send,
    released: Released,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picturing, "read_bytes", lambda data: Picture(text=FOUND))
    released()
    sent = send(**{"a.jpg": b"\xff\xd8\xff" + b"a" * 20}, title="Дом 5")
    assert sent.findings.get().message.outcome == "illegal"
    assert NAME in names(MessagePicture.objects.get().assessment)


def test_taken_back_it_holds_nowhere(unit: Unit, released: Released, chief: User) -> None:
    release = released()
    actions.take_back(release=release, why="ошибка", by=chief)
    assert check(FOUND, unit).scheme == ""
