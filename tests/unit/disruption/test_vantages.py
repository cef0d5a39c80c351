"""What desktop, phone and robot are shown: only what really differs is a difference."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tereze.disruption.platforms import Listing
from tereze.disruption.vantages import DESKTOP, PHONE, ROBOT, Sight, differences
from tereze.disruption.verification import Outcome, Verdict


THERE = Verdict(Outcome.THERE, "page", "200")
GONE = Verdict(Outcome.GONE, "not_found", "404")
BARRED = Verdict(Outcome.COULD_NOT_LOOK, "forbidden", "403")
SLOW = Verdict(Outcome.COULD_NOT_LOOK, "timeout", "")
PAGE = Listing(
    title="iPhone 15 Pro",
    price=Decimal(150000),
    currency="KZT",
    seller="Айбек",
    phones=("+77051112233",),
    text="Телефон в отличном состоянии, полный комплект. Отправлю в любой город.",
    photos=("https://ireland.apollo.olxcdn.com/v1/files/abc-KZ/image;s=1000x700",),
)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"title": "  iphone 15 PRO "}, []),
        ({"price": Decimal("150000.00")}, []),
        ({"price": None, "phones": (), "photos": (), "seller": ""}, []),  # a robot runs no scripts
        ({"photos": ("https://ireland.apollo.olxcdn.com/v1/files/abc-KZ/image;s=400x300",)}, []),
        ({"phones": ("+77051112233", "+77019998877")}, []),
        ({"text": "Телефон в отличном состоянии полный комплект. Отправлю в любой город!"}, []),
        ({"price": Decimal(1500)}, ["price"]),
        ({"title": "Обложка для паспорта"}, ["title"]),
        ({"phones": ("+77019998877",)}, ["phone"]),
        ({"seller": "Дана"}, ["seller"]),
        ({"photos": ("https://ireland.apollo.olxcdn.com/v1/files/xyz-KZ/image",)}, ["photos"]),
        ({"text": "Продаю обложку для паспорта из кожи, ручная работа."}, ["text"]),
    ],
)
def test_only_what_both_show_and_show_differently_differs(
    change: dict[str, object], fields: list[str]
) -> None:
    other = replace(PAGE, **change)  # type: ignore[arg-type]
    for name in (PHONE, ROBOT):
        found = differences([Sight(DESKTOP, THERE, PAGE), Sight(name, THERE, other)])
        assert [entry["field"] for entry in found] == fields


@pytest.mark.parametrize(
    ("desktop", "phone", "robot", "shown"),
    [
        (THERE, THERE, THERE, False),
        (THERE, THERE, GONE, True),
        (GONE, GONE, THERE, True),
        (THERE, THERE, BARRED, True),
        (THERE, SLOW, SLOW, False),  # nothing was seen there: that says nothing about the page
        (SLOW, THERE, GONE, False),
    ],
)
def test_there_for_one_and_gone_for_another_is_said_first(
    desktop: Verdict, phone: Verdict, robot: Verdict, shown: bool
) -> None:
    sights = [Sight(DESKTOP, desktop, PAGE), Sight(PHONE, phone, PAGE), Sight(ROBOT, robot, PAGE)]
    assert [entry["field"] for entry in differences(sights)] == ["outcome"] * shown


def test_a_long_text_is_compared_in_time() -> None:
    page = replace(PAGE, text="то же самое, но иначе " * 2000)
    other = replace(PAGE, text="совсем другое дело тут " * 2000)
    found = differences([Sight(DESKTOP, THERE, page), Sight(ROBOT, THERE, other)])
    assert [len(entry["desktop"]) for entry in found] == [300]
