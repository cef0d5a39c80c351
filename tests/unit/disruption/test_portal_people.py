"""The partner's own people: duties, accounts, the second step."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from tereze.accounts import second_step
from tereze.accounts.models import User
from tereze.audit.models import AuditEvent
from tereze.disruption import actions
from tereze.disruption.models import Partner, PartnerMember, Request

from .conftest import BY, Make, member_of
from .test_portal import log_in, manager  # noqa: F401 - a fixture


pytestmark = pytest.mark.django_db
Duty = PartnerMember.Duty
STAFF = reverse("disruption:portal_staff")
NEW = {"username": "olx.night", "name": "Ким А.", "duty": "moderator", "language": "ru"}


def with_duty(partner: Partner, duty: str) -> User:
    user = member_of(partner, f"olx.{duty}")
    actions.set_duty(member=PartnerMember.objects.get(user=user), duty=duty, by=BY)
    return user


@pytest.mark.parametrize("duty", Duty.values)
def test_what_each_duty_may(make: Make, olx: Partner, duty: str) -> None:
    row = make("delivered")
    client = log_in(with_duty(olx, duty))
    key = [row.public_id]
    for name, arguments in (
        ("portal", []),
        ("portal_request", key),
        ("portal_figures", []),
        ("portal_staff", []),
    ):
        assert client.get(reverse(f"disruption:{name}", args=arguments)).status_code == 200
    answers = duty != Duty.READER
    page = client.get(reverse("disruption:portal_request", args=key)).text
    assert ("Ответить" in page) is answers
    word = {"word-kind": "question", "word-text": "Чей номер?"}
    posts = [
        ("portal_say", key, word, answers),
        ("portal_acknowledge", key, {}, answers),
        ("portal_answer", key, {"answer": "done"}, answers),
        ("portal_answer_many", [], {"request": key, "answer": "done"}, answers),
        ("portal_staff_new", [], NEW, duty == Duty.MANAGER),
        ("portal_staff_code", [], {"required": "no"}, duty == Duty.MANAGER),
    ]
    for name, arguments, data, may in posts:
        status = client.post(reverse(f"disruption:{name}", args=arguments), data).status_code
        assert (status != 403) is may, name
    row.refresh_from_db()
    assert (row.answer == "done") is answers


class TestManager:
    def test_opens_an_account_that_logs_in_and_answers(
        self,
        make: Make,
        manager: User,  # noqa: F811
    ) -> None:
        row = make("delivered")
        page = log_in(manager).post(reverse("disruption:portal_staff_new"), NEW)
        password = page.text.partition('id="password">')[2].partition("<")[0]
        client = Client()
        client.post("/login/", {"username": "olx.night", "password": password})
        assert row.number in client.get(reverse("disruption:portal")).text
        journal = AuditEvent.objects.filter(actor_key=manager.username)
        assert {"user.created", "partner.member_added"} <= {*journal.values_list("kind", flat=True)}

    def test_closes_and_opens_again(self, moderator: User, manager: User) -> None:  # noqa: F811
        inside = log_in(moderator)
        address = reverse("disruption:portal_staff_change", args=[moderator.public_id])
        boss = log_in(manager)
        boss.post(address, {"act": "close"})
        assert inside.get(reverse("disruption:portal")).status_code == 302, "thrown out at once"
        boss.post(address, {"act": "open"})
        moderator.refresh_from_db()
        assert moderator.is_active

    def test_a_new_password_ends_the_old_sessions(
        self,
        moderator: User,
        manager: User,  # noqa: F811
    ) -> None:
        inside = log_in(moderator)
        address = reverse("disruption:portal_staff_change", args=[moderator.public_id])
        page = log_in(manager).post(address, {"act": "password"})
        assert 'id="password"' in page.text
        assert inside.get(reverse("disruption:portal")).status_code == 302

    def test_changes_duties_but_not_their_own(
        self,
        moderator: User,
        manager: User,  # noqa: F811
    ) -> None:
        boss = log_in(manager)
        for user, act in ((moderator, "duty"), (manager, "duty"), (manager, "close")):
            address = reverse("disruption:portal_staff_change", args=[user.public_id])
            boss.post(address, {"act": act, "duty": "reader"})
        duties = dict(PartnerMember.objects.values_list("user__username", "duty"))
        assert duties == {moderator.username: "reader", manager.username: "manager"}
        manager.refresh_from_db()
        assert manager.is_active

    def test_never_an_officer_or_anothers_employee(
        self,
        chief: User,
        manager: User,  # noqa: F811
    ) -> None:
        other = member_of(Partner.objects.get(slug="kolesa"), "kolesa.moderator")
        for user in (chief, other):
            address = reverse("disruption:portal_staff_change", args=[user.public_id])
            for act in ("close", "password", "code", "duty"):
                reply = log_in(manager).post(address, {"act": act, "duty": "reader"})
                assert reply.status_code == 404
            user.refresh_from_db()
            assert user.is_active

    @pytest.mark.parametrize(
        "change",
        [{"username": "chief"}, {"username": "не латиница"}, {"duty": "chief"}, {"name": ""}],
    )
    def test_a_wrong_account_is_not_opened(
        self,
        chief: User,
        manager: User,  # noqa: F811
        change: dict[str, str],
    ) -> None:
        before = User.objects.count()
        reply = log_in(manager).post(reverse("disruption:portal_staff_new"), {**NEW, **change})
        assert (reply.status_code, User.objects.count()) == (422, before)


class TestSecondStep:
    def code_of(self, user: User) -> str:
        device = second_step.pending_device(user)
        return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"

    def test_required_of_all_it_comes_before_everything(
        self,
        make: Make,
        moderator: User,
        manager: User,  # noqa: F811
    ) -> None:
        row = make("delivered")
        inside = log_in(moderator)
        log_in(manager).post(reverse("disruption:portal_staff_code"), {"required": "yes"})
        setup = reverse("accounts:second_step")
        for path in (
            reverse("disruption:portal"),
            reverse("disruption:portal_request", args=[row.public_id]),
            reverse("disruption:portal_file", args=[row.public_id, "page.png"]),
            reverse("disruption:portal_figures_csv"),
        ):
            assert inside.get(path)["Location"] == setup
        fragment = inside.get(reverse("disruption:portal"), HTTP_HX_REQUEST="true")
        assert (fragment.status_code, fragment["HX-Redirect"]) == (403, setup)
        inside.post(reverse("disruption:portal_answer", args=[row.public_id]), {"answer": "done"})
        assert Request.objects.get(pk=row.pk).answer == ""
        assert "требует" in inside.get(setup).text
        inside.post(setup, {"code": self.code_of(moderator)})
        assert inside.get(reverse("disruption:portal")).status_code == 200
        # and from now on the password alone opens nothing
        again = Client()
        again.post("/login/", {"username": moderator.username, "password": "correct horse battery"})
        assert again.get(reverse("disruption:portal")).status_code == 302

    def test_who_comes_later_owes_it_too_and_it_can_be_lifted(
        self,
        olx: Partner,
        manager: User,  # noqa: F811
    ) -> None:
        actions.require_second_step(partner=olx, required=True, by=BY)
        later = member_of(Partner.objects.get(pk=olx.pk), "olx.later")
        assert later.owes_second_step
        actions.require_second_step(partner=olx, required=False, by=BY)
        later.refresh_from_db()
        assert not later.owes_second_step

    def test_a_manager_resets_it_for_who_lost_the_telephone(
        self,
        moderator: User,
        manager: User,  # noqa: F811
    ) -> None:
        second_step.confirm(user=moderator, code=self.code_of(moderator))
        address = reverse("disruption:portal_staff_change", args=[moderator.public_id])
        log_in(manager).post(address, {"act": "code"})
        assert not second_step.is_on(moderator)


def test_an_officer_opens_the_first_account_of_a_partner(
    olx: Partner, officer: Callable[[str], User], chief: User
) -> None:
    address = reverse("disruption:partner_account", args=[olx.public_id])
    page = log_in(chief).post(address, {**NEW, "duty": "manager"})
    assert 'id="password"' in page.text
    assert PartnerMember.objects.get(user__username="olx.night").duty == "manager"
    assert log_in(chief).post(address, NEW).status_code == 422
    assert log_in(officer("operative")).post(address, NEW).status_code == 403
