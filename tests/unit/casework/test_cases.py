"""Cases: who may see one, what may follow what, what counts as an offence."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.casework.actions import cases as actions
from tereze.casework.models import Case, Evidence, Offence
from tereze.core.clock import now
from tereze.intake.models import Report


pytestmark = pytest.mark.django_db
Submit = Callable[..., Report]
STORY = "Звонили с +7 701 555 66 77 из банка"


@pytest.fixture
def owner(officer: Callable[[str], User]) -> User:
    return officer(Role.OPERATIVE)


@pytest.fixture
def case(unit: Unit, owner: User, submit: Submit) -> Case:
    return actions.open_case(
        unit=unit, title="Звонок из банка", owner=owner, by=owner.actor, reports=[submit(STORY)]
    )


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.OPERATIVE, True),
        (Role.CHIEF, True),
        (Role.PROSECUTOR, True),
        (Role.INVESTIGATOR, False),
        (Role.IT_SPECIALIST, False),
        (Role.DISPATCHER, False),
        (Role.ADMINISTRATOR, False),
        (Role.OBSERVER, False),
    ],
)
def test_who_sees_a_case_that_nobody_let_them_into(
    case: Case, officer: Callable[[str], User], role: str, sees: bool
) -> None:
    user = officer(role)
    assert Case.objects.visible_to(user).contains(case) == sees
    status = as_user(user).get(f"/desk/cases/{case.public_id}/").status_code
    assert (status == 200) == sees


def test_a_colleague_let_in_sees_it_and_works_in_it(
    case: Case, owner: User, officer: Callable[[str], User]
) -> None:
    investigator = officer(Role.INVESTIGATOR)
    actions.admit(case=case, user=investigator, by=owner.actor)
    client = as_user(investigator)
    address = f"/desk/cases/{case.public_id}/"
    assert client.post(f"{address}note", {"text": "Запросить выписку"}).status_code == 302
    assert "Запросить выписку" in client.get(f"{address}?part=notes").content.decode()


def test_a_colleague_of_another_city_cannot_be_let_in(case: Case, owner: User) -> None:
    other = Unit.objects.create(slug="other", name="Другой")
    stranger = User.objects.create_user(
        username="x", password=None, name="x", role=Role.CHIEF, unit=other
    )
    with pytest.raises(actions.RefusedError):
        actions.admit(case=case, user=stranger, by=owner.actor)
    assert not Case.objects.visible_to(stranger).exists()


def test_there_is_no_production_without_an_erdr_number(case: Case, owner: User) -> None:
    with pytest.raises(actions.RefusedError):
        actions.change_state(case=case, state=Case.State.IN_PRODUCTION, reason="", by=owner.actor)
    actions.register_offence(case=case, erdr_number="25 350 031", at=now(), by=owner.actor)
    case.refresh_from_db()
    assert case.state == Case.State.IN_PRODUCTION


@pytest.mark.parametrize("state", [Case.State.INTERRUPTED, Case.State.TO_COURT])
def test_an_open_file_cannot_skip_production(case: Case, owner: User, state: str) -> None:
    with pytest.raises(actions.RefusedError):
        actions.change_state(case=case, state=state, reason="x", by=owner.actor)


def test_a_change_of_state_needs_its_ground(case: Case, owner: User) -> None:
    with pytest.raises(actions.RefusedError):
        actions.change_state(case=case, state=Case.State.CLOSED, reason=" ", by=owner.actor)


def test_one_erdr_number_is_one_offence(case: Case, owner: User, unit: Unit) -> None:
    actions.register_offence(case=case, erdr_number="253500310001", at=now(), by=owner.actor)
    second = actions.open_case(unit=unit, title="x", owner=owner, by=owner.actor)
    with pytest.raises(actions.RefusedError):
        actions.register_offence(
            case=second, erdr_number="2535 0031 0001", at=now(), by=owner.actor
        )
    assert Offence.objects.count() == 1


def test_an_offence_of_tomorrow_is_refused(case: Case, owner: User) -> None:
    with pytest.raises(actions.RefusedError):
        actions.register_offence(
            case=case, erdr_number="1", at=now() + timedelta(days=1), by=owner.actor
        )


def test_what_it_is_called_follows_its_registration(case: Case, owner: User) -> None:
    assert str(case.kind) == "карточка"
    actions.enter_kui(case=case, number="1234", at=now(), by=owner.actor)
    case.refresh_from_db()
    assert str(case.kind) == "материал КУИ"
    assert case.erdr_due_at is not None
    actions.register_offence(case=case, erdr_number="1", at=now(), by=owner.actor)
    assert str(case.kind) == "уголовное дело"
    assert case.erdr_due_at is None


def test_a_task_is_only_for_who_is_in_the_file(
    case: Case, owner: User, officer: Callable[[str], User]
) -> None:
    due = now() + timedelta(hours=2)
    with pytest.raises(actions.RefusedError):
        actions.add_task(
            case=case, title="x", owner=officer(Role.IT_SPECIALIST), due_at=due, by=owner.actor
        )
    task = actions.add_task(case=case, title="Запрос", owner=owner, due_at=due, by=owner.actor)
    client = as_user(owner)
    client.post(f"/desk/cases/{case.public_id}/tasks/{task.pk}", {"done": "1"})
    task.refresh_from_db()
    assert task.done_by == owner.username


def test_names_of_people_rest_encrypted(case: Case, owner: User) -> None:
    person = actions.add_person(case=case, part="victim", name="Айгүл", note="", by=owner.actor)
    raw = type(person).objects.raw("SELECT id, name AS raw_name FROM casework_caseperson")[0]
    assert "Айгүл".encode() not in bytes(raw.raw_name)
    person.refresh_from_db()
    assert person.name == "Айгүл"


def test_a_second_report_is_led_to_the_case_of_the_first(
    case: Case, submit: Submit, owner: User, officer: Callable[[str], User]
) -> None:
    second = submit("И мне с +7 701 555 66 77 звонили")
    panel = f"/desk/cases/panel/report/{second.public_id}"
    page = as_user(owner).get(panel).content.decode()
    assert case.number in page
    assert "Присоединить" in page
    stranger = as_user(officer(Role.INVESTIGATOR)).get(panel).content.decode()
    assert owner.name in stranger, "whom to ask"
    assert "/join/" not in stranger or case.title not in stranger
    as_user(owner).post(f"/desk/cases/{case.public_id}/join/{second.public_id}")
    assert case.reports.count() == 2


def test_every_change_leaves_its_trace(case: Case, owner: User) -> None:
    actions.add_note(case=case, text="x", author=owner)
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"case.opened", "case.report_added", "note.added"} <= kinds


def test_a_form_with_an_error_says_so_and_changes_nothing(case: Case, owner: User) -> None:
    address = f"/desk/cases/{case.public_id}/"
    assert as_user(owner).post(f"{address}task", {"title": ""}).status_code == 422
    assert as_user(owner).post(f"{address}report", {"number": "2020-000001"}).status_code == 422
    assert as_user(owner).post(f"{address}nonsense", {}).status_code == 404
    assert not case.tasks.exists()


def test_two_who_tick_one_task_do_not_undo_each_other(case: Case, owner: User) -> None:
    task = actions.add_task(case=case, title="x", owner=owner, due_at=now(), by=owner.actor)
    for _officer in range(2):
        as_user(owner).post(f"/desk/cases/{case.public_id}/tasks/{task.pk}", {"done": "1"})
    task.refresh_from_db()
    assert task.done_at is not None
    assert AuditEvent.objects.filter(kind="task.done").count() == 1
    as_user(owner).post(f"/desk/cases/{case.public_id}/tasks/{task.pk}", {"done": "0"})
    task.refresh_from_db()
    assert task.done_at is None


@pytest.mark.parametrize(
    ("what", "data", "meanwhile"),
    [
        ("kui", {"number": "26-2", "at": "2026-01-02T10:00", "seen": ""}, {"kui_number": "26-1"}),
        ("state", {"state": "closed", "reason": "x", "seen": "open"}, {"state": "in_production"}),
    ],
)
def test_a_colleagues_newer_value_is_shown_before_it_is_overwritten(
    case: Case, owner: User, what: str, data: dict[str, str], meanwhile: dict[str, str]
) -> None:
    Case.objects.filter(pk=case.pk).update(**{"kui_at": now(), "kui_number": "26-1", **meanwhile})
    address = f"/desk/cases/{case.public_id}/{what}"
    answer = as_user(owner).post(address, data)
    assert answer.status_code == 422
    case.refresh_from_db()
    field, newer = next(iter(meanwhile.items()))
    assert getattr(case, field) == newer
    page = answer.content.decode()
    assert "коллега" in page
    assert (data.get("number") or data["reason"]) in page, "what was typed is still there"
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert as_user(owner).post(address, {**data, "seen": seen}).status_code == 302


@pytest.mark.parametrize("number", ["", "без номера", "2026-000001"])
def test_not_everything_is_a_kui_number(case: Case, owner: User, number: str) -> None:
    assert case.number == "2026-000001"
    with pytest.raises(actions.RefusedError):
        actions.enter_kui(case=case, number=number, at=now(), by=owner.actor)


def test_until_the_book_has_it_the_clock_of_the_oldest_report_runs(
    case: Case, owner: User, submit: Submit
) -> None:
    first = case.reports.get()
    actions.add_report(case=case, report=submit("и меня"), by=owner.actor)
    assert case.kui_due_at == first.kui_due_at
    page = as_user(owner).get(f"/desk/cases/{case.public_id}/?part=head").content.decode()
    assert first.kui_due_at.isoformat()[:16] in page
    assert (
        Case.objects.create(unit=case.unit, number="2", title="x", owner=owner).kui_due_at
        is not None
    )


def test_a_file_is_sealed_into_the_case_and_only_its_people_open_it(
    case: Case, owner: User, officer: Callable[[str], User]
) -> None:
    address = f"/desk/cases/{case.public_id}/"
    html = SimpleUploadedFile("../<b>выписка.html", b"<script>alert(1)</script>")
    sent = as_user(owner).post(f"{address}evidence", {"file": html, "origin": "Выписка банка"})
    assert sent.status_code == 302
    evidence = Evidence.objects.get(subject_kind="case", subject_key=case.public_id)
    kept = evidence.files.get()
    assert "/" not in kept.name
    assert not kept.outgoing, "a victim's papers go nowhere by themselves"
    assert "Выписка банка" in as_user(owner).get(f"{address}?part=evidence").content.decode()
    one = f"{address}evidence/{evidence.public_id}/"
    opened = as_user(owner).get(f"{one}{kept.name}")
    assert opened["Content-Disposition"].startswith("attachment")
    assert "sandbox" in opened["Content-Security-Policy"]
    assert as_user(owner).get(f"{one}package/")["Content-Type"] == "application/zip"
    assert kept.sha256 in as_user(owner).get(one).content.decode()
    assert evidence.custody.filter(act="read").count() == 2
    stranger = as_user(officer(Role.INVESTIGATOR))
    for hidden in (one, f"{one}{kept.name}", f"{one}package/", address):
        assert stranger.get(hidden).status_code == 404, hidden
    for change in ("evidence", "note", "task", "kui"):
        assert stranger.post(f"{address}{change}", {}).status_code == 404, change


def test_what_was_joined_by_mistake_is_taken_out(
    case: Case, owner: User, submit: Submit, officer: Callable[[str], User]
) -> None:
    second = submit("И мне с +7 701 555 66 77 звонили")
    address = f"/desk/cases/{case.public_id}/"
    page = as_user(owner).get(f"{address}?part=indicators").content.decode()
    assert f"/join/{second.public_id}" in page, "the other appearance is one key from the case"
    actions.add_report(case=case, report=second, by=owner.actor)
    assert as_user(officer(Role.INVESTIGATOR)).post(
        f"{address}part/{second.public_id}"
    ).status_code in {403, 404}
    as_user(owner).post(f"{address}part/{second.public_id}")
    assert not case.reports.filter(pk=second.pk).exists()
    person = actions.add_person(case=case, part="witness", name="Не тот", note="", by=owner.actor)
    as_user(owner).post(f"{address}people/{person.pk}/remove")
    assert not case.people.exists()


def test_the_timeline_says_what_and_whom(
    case: Case, owner: User, officer: Callable[[str], User]
) -> None:
    colleague = officer(Role.INVESTIGATOR)
    actions.admit(case=case, user=colleague, by=owner.actor)
    actions.add_task(case=case, title="Запрос", owner=colleague, due_at=now(), by=owner.actor)
    actions.register_offence(case=case, erdr_number="26350031", at=now(), by=owner.actor)
    page = as_user(owner).get(f"/desk/cases/{case.public_id}/?part=timeline").content.decode()
    for said in (colleague.name, "Запрос", "26350031", "в производстве", case.reports.get().number):
        assert said in page


def test_an_officers_list_begins_with_their_tasks_and_finds_by_any_number(
    case: Case, owner: User, officer: Callable[[str], User]
) -> None:
    actions.add_task(case=case, title="Запрос выписки", owner=owner, due_at=now(), by=owner.actor)
    actions.register_offence(case=case, erdr_number="26350031", at=now(), by=owner.actor)
    stranger = officer(Role.INVESTIGATOR)
    for words in (case.number, "2635 0031", case.reports.get().number, ""):
        page = as_user(owner).get("/desk/cases/", {"q": words}).content.decode()
        assert case.title in page, words
        assert "Запрос выписки" in page
        other = as_user(stranger).get("/desk/cases/", {"q": words}).content.decode()
        assert case.title not in other, words
        assert "Запрос выписки" not in other
    assert case.title not in as_user(owner).get("/desk/cases/", {"q": "999"}).content.decode()
    home = as_user(stranger).get("/desk/").headers["Location"]
    assert home == "/desk/cases/", "an investigator begins with their cases"
