"""One key from a message to the rest of the fight: what is linked, whom it asks, what it warns of."""

from collections.abc import Callable

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.disruption import actions as requests
from tereze.disruption.models import Request
from tereze.intake.models import Report
from tereze.linking.models import Sighting
from tereze.prevention.actions.warnings import publish_warning
from tereze.prevention.models import PublicWarning
from tereze.watch.actions import officers, pursuing, sources
from tereze.watch.models import Message, Source
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
LISTING = "https://www.olx.kz/d/obyavlenie/kuplyu-kartu-IDr9sfK.html"
CONTACTS = f"{ADVERT}, писать 8 701 555 12 34 или @drop_kz, {LISTING}, карта 4400 4301 2345 6789"


@pytest.fixture
def city(unit: Unit) -> Unit:
    requests.register_known_partners(unit=unit, by=ADMINISTRATOR)
    return unit


@pytest.fixture
def advert(city: Unit, say: Say, source: Source) -> Message:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    return say(CONTACTS)


def press(client: Client, message: Message) -> str:
    address = f"/desk/wall/messages/{message.public_id}/do/pursue/"
    answer = client.post(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def asked() -> dict[str, str]:
    return {row.partner.slug: row.kind for row in Request.objects.select_related("partner")}


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.DUTY_OFFICER, Role.CHIEF])
def test_one_key_links_asks_and_warns(
    role: str, advert: Message, client: Client, officer: Officer, submit: Callable[..., Report]
) -> None:
    earlier = submit("Мне писали с номера +7 701 555 12 34, просили карту")
    client.force_login(officer(role))
    said = press(client, advert)
    assert Sighting.objects.filter(subject_key=advert.public_id).count() >= 4
    assert asked() == {
        "kcell": "check_number",
        "olx": "remove_listing",
        "telegram": "close_account",
        "banks": "hold_money",
    }
    number = Request.objects.get(kind="check_number")
    assert number.links.filter(kind="report", key=earlier.public_id).exists()
    assert number.state == "captured"  # its form is sealed: it waits for whoever may sign
    warning = PublicWarning.objects.get()
    assert (warning.scheme, warning.state) == (advert.scheme, "draft")
    assert "Kcell" in said
    assert "4400430123456789" not in said
    page = client.get(advert.get_absolute_url()).content.decode()
    assert "Kcell" in page
    assert (earlier.number in page) == officer(role).can("report.read")


def test_pressed_again_it_adds_nothing(advert: Message, client: Client, officer: Officer) -> None:
    client.force_login(officer(Role.CHIEF))
    press(client, advert)
    press(client, advert)
    assert Request.objects.count() == 4
    assert set(Request.objects.values_list("asked", flat=True)) == {1}
    assert PublicWarning.objects.count() == 1
    assert AuditEvent.objects.filter(kind="message.pursued").count() == 2


def test_the_same_number_in_another_message_asks_once_more_in_the_same_request(
    advert: Message, say: Say, officer: Officer
) -> None:
    pursuing.pursue(message=advert, by=officer(Role.CHIEF))
    pursuing.pursue(message=say(f"Срочно! {CONTACTS}"), by=officer(Role.DUTY_OFFICER))
    assert Request.objects.get(kind="check_number").asked == 2


def test_residents_who_were_warned_lately_are_not_warned_twice(
    advert: Message, officer: Officer, client: Client
) -> None:
    client.force_login(officer(Role.CHIEF))
    press(client, advert)
    publish_warning(warning=PublicWarning.objects.get(), by=officer(Role.CHIEF))
    assert "уже предупредили" in press(client, advert)
    assert PublicWarning.objects.count() == 1


def test_it_goes_on_after_a_block_and_not_after_an_undo(
    advert: Message, client: Client, officer: Officer
) -> None:
    client.force_login(officer(Role.CHIEF))
    decision = officers.block(message=advert, ladder=("delete",), by=officer(Role.CHIEF))
    key = "/do/pursue/"
    assert key in client.get("/desk/wall/").content.decode()
    press(client, advert)
    assert Message.objects.get(pk=advert.pk).kept_until is None  # an intervention stays
    officers.undo(decision=decision, by=officer(Role.CHIEF))
    assert key not in client.get(advert.get_absolute_url()).content.decode()


def test_what_a_victim_calls_their_own_is_nobodys_to_stop(
    city: Unit, say: Say, source: Source, officer: Officer
) -> None:
    story = (
        "Меня обманули: позвонили с номера 8 705 111 22 33 из «банка», я назвала код из смс и с "
        "карты ушло 250 000 тенге. Написала заявление в полицию. Мой номер 8 701 555 12 34"
    )
    found = say(story)
    assert found.outcome == "incident_report"
    pursuing.pursue(message=found, by=officer(Role.CHIEF))
    assert asked() == {"beeline": "check_number"}
    assert not Sighting.objects.filter(indicator__value_key="+77015551234").exists()


def test_a_site_of_their_own_goes_to_the_authority_and_a_foreign_whatsapp_to_whatsapp(
    city: Unit, say: Say, officer: Officer
) -> None:
    text = f"{ADVERT}, анкета https://kaspi-bonus.top/pay?x=1, ватсап wa.me/996555123456, kaspi.kz"
    done = pursuing.pursue(message=say(text), by=officer(Role.CHIEF))
    assert asked() == {"regulator": "restrict_site", "whatsapp": "close_account"}
    assert Request.objects.get(kind="restrict_site").address == "https://kaspi-bonus.top/pay?x=1"
    assert done.nobody == []


@pytest.mark.parametrize(
    "honest", ["https://egov.kz/cms/ru", "https://www.youtube.com/watch?v=1", "kaspi.kz"]
)
def test_nobody_is_asked_about_what_many_use(
    honest: str, city: Unit, say: Say, officer: Officer
) -> None:
    pursuing.pursue(message=say(f"{ADVERT}, {honest}"), by=officer(Role.CHIEF))
    assert asked() == {}


def test_whom_nobody_answers_for_is_said(city: Unit, say: Say, officer: Officer) -> None:
    done = pursuing.pursue(
        message=say(f"{ADVERT}, звоните +998 90 123 45 67"), by=officer(Role.CHIEF)
    )
    assert done.requests == []
    assert len(done.nobody) == 1


@pytest.mark.parametrize("undone", [False, True])
def test_what_a_colleague_has_just_found_harmless_or_taken_back_is_not_pursued(
    undone: bool, advert: Message, client: Client, officer: Officer
) -> None:
    duty = officer(Role.DUTY_OFFICER)
    if undone:
        officers.undo(decision=officers.block(message=advert, ladder=["delete"], by=duty), by=duty)
    else:
        officers.release(message=advert, by=duty)
    client.force_login(officer(Role.CHIEF))
    assert "Уже решено" in press(client, advert)  # the button was drawn before
    assert not Request.objects.exists()
    assert not Sighting.objects.exists()
