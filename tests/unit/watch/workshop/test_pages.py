"""The pages: what they show, to whom, and that foreign words stay words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.watch.actions import officers
from tereze.watch.figures import by_rule
from tereze.watch.models import Decision
from tereze.watch.workshop import actions, precision
from tests.unit.watch.conftest import Say
from tests.unit.watch.workshop.conftest import ENTRY, NAME, Released


RULES = "/desk/rules/"


@pytest.fixture
def browse() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client(headers={"accept-language": "ru"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def test_every_page_opens_in_both_languages(
    browse: Any, editor: User, released: Released, tested: Any, say: Say
) -> None:
    release = released()
    say("Ищем карты напрокат, пишите")
    draft, done = tested(
        name="dropper_recruitment.b", entry={**ENTRY, "any": ["карты взаймы", "карт* напрокат"]}
    )
    client = browse(editor)
    pages = [
        "",
        "?scheme=rent_deposit",
        "?q=напрокат",
        "new/",
        "history/",
        f"rule/{NAME}/",
        f"rule/{NAME}/change/",
        "rule/rent_deposit.deposit_unseen/",
        "rule/rent_deposit.deposit_unseen/change/",
        f"drafts/{draft.public_id}/",
        f"backtests/{done.public_id}/",
        f"backtests/{done.public_id}/?kind=blocked&place=corpus",
    ]
    for language in ("ru", "kk"):
        client.cookies["tereze_language"] = language
        for page in pages:
            answer = client.get(RULES + page)
            assert answer.status_code == 200, page
    assert release.version in client.get(f"{RULES}history/").content.decode()


@pytest.mark.parametrize("name", ["nothing.here", "task_job.signal", "harmless.greeting"])
def test_there_is_no_page_for_what_is_no_rule_of_a_scheme(
    name: str, browse: Any, editor: User
) -> None:
    assert browse(editor).get(f"{RULES}rule/{name}/").status_code == 404


def test_trying_shows_what_is_found_and_stores_nothing(browse: Any, editor: User) -> None:
    given = {
        **{name: ENTRY[name] for name in ("scheme", "language", "outcome", "weight", "within")},
        "name": "card_for_hire",
        "any": "карт* напрокат",
        "reason_ru": "<b>",
        "reason_kk": "x",
        "examples": "Карты напрокат <script>\nИщу карту напрокат",
        "counter_examples": "Не сдавайте карты напрокат\nДобрый день",
    }
    page = browse(editor).post(f"{RULES}try/", given).content.decode()
    assert "<mark" in page
    assert "<script>" not in page
    assert "контрпример: правило его находит" in page
    assert page.count("не сходится") == 1


def test_a_draft_of_another_unit_is_not_there(
    browse: Any, tested: Any, officer: Callable[[str], User], editor: User
) -> None:
    draft, done = tested()
    stranger = officer(Role.CHIEF)
    assert stranger.unit is not None
    stranger.unit = stranger.unit.parent
    stranger.save()
    for page in (f"drafts/{draft.public_id}/", f"backtests/{done.public_id}/"):
        assert browse(stranger).get(RULES + page).status_code == 404


def test_releasing_and_stepping_back_by_hand(browse: Any, tested: Any, chief: User) -> None:
    draft, _ = tested()
    client = browse(chief)
    page = f"{RULES}drafts/{draft.public_id}/"
    assert "Выпустить" in client.get(page).content.decode()
    client.post(f"{page}release/", {"edit": 1, "why": ""})
    draft.refresh_from_db()
    assert draft.stage == "draft"  # why is asked
    client.post(f"{page}release/", {"edit": 1, "why": "проверено"})
    draft.refresh_from_db()
    assert draft.stage == "released"
    key = actions.rulebook.latest(draft.unit_id)
    assert key is not None
    client.post(f"{RULES}history/{key.public_id}/back/")
    assert not actions.rulebook.in_force(draft.unit_id)


def test_a_refusal_is_said_in_words(browse: Any, tested: Any, editor: User, chief: User) -> None:
    draft, _ = tested()
    page = f"{RULES}drafts/{draft.public_id}/"
    answer = browse(editor).post(f"{page}release/", {"edit": 1, "why": "сам"}, follow=True)
    assert "выпускает и оценивает в тени другой сотрудник" in answer.content.decode()
    for edit in (
        "два",
        "1.5",
        "-1",
        "²",
        "9" * 30,
        "9" * 5_000,
        "",
    ):  # nothing that our page would send
        answer = browse(chief).post(f"{page}release/", {"edit": edit, "why": "так"}, follow=True)
        assert "Правило тем временем изменили" in answer.content.decode(), edit


def test_two_who_write_at_once_do_not_undo_each_other_unseen(
    browse: Any, tested: Any, editor: User, chief: User
) -> None:
    draft, _ = tested()
    page = f"{RULES}drafts/{draft.public_id}/"
    first, second = browse(editor), browse(chief)

    def fields(client: Client) -> dict[str, Any]:
        form = client.get(page).context["form"]
        typed = {name: form[name].value() for name in form.fields}
        return {
            **{name: form.fields[name].prepare_value(value) for name, value in typed.items()},
            "edit": draft.edit.number,
        }

    mine, theirs = fields(first), fields(second)
    first.post(page, {**mine, "weight": "5", "why": "мягче"})
    answer = second.post(page, {**theirs, "within": "40", "why": "ближе"})
    assert "коллега записал другую редакцию" in answer.content.decode()
    assert draft.edit.number == 2
    assert 'name="edit" value="2"' in answer.content.decode()
    second.post(page, {**theirs, "edit": 2, "within": "40", "why": "ближе"})  # knowing it
    assert draft.edit.number == 3


def test_appeals_name_a_rule_of_the_house_in_its_own_words(
    released: Released, say: Say, unit: Unit
) -> None:
    released()
    say("Ищем карты напрокат, пишите")
    named = {row.name: row.text for row in by_rule(unit, "kk")}
    assert named[NAME] == "картаны жалға сұрайды"


def test_the_precision_of_a_rule_comes_from_people(
    say: Say, released: Released, chief: User
) -> None:
    released()
    unit = chief.unit
    first = say("Ищем карты напрокат, пишите")
    assert precision.by_rule(unit)[NAME] == precision.Precision(blocked=1)  # nobody looked
    officers.undo(decision=Decision.objects.get(message=first), by=chief)
    found = precision.by_rule(unit)[NAME]
    assert (found.verdicts, found.right) == (1, 0)
    assert found.interval == (0, 80)
