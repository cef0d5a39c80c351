"""What everybody reads: sums, names only by agreement, no number small enough to point at one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tereze.core.clock import now
from tereze.disruption.models import Partner, Request
from tests.unit.disruption.conftest import Make


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sent(make: Make, olx: int, kolesa: int, *, minutes: int = 10) -> None:
    at = now() - timedelta(hours=5)
    for number in range(olx + kolesa):
        url = "" if number < olx else f"https://kolesa.kz/a/show/{150_000_000 + number}"
        request = make("delivered", url=url)
        Request.objects.filter(pk=request.pk).update(
            delivered_at=at, gone_at=at + timedelta(minutes=minutes), state="verified"
        )


def agree(*slugs: str) -> None:
    Partner.objects.filter(slug__in=slugs).update(named_in_public=True)


def page(client: Client, language: str = "ru") -> str:
    answer = client.get(reverse("statistics:public_line"), headers={"Accept-Language": language})
    return answer.text.split("<main")[1].split("</main")[0]


def test_nobody_is_named_without_agreement(client: Client, make: Make) -> None:
    sent(make, 5, 5)
    text = page(client)
    assert 'data-label="Уведомлений">10<' in text
    assert "10 мин" in text.replace("\xa0", " ")
    assert "OLX" not in text
    assert "Kolesa" not in text
    request = Request.objects.first()
    assert request
    for hidden in (request.number, request.address, request.listing):
        assert hidden not in text


@pytest.mark.parametrize(
    ("olx", "kolesa", "agreed", "named"),
    [
        (6, 5, ["olx"], ["OLX.kz"]),
        (6, 4, ["olx"], []),  # the four of the other could be subtracted
        (6, 4, ["olx", "kolesa"], []),  # as well as the smaller one that is not shown
        (6, 5, ["olx", "kolesa"], ["OLX.kz", "Kolesa.kz"]),
        (4, 9, ["olx"], []),
    ],
)
def test_small_numbers_stand_nowhere_and_cannot_be_reckoned(
    client: Client, make: Make, olx: int, kolesa: int, agreed: list[str], named: list[str]
) -> None:
    sent(make, olx, kolesa)
    agree(*agreed)
    text = page(client)
    assert [name for name in ("OLX.kz", "Kolesa.kz") if name in text] == named


def test_a_month_with_few_says_so(client: Client, make: Make) -> None:
    sent(make, 3, 0)
    text = page(client)
    assert "меньше 5" in text
    assert "мин<" not in text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_is_light_and_linked_from_every_public_page(
    client: Client, make: Make, language: str
) -> None:
    sent(make, 6, 6)
    address = reverse("statistics:public_line")
    answer = client.get(address, headers={"Accept-Language": language})
    assert f'lang="{language}"' in answer.text
    assert len(answer.content) < 60_000
    assert address in client.get("/").text.split("<footer")[1]
