"""What the two sides say to each other, and how an appeal ends."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.disruption import actions
from tereze.disruption.figures_partner import partner_figures
from tereze.disruption.models import Partner, Request, State, Word
from tereze.disruption.threads import thread_of
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.queue import waiting_for_us
from tereze.intake.models import Report

from .conftest import BY, Make, see
from .test_portal import log_in


pytestmark = pytest.mark.django_db


def ask(row: Request, text: str = "Чей это номер?", kind: str = "question") -> Word:
    return actions.say(request=row, kind=kind, text=text, by=BY, from_partner=True)


def reply(row: Request, text: str = "Номер из объявления.") -> Word:
    return actions.say(request=row, kind="reply", text=text, by=BY, from_partner=False)


def waits(row: Request) -> bool:
    return bool(waiting_for_us(Request.objects.filter(pk=row.pk)).count())


@pytest.fixture
def investigator(officer: Callable[[str], User]) -> User:
    return officer(Role.INVESTIGATOR)


def test_a_question_waits_for_us_until_we_reply(make: Make) -> None:
    row = make("delivered")
    deadline = row.act_by
    assert not waits(row)
    ask(row)
    assert waits(row)
    row.refresh_from_db()
    assert (row.state, row.act_by) == (State.DELIVERED, deadline), "no state and no clock changes"
    reply(row)
    assert not waits(row)


def test_supplying_what_they_needed_is_our_reply_too(make: Make) -> None:
    row = make("delivered")
    ask(row)
    actions.answer(request=row, answer="need_more", text="Чей номер?", by=BY)
    actions.supply(request=row, text="Номер продавца", by=BY)
    assert not waits(row)


def test_a_refusal_we_answered_is_none_any_more(make: Make) -> None:
    row = make("delivered")
    actions.answer(request=row, answer="refused", refusal="not_ours", by=BY)
    assert partner_figures(row.partner).total.refused == 1
    actions.supply(request=row, text="Это ваш поддомен", by=BY)
    figures = partner_figures(row.partner)
    assert (figures.total.refused, figures.refusals) == (0, [])


def test_both_sides_read_one_thread(make: Make, moderator: User, chief: User) -> None:
    row = make("delivered")
    portal, desk = log_in(moderator), log_in(chief)
    theirs = reverse("disruption:portal_request", args=[row.public_id])
    ours = reverse("disruption:thread", args=[row.public_id])
    say = reverse("disruption:portal_say", args=[row.public_id])
    portal.post(say, {"word-kind": "question", "word-text": "Какой из двух номеров?"})
    assert "вопрос партнёра" in desk.get(reverse("disruption:queue")).text
    page = desk.get(ours).text
    assert "Какой из двух номеров?" in page
    assert "новое" in page
    assert "новое" not in desk.get(ours).text, "read"
    assert "прочитано" in portal.get(theirs).text
    desk.post(reverse("disruption:say", args=[row.public_id]), {"kind": "reply", "text": "Первый."})
    assert "новое сообщение" in portal.get(reverse("disruption:portal")).text
    assert "Первый." in portal.get(theirs).text
    assert "новое сообщение" not in portal.get(reverse("disruption:portal")).text
    actions.answer(request=row, answer="need_more", text="Пришлите снимок", by=moderator.actor)
    actions.supply(request=row, text="Снимок приложен", by=chief.actor)
    for client, path in ((portal, theirs), (desk, ours)):
        page = client.get(path).text.partition('id="thread"')[2]
        order = [page.index(text) for text in ("Какой из", "Первый.", "Пришлите", "приложен")]
        assert order == sorted(order)


def test_a_reader_of_the_partner_marks_nothing_as_read(
    make: Make, moderator: User, olx: Partner
) -> None:
    row = make("delivered")
    reply(row)
    actions.set_duty(member=olx.members.get(), duty="reader", by=BY)
    log_in(moderator).get(reverse("disruption:portal_request", args=[row.public_id]))
    assert Word.objects.get().seen_at is None


def test_news_reach_both_sides(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make("delivered")
    told: list[str] = []
    monkeypatch.setattr("tereze.live.publish", told.append)
    ask(row)
    assert {*told} == {
        "requests",
        f"request:{row.public_id}",
        f"portal:{row.partner.public_id}",
    }


def test_victims_data_stays_in_the_house(make: Make, submit: Callable[..., Report]) -> None:
    report = submit("Перевёл продавцу", contact="+7 701 555 44 33", name="Сериков Аскар")
    row = make("delivered", links=[("report", report.public_id)])
    word = reply(
        row, "Сериков, 8 701 555 44 33, карта 4400 4301 2345 6788, продавец +7 777 1234567"
    )
    for secret in ("555 44 33", "4400", "Сериков"):
        assert secret not in word.text
    assert "777 1234567" in word.text, "the seller's number is what it is about"


def test_what_was_said_is_unreadable_in_the_database(make: Make) -> None:
    ask(make("delivered"), "Тайное слово")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM disruption_word")
        assert "Тайное" not in str(cursor.fetchall())


@pytest.mark.parametrize("text", ["", "  ", "\n"])
@pytest.mark.parametrize("from_partner", [True, False])
def test_words_need_words(make: Make, text: str, from_partner: bool) -> None:
    row = make("delivered")
    with pytest.raises(actions.WordsMissingError):
        actions.say(request=row, kind="reply", text=text, by=BY, from_partner=from_partner)
    assert not Word.objects.exists()


def test_nothing_is_said_about_what_was_never_sent(make: Make) -> None:
    with pytest.raises(UnlawfulStepError):
        ask(make("captured"))


class TestAppeal:
    def appealed(self, make: Make, state: str = "verified") -> Request:
        row = make(state)
        ask(row, "Это настоящий магазин, договор приложен", kind="appeal")
        row.refresh_from_db()
        return row

    def test_waits_for_us_and_comes_once(self, make: Make) -> None:
        row = self.appealed(make)
        assert waits(row)
        with pytest.raises(UnlawfulStepError):
            ask(row, "ещё раз", kind="appeal")
        reply(row)
        assert waits(row), "a reply is no decision"

    def test_of_their_user_is_passed_on(self, make: Make, moderator: User) -> None:
        row = make("answered")
        log_in(moderator).post(
            reverse("disruption:portal_say", args=[row.public_id]),
            {"word-kind": "user_appeal", "word-text": "Продавец прислал паспорт товара"},
        )
        word = Word.objects.get()
        assert (word.kind, word.for_user, word.from_partner) == ("appeal", True, True)

    def test_is_not_decided_by_the_signatory_while_another_can(
        self, make: Make, chief: User, investigator: User
    ) -> None:
        row = self.appealed(make)
        assert row.signed_by == chief
        with pytest.raises(actions.OwnDecisionError):
            actions.decide_appeal(request=row, upheld=False, text="Нет", user=chief)
        actions.decide_appeal(request=row, upheld=False, text="Нет", user=investigator)
        assert not waits(row)

    def test_is_decided_by_the_signatory_where_nobody_else_could(
        self, make: Make, chief: User
    ) -> None:
        row = self.appealed(make)
        word = actions.decide_appeal(request=row, upheld=False, text="Проверено", user=chief)
        assert word.outcome == "rejected"

    @pytest.mark.parametrize("role", [Role.OPERATIVE, Role.DUTY_OFFICER, Role.PROSECUTOR])
    def test_only_who_may_sign_decides(
        self, make: Make, officer: Callable[[str], User], role: str
    ) -> None:
        with pytest.raises(PermissionDenied):
            actions.decide_appeal(
                request=self.appealed(make), upheld=True, text="Да", user=officer(role)
            )

    def test_rejected_with_its_reason_nothing_else_changes(
        self, make: Make, investigator: User
    ) -> None:
        row = self.appealed(make)
        with pytest.raises(actions.WordsMissingError):
            actions.decide_appeal(request=row, upheld=False, text=" ", user=investigator)
        actions.decide_appeal(
            request=row, upheld=False, text="Договор поддельный", user=investigator
        )
        assert (row.state, row.overturned_at, row.appealed_since) == (State.VERIFIED, None, None)
        assert [said.text for said in thread_of(row)][-1] == "Договор поддельный"

    @pytest.mark.parametrize("state", ["delivered", "answered", "verified"])
    def test_upheld_it_ends_is_counted_and_is_never_back(
        self, make: Make, investigator: User, olx: Partner, state: str
    ) -> None:
        row = self.appealed(make, state)
        actions.decide_appeal(request=row, upheld=True, text="Магазин настоящий", user=investigator)
        assert row.state == State.CLOSED
        assert row.overturned_at is not None
        row.lookout.refresh_from_db()
        assert row.lookout.next_action_at is None
        assert see(row, "there") == "", "put back as we asked: no reappearance"
        assert partner_figures(olx).total.overturned == 1
        kinds = AuditEvent.objects.filter(target__endswith=row.public_id)
        assert {"request.overturned", "word.appeal", "word.decision"} <= {
            *kinds.values_list("kind", flat=True)
        }

    def test_upheld_leads_to_the_ready_correction(self, make: Make, investigator: User) -> None:
        row = self.appealed(make)
        desk = log_in(investigator)
        assert (
            "Решить по обжалованию"
            in desk.get(reverse("disruption:thread", args=[row.public_id])).text
        )
        page = desk.post(
            reverse("disruption:decide_appeal", args=[row.public_id]),
            {"outcome": "upheld", "text": "Магазин настоящий"},
            follow=True,
        )
        assert page.redirect_chain[-1][0].endswith(f"correct_removal/?link=request:{row.public_id}")
        assert row.number in page.text

    def test_a_decision_without_its_outcome_is_none(self, make: Make, investigator: User) -> None:
        row = self.appealed(make)
        path = reverse("disruption:decide_appeal", args=[row.public_id])
        assert log_in(investigator).post(path, {"text": "Потому"}).status_code == 400
        row.refresh_from_db()
        assert row.appealed_since is not None

    def test_a_decision_is_taken_once(self, make: Make, investigator: User) -> None:
        row = self.appealed(make)
        actions.decide_appeal(request=row, upheld=False, text="Нет", user=investigator)
        with pytest.raises(UnlawfulStepError):
            actions.decide_appeal(request=row, upheld=True, text="Да", user=investigator)

    def test_the_signatory_sees_that_another_decides(
        self, make: Make, chief: User, investigator: User
    ) -> None:
        row = self.appealed(make)
        panel = log_in(chief).get(reverse("disruption:thread", args=[row.public_id])).text
        assert "решает другой сотрудник" in panel
        address = reverse("disruption:decide_appeal", args=[row.public_id])
        reply_ = log_in(chief).post(address, {"outcome": "upheld", "text": "Да"})
        assert reply_.status_code == 403
