"""The public form: what a resident sends is kept, whatever it is."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.intake.actions import forget_answers
from tereze.intake.channels.web import door
from tereze.intake.models import IdempotencyKey, Report, Supplement
from tereze.intake.receipts import new_receipt


STORY = "Мне позвонили из банка с номера +7 701 555 66 77, сказали, что с карты переводят деньги."


def send(client: Client, **typed: object) -> str:
    """Send the form as a browser does; the address of the page that answers."""
    page = client.get(reverse("intake:report"))
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found
    answer = client.post(reverse("intake:report"), {"token": found[1], **typed})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_only_the_story_is_needed(client: Client, unit: Unit) -> None:
    page = client.get(send(client, text=STORY)).content.decode()
    report = Report.objects.get()
    assert report.text == STORY
    assert report.number in page
    assert "data-x" not in page


def test_a_report_can_be_followed_by_its_receipt(client: Client, unit: Unit) -> None:
    page = client.get(send(client, text=STORY)).content.decode()
    groups = re.findall(r"<span>(\d{4}) </span>", page)
    assert len(groups) == 7
    answer = client.post(reverse("intake:follow"), {"receipt": "-".join(groups)}, follow=True)
    assert Report.objects.get().number in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "12", "1" * 28, "не помню"])
def test_a_wrong_receipt_opens_nothing(client: Client, unit: Unit, typed: str) -> None:
    answer = client.post(reverse("intake:follow"), {"receipt": typed})
    assert answer.status_code == 422


def test_who_goes_back_and_writes_more_has_added_to_one_report(client: Client, unit: Unit) -> None:
    typed = {"token": "one-form", "text": STORY}
    for text in (STORY, STORY, f"{STORY} И ещё писал @vor_kz"):
        answer = client.post(reverse("intake:report"), typed | {"text": text})
        assert answer.status_code == 302
    report = Report.objects.get()
    assert [item.text for item in report.supplements.all()] == [f"{STORY} И ещё писал @vor_kz"]


@pytest.mark.parametrize("token", ["../../etc/passwd", "<b>/{{7*7}}", "а" * 65, " ", ""])
def test_a_report_with_a_strange_token_is_kept_and_answered(
    client: Client, unit: Unit, token: str
) -> None:
    answer = client.post(reverse("intake:report"), {"token": token, "text": STORY}, follow=True)
    assert answer.status_code == 200
    assert Report.objects.get().number in answer.content.decode()


def test_a_page_of_somebody_else_cannot_send(client: Client, unit: Unit) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(reverse("intake:report"), {"text": STORY}, headers=headers)
    assert answer.status_code == 403
    assert not Report.objects.exists()


def test_a_crowd_behind_one_address_is_asked_an_easy_question_and_let_in(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.ASK_AFTER, "limit", 2)
    for _ in range(2):
        send(client, text=STORY)
    asked = client.post(reverse("intake:report"), {"text": STORY, "token": "t-9"})
    assert asked.status_code == 429
    page = asked.content.decode()
    assert STORY[:40] in page, "the text is kept"
    signed = re.search(r'name="question" value="([^"]+)"', page)
    assert signed
    number = str(signing.loads(signed[1], salt="intake.question"))
    typed = {"text": STORY, "token": "t-9", "question": signed[1], "answer": number}
    assert client.post(reverse("intake:report"), typed | {"answer": "0"}).status_code == 429
    assert client.post(reverse("intake:report"), typed).status_code == 302
    assert Report.objects.count() == 3


def test_guessing_is_stopped_and_the_right_code_still_opens(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get(send(client, text=STORY)).content.decode()
    receipt = "".join(re.findall(r"<span>(\d{4}) </span>", page))
    codes = [client.post(reverse("intake:follow"), {"receipt": new_receipt()}) for _ in range(14)]
    assert [answer.status_code for answer in codes][-1] == 429
    assert client.post(reverse("intake:follow"), {"receipt": receipt}).status_code == 302


def test_without_a_unit_the_page_says_so_kindly(client: Client, db: None) -> None:
    answer = client.post(reverse("intake:report"), {"text": STORY})
    assert answer.status_code == 503
    assert "102" in answer.content.decode()


def test_the_receipt_is_shown_for_two_hours_only(client: Client, unit: Unit) -> None:
    address = send(client, text=STORY)
    assert 'id="receipt"' in client.get(address).content.decode()
    IdempotencyKey.objects.update(answer_until=now() - timedelta(minutes=1))
    assert 'id="receipt"' not in client.get(address).content.decode()
    forget_answers()
    assert IdempotencyKey.objects.get().answer is None


def test_nobody_follows_without_the_code(client: Client, unit: Unit) -> None:
    send(client, text=STORY)
    assert client.get(reverse("intake:followed")).status_code == 302
    answer = client.post(reverse("intake:follow_add"), {"text": "чужое"})
    assert answer.status_code == 302
    assert not Supplement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ({"loss": "lost", "money_when": "hour"}, True),
        ({"loss": "lost", "money_when": "earlier"}, False),
        ({"loss": "attempt"}, False),
    ],
)
def test_money_that_just_left_comes_first_and_large(
    client: Client, unit: Unit, typed: dict[str, str], first: bool
) -> None:
    page = client.get(send(client, text=STORY, **typed)).content.decode()
    assert ("advice-first" in page) is first
    if first:
        assert page.index("advice-first") < page.index('id="receipt"')
