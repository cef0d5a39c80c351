"""How adverts are read: pages we wrote ourselves in each site's manner, whole and broken."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.disruption import platforms
from tereze.disruption.platforms import Listing
from tests.hostile_html import HOSTILE as PIECES


PAYLOADS = Path(__file__).parent / "payloads"
URLS = {
    "olx": "https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html",
    "kolesa": "https://kolesa.kz/a/show/190594286",
    "krisha": "https://m.krisha.kz/a/show/697204118",
    "kaspi": "https://obyavleniya.kaspi.kz/a/kolyaska-116702726",
    "shop": "https://nebo.example/p/1",
}


def payload(name: str) -> str:
    return (PAYLOADS / f"{name}.html").read_text()


def read(name: str, html: str | None = None) -> Listing:
    return platforms.read(name, payload(name) if html is None else html, URLS[name])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("olx", Listing(
            title="iPhone 15 Pro, срочно", price=Decimal(150000), currency="KZT", seller="Айбек",
            seller_key="olx:user:1aBcD", phones=("+77059998877", "+77051112233"),
            text="Описание\nОтправлю Казпочтой после предоплаты.\nЗвонить: 8 705 111 22 33",
            photos=("https://cdn.example/s/a-1000.jpg", "https://www.olx.kz/photos/b.jpg"),
        )),
        ("kolesa", Listing(
            title="Lada Granta 2021 ж.", price=Decimal(4300000), currency="KZT", seller="Сергей",
            seller_key="kolesa:user:7712345", phones=("+77775550114",),
            text="Бір қожайын. Аванс 50 000 тг, содан кейін көрсетемін.",
            photos=("https://kolesa-photos.example/1-full.jpg", "https://kolesa-photos.example/2-full.jpg"),
        )),
        ("krisha", Listing(
            title="2-комнатная квартира · 54 м² · 3/5 этаж, мкр Самал", price=Decimal(130000),
            currency="KZT", seller="Айгерим", seller_key="krisha:user:agentstvo-42",
            phones=("+77075550116",),
            text="Хозяин в отъезде, скиньте залог, ключи передаст сестра. WhatsApp wa.me/77075550116",
            photos=("https://photos.example/webp/1-750x470.webp",),
        )),
        ("kaspi", Listing(
            title="Детская коляска 2 в 1", price=Decimal(45000), currency="KZT", seller="Наталья",
            seller_key="kaspi:user:998877", phones=(),
            text="После одного ребёнка, всё работает. Только предоплата на карту.",
            photos=("https://cdn-ob.example/1-2x.jpg",),
        )),
        ("shop", Listing(
            title="Дрон DJI Mini 2", price=Decimal(185000), currency="KZT",
            phones=("+77475550112",), text="Доставка по Казахстану после оплаты",
            photos=("https://nebo.example/img/drone.jpg",),
        )),
    ],
)  # fmt: skip
def test_each_site_is_read_in_its_own_markup(name: str, expected: Listing) -> None:
    assert read(name) == expected


@pytest.mark.parametrize("name", ["olx", "kolesa", "kaspi"])
def test_after_a_redesign_the_embedded_data_still_tells(name: str) -> None:
    html = payload(name)
    for known in ("data-testid", "offer__", "header__", "seller", "description__", "slider__"):
        html = html.replace(known, "css-x")
    found = read(name, html)
    assert found.title.startswith(("iPhone 15", "Lada Granta", "Детская коляска"))
    assert found.price in {Decimal(150000), Decimal(4300000), Decimal(45000)}


@pytest.mark.parametrize("name", sorted(URLS))
def test_a_page_cut_anywhere_is_read_as_far_as_it_goes(name: str) -> None:
    html = payload(name)
    for end in range(0, len(html), 37):
        assert isinstance(read(name, html[:end]), Listing)


HOSTILE = [
    "", "<", "<![broken[", "<" * 5000, "<div>" * 5000, "</p>" * 5000, "\0\0<h1>",
    '<script type="application/ld+json">' + "[" * 100_000,
    '<script type="application/ld+json">{"@type":"Product","name":{"name":["x"]},"offers":{"price":true}}</script>',
    '<script type="application/ld+json">{"@type":"Product","price":"1e999999","image":[7,null,{"url":1}]}</script>',
    '<img width="x" height="9" src="javascript:alert(1)"><a href="tel:">x</a><a href="http://[::1">y</a>',
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(URLS))
@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_markup_is_read_without_a_stumble(name: str, html: str) -> None:
    found = read(name, html)
    assert all(address.startswith("http") for address in found.photos)
    assert found.price is None or 0 < found.price < 10**12


def test_an_address_is_followed_as_a_browser_would() -> None:
    html = '<meta property=og:image content="/a.jpg?x=1&timestamp=2&amp;y=&#51;">'
    assert read("shop", html).photos == ("https://nebo.example/a.jpg?x=1&timestamp=2&y=3",)


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_markup_after_an_advert_hides_nothing_of_it(piece: str) -> None:
    html = "<h1>Диван</h1><p class=price>5 000 тг</p>" + piece * (300_000 // len(piece))
    found = read("shop", html)
    assert (found.title, found.price) == ("Диван", Decimal(5000))


@given(st.text(alphabet="<>/=\"'!-[]{}:,@ \nabh1₸0", max_size=400))
def test_no_markup_at_all_makes_the_reader_fail(html: str) -> None:
    read("olx", html)


def test_a_platforms_own_reader_that_fails_is_replaced_by_the_general_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = platforms.Platform(slug="olx", name="OLX", gone=(), read=lambda html, url: 1 / 0)  # type: ignore[arg-type,return-value]
    monkeypatch.setitem(platforms.PLATFORMS, "olx", broken)
    assert read("olx").title == "iPhone 15 Pro, срочно"
    assert "failed" in caplog.text
