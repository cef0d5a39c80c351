"""The public form: what a resident sends is kept, whatever it is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit
from tereze.intake.models import Report


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
