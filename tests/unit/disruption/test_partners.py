"""Partners: registered once, changed on screen, with dated terms."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.disruption import actions
from tereze.disruption.actions.partners import known_partners
from tereze.disruption.known_texts import TEXTS
from tereze.disruption.models import Partner

from .conftest import BY, PNG, Make, log_in, member_of


pytestmark = pytest.mark.django_db
KNOWN = {
    "olx",
    "kolesa",
    "krisha",
    "kaspi",
    "instagram",
    "telegram",
    "whatsapp",
    "tiktok",
    "banks",
    "antifraud_centre",
    "beeline",
    "kcell",
    "tele2",
    "regulator",
    "chat_owners",
}
FORM = {
    "name": "Маркет",
    "slug": "market",
    "kind": "classifieds",
    "channel": "email",
    "email": "abuse@market.example",
    "language": "kk",
    "is_active": "on",
    "contact": "Дана Ким, +7 700 000 00 00",
}


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_known_ones_are_put_in_once_and_changes_stay(city: Unit) -> None:
    assert set(Partner.objects.values_list("slug", flat=True)) == KNOWN
    Partner.objects.filter(slug="olx").update(channel="email", email="abuse@olx.example")
    assert actions.register_known_partners(unit=city, by=BY) == []
    assert Partner.objects.get(slug="olx").channel == "email"


def test_terms_are_dated(olx: Partner) -> None:
    zone = ZoneInfo("Asia/Almaty")
    minutes = {"*": {"acknowledge": 15, "act": 30}}
    actions.set_terms(
        partner=olx, valid_from=date(2026, 6, 1), source="меморандум", by=BY, minutes=minutes
    )
    before = olx.terms_at(datetime(2026, 5, 31, 23, 59, tzinfo=zone))
    after = olx.terms_at(datetime(2026, 6, 1, 0, 0, tzinfo=zone))
    assert before is not None
    assert after is not None
    assert (before.agreed("remove_listing")["act"], after.agreed("remove_listing")["act"]) == (
        240,
        30,
    )
    assert olx.terms_at(datetime(2025, 1, 1, tzinfo=zone)) is None


def test_a_chief_adds_a_partner_and_its_terms(desk: Client, city: Unit) -> None:
    desk.post(reverse("disruption:partner", args=["new"]), FORM)
    partner = Partner.objects.get(slug="market")
    assert partner.contact == "Дана Ким, +7 700 000 00 00"
    terms = {
        "valid_from": "2026-11-01",
        "source": "письмо № 5",
        "days": ["mon", "tue"],
        "opens": "08:00",
        "closes": "20:00",
        "holidays": "2026-12-16",
        "acknowledge": "30",
        "act": "120",
    }
    desk.post(reverse("disruption:partner_terms", args=[partner.public_id]), terms)
    agreed = partner.terms.get()
    assert (agreed.hours["tue"], agreed.agreed("x")["act"]) == ([["08:00", "20:00"]], 120)
    html = desk.get(reverse("disruption:partner", args=[partner.public_id])).text
    assert "письмо № 5" in html
    assert "Маркет" in desk.get(reverse("disruption:partners")).text


def test_one_kind_may_have_its_own_times_and_night_duty(desk: Client, olx: Partner) -> None:
    olx.terms.update(valid_from=date(2026, 1, 1))
    night = {
        "valid_from": "2026-11-01",
        "source": "письмо № 6",
        "kind": "close_account",
        "opens": "09:00",
        "closes": "18:00",
        "around_the_clock": "on",
        "acknowledge": "10",
        "act": "20",
    }
    desk.post(reverse("disruption:partner_terms", args=[olx.public_id]), night)
    agreed = olx.terms_at(datetime(2026, 11, 2, tzinfo=ZoneInfo("Asia/Almaty")))
    assert agreed is not None
    assert (agreed.agreed("close_account")["act"], agreed.agreed("remove_listing")["act"]) == (
        20,
        240,
    )
    assert agreed.schedule("close_account").around_the_clock
    assert not agreed.schedule("remove_listing").around_the_clock
    assert agreed.hours["mon"] == [["09:00", "18:00"]]


@pytest.mark.parametrize(
    "change", [{"email": ""}, {"slug": "olx"}, {"name": ""}, {"channel": "pigeon"}]
)
def test_a_partner_that_cannot_be_reached_is_not_saved(
    desk: Client, city: Unit, change: dict[str, str]
) -> None:
    reply = desk.post(reverse("disruption:partner", args=["new"]), {**FORM, **change})
    assert reply.status_code == 422
    assert not Partner.objects.filter(slug="market").exists()


class TestPortal:
    def test_another_partners_request_does_not_exist(self, make: Make, moderator: User) -> None:
        kolesa = Partner.objects.get(slug="kolesa")
        other = log_in(member_of(kolesa, "kolesa.moderator"))
        request = make("delivered")
        paths = {
            "portal_request": [request.public_id],
            "portal_file": [request.public_id, "page.png"],
        }
        for name, arguments in paths.items():
            address = reverse(f"disruption:{name}", args=arguments)
            assert log_in(moderator).get(address).status_code == 200
            assert other.get(address).status_code == 404
        for name in ("portal_answer", "portal_acknowledge"):
            address = reverse(f"disruption:{name}", args=[request.public_id])
            assert other.post(address, {"answer": "done"}).status_code == 404
        other.post(
            reverse("disruption:portal_answer_many"),
            {"request": [request.public_id], "answer": "done"},
        )
        request.refresh_from_db()
        assert request.answer == ""

    @pytest.mark.parametrize("state", ["drafted", "captured"])
    def test_what_was_not_sent_yet_does_not_exist(
        self, make: Make, moderator: User, state: str
    ) -> None:
        address = reverse("disruption:portal_request", args=[make(state).public_id])
        assert log_in(moderator).get(address).status_code == 404

    def test_officers_pages_are_closed_to_partners(self, make: Make, moderator: User) -> None:
        client = log_in(moderator)
        request = make("delivered")
        for address in (
            reverse("disruption:queue"),
            reverse("disruption:request", args=[request.public_id]),
            reverse("disruption:partners"),
        ):
            assert client.get(address).status_code == 403

    def test_only_files_marked_for_the_outside_leave(
        self, make: Make, moderator: User, chief: User
    ) -> None:
        request = make("captured")
        files = store_parts([Part("screenshot.png", "image/png", PNG, outgoing=False)])
        actions.attach_screenshot(request=request, files=files, by=BY)
        actions.approve(request=request, user=chief)
        address = reverse("disruption:portal_file", args=[request.public_id, "screenshot.png"])
        assert log_in(moderator).get(address).status_code == 404

    def test_one_answer_for_many_and_a_refusal_with_its_reason(
        self, make: Make, moderator: User
    ) -> None:
        client = log_in(moderator)
        rows = [make("delivered") for _ in range(3)]
        chosen = [row.public_id for row in rows]
        many = reverse("disruption:portal_answer_many")
        client.post(many, {"request": chosen, "answer": "refused"})
        assert {row.state for row in rows} == {"delivered"}
        client.post(many, {"request": chosen[:2], "answer": "done"})
        client.post(many, {"request": chosen, "answer": "refused", "text": "Не наше"})
        answers = []
        for row in rows:
            row.refresh_from_db()
            answers.append(row.answer)
        assert answers == ["done", "done", "refused"]


def test_the_texts_of_known_partners_are_marked_for_translation() -> None:
    texts = set()
    for entry in known_partners().values():
        texts |= {entry.get("how", ""), entry.get("agreement", ""), entry["terms"]["source"]}
    assert texts - {""} == set(TEXTS)
