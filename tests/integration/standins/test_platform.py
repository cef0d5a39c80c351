"""The stand-in sites: address forms, every way of being gone, posting again."""

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tereze.demo.standins import platform
from tereze.demo.standins.serving import running
from tereze.disruption.platforms import read

from .clients import NO_TLS


BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = platform.create_app(tmp_path_factory.mktemp("platform"))
    with (
        running(app) as address,
        httpx.Client(
            base_url=address,
            trust_env=False,
            verify=NO_TLS,
            timeout=3,
            headers={"user-agent": BROWSER},
        ) as client,
    ):
        yield client


def add(site: httpx.Client, key: str = "olx", **values: Any) -> dict[str, Any]:
    body = {
        "site": key,
        "title": "iPhone 15, срочно",
        "price": 180_000,
        "seller": "Ерлан",
        "phone": "+7 701 555 01 42",
        "description": "Отправлю после предоплаты",
        **values,
    }
    answer = site.post("/_site/listings", json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(site: httpx.Client, advert: dict[str, Any], **values: Any) -> None:
    path = f"/_site/listings/{advert['site']}/{advert['code']}"
    assert site.post(path, json=values).status_code == 200


@pytest.mark.parametrize(
    ("key", "paths"),
    [
        (
            "olx",
            (
                "/olx/d/obyavlenie/any-slug-ID{code}.html",
                "/olx/obyavlenie/any-slug-ID{code}.html",
                "/olx/d/kk/obyavlenie/any-slug-ID{code}.html",
                "/olx/kk/obyavlenie/any-slug-ID{code}.html",
                "/m.olx/d/obyavlenie/any-slug-ID{code}.html?utm_source=x",
            ),
        ),
        ("kolesa", ("/kolesa/a/show/{code}", "/m.kolesa/a/show/{code}")),
        ("krisha", ("/krisha/a/show/{code}", "/krisha/kz/a/show/{code}")),
        ("kaspi", ("/kaspi/a/any-slug-{code}", "/kaspi/a/{code}")),
    ],
)
def test_adverts_answer_at_all_their_addresses(
    site: httpx.Client, key: str, paths: tuple[str, ...]
) -> None:
    advert = add(site, key)
    for path in (advert["path"], *paths):
        answer = site.get(path.format(code=advert["code"]))
        assert answer.status_code == 200
        assert "iPhone 15, срочно" in answer.text
        assert f'lang="{"kk" if "/kk/" in path or "/kz/" in path else "ru"}"' in answer.text
    assert advert["real_url"].startswith("https://")


def test_olx_codes_are_case_sensitive(site: httpx.Client) -> None:
    advert = add(site)
    assert (
        site.get(advert["path"].replace(advert["code"], advert["code"].swapcase())).status_code
        == 404
    )


@pytest.mark.parametrize("host", ["www.olx.kz", "m.olx.kz", "olx.localhost"])
def test_a_host_name_chooses_the_site(site: httpx.Client, host: str) -> None:
    advert = add(site)
    path = advert["path"].removeprefix("/olx")
    answer = site.get(path, headers={"host": host})
    assert "iPhone 15, срочно" in answer.text
    assert 'href="/post"' in answer.text


def test_the_phone_is_shown_only_after_a_click(site: httpx.Client) -> None:
    advert = add(site)
    assert "555 01 42" not in site.get(advert["path"]).text
    assert "555 01 42" in site.get(advert["path"] + "?phone=1").text
    assert site.get(f"/olx/api/phone/{advert['code']}").json() == {"phone": "+7 701 555 01 42"}


@pytest.mark.parametrize(
    ("appearance", "status", "words"),
    [
        ("hard404", 404, "Объявление не найдено"),
        ("gone410", 410, "Объявление не найдено"),
        ("soft404", 200, "Объявление не найдено"),
        ("archived", 200, "Объявление в архиве"),
        ("challenge", 200, "не робот"),
        ("forbidden", 403, "Доступ запрещён"),
        ("limited", 429, "Слишком много запросов"),
        ("error500", 500, "временно недоступен"),
        ("error503", 503, "временно недоступен"),
        ("login", 200, "Войдите"),
    ],
)
def test_every_way_an_address_can_answer(
    site: httpx.Client, appearance: str, status: int, words: str
) -> None:
    advert = add(site)
    change(site, advert, appearance=appearance)
    answer = site.get(advert["path"])
    assert answer.status_code == status
    assert words in answer.text
    assert ("retry-after" in answer.headers) == (status == 429)
    assert site.get(f"/olx/api/phone/{advert['code']}").status_code == 404
    change(site, advert, appearance="")
    assert site.get(advert["path"]).text.count("Показать телефон") == 1


def test_a_redirect_to_the_category(site: httpx.Client) -> None:
    advert = add(site, appearance="redirect")
    answer = site.get(advert["path"])
    assert (answer.status_code, answer.headers["location"]) == (302, "/olx/elektronika/")


def test_no_answer_at_all(site: httpx.Client) -> None:
    advert = add(site, appearance="timeout")
    with pytest.raises(httpx.ReadTimeout):
        site.get(advert["path"], timeout=0.3)


@pytest.mark.parametrize(
    ("appearance", "robot_sees"), [("robots_see_gone", False), ("robots_see_live", True)]
)
def test_robots_and_people_see_different_pages(
    site: httpx.Client, appearance: str, *, robot_sees: bool
) -> None:
    advert = add(site, appearance=appearance)
    robot = site.get(advert["path"], headers={"user-agent": "python-httpx/0.28"}).text
    person = site.get(advert["path"]).text
    assert ("180 000" in robot) is robot_sees
    assert ("180 000" in person) is not robot_sees


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        ("olx", 200, "Объявление не найдено"),
        ("kolesa", 200, "Объявление в архиве"),
        ("krisha", 200, "Объявление в архиве"),
        ("kaspi", 404, "Объявление не найдено"),
    ],
)
def test_removal_looks_as_it_does_on_each_site(
    site: httpx.Client, key: str, status: int, words: str
) -> None:
    advert = add(site, key, title=f"Удаляемое {key}")
    change(site, advert, status="removed")
    answer = site.get(advert["path"])
    assert (answer.status_code, words in answer.text) == (status, True)
    assert f"Удаляемое {key}" not in site.get(f"/{key}/list", params={"q": "удаляемое"}).text
    change(site, advert, status="active")
    assert f"Удаляемое {key}" in site.get(f"/{key}/list", params={"q": "удаляемое"}).text


def test_closing_an_account_takes_all_its_adverts_down(site: httpx.Client) -> None:
    first = add(site, seller="Закрываемый", phone="+7 700 555 01 99")
    second = add(site, seller="Закрываемый", phone="+7 700 555 01 99")
    assert first["seller_id"] == second["seller_id"]
    site.post(f"/_site/sellers/{first['seller_id']}", json={"closed": True})
    for advert in (first, second):
        assert "Объявление не найдено" in site.get(advert["path"]).text
    site.post(f"/_site/sellers/{first['seller_id']}", json={"closed": False})
    assert "iPhone" in site.get(first["path"]).text


@pytest.mark.parametrize("stay", [True, False])
def test_photos_may_outlive_the_advert(site: httpx.Client, *, stay: bool) -> None:
    advert = add(site, photos_stay=stay)
    photo = f"/photos/olx/{advert['code']}/0.jpg"
    assert site.get(photo).status_code == 200
    change(site, advert, status="removed")
    assert site.get(photo).status_code == (200 if stay else 404)


def test_posting_again_gives_a_new_number_and_the_same_photos(site: httpx.Client) -> None:
    advert = add(site)
    change(site, advert, status="removed")
    form = site.get("/olx/post", params={"again": advert["code"]})
    assert "Отправлю после предоплаты" in form.text
    answer = site.post(
        "/olx/post",
        data={
            "again": advert["code"],
            "title": "Айфон 15 срочно!!",
            "price": "175000",
            "name": "Ерлан",
            "phone": "+7 701 555 01 42",
            "description": "Отправлю после предоплаты",
            "category": "elektronika",
            "place": "Балхаш",
        },
    )
    assert answer.status_code == 303
    new = answer.headers["location"]
    assert advert["code"] not in new
    assert "Айфон 15 срочно" in site.get(new).text
    code = new.rpartition("-ID")[2].removesuffix(".html")
    old_photo, new_photo = (
        site.get(f"/photos/olx/{one}/1.jpg").content for one in (advert["code"], code)
    )
    assert old_photo == new_photo
    found = site.get(f"/_site/listings/olx/{code}").json()
    assert found["previous"] == advert["code"]


def test_a_variant_photo_is_close_but_not_equal(site: httpx.Client) -> None:
    plain = add(site, photo_seed=5)
    other = add(site, photo_seed=5, photo_variant=1)
    pictures = [site.get(f"/photos/olx/{a['code']}/0.jpg").content for a in (plain, other)]
    assert pictures[0] != pictures[1]
    small = [
        list(Image.open(io.BytesIO(p)).convert("L").resize((8, 8)).tobytes()) for p in pictures
    ]
    assert max(abs(a - b) for a, b in zip(*small, strict=True)) < 12


def test_an_incomplete_form_says_what_is_missing(site: httpx.Client) -> None:
    answer = site.post("/olx/post", data={"title": "Диван", "price": "дорого", "name": "А"})
    assert answer.status_code == 422
    assert "Заполните название" in answer.text
    assert 'value="Диван"' in answer.text


def test_hostile_adverts_stay_text(site: httpx.Client) -> None:
    hostile = '"><script>alert(1)</script>'
    advert = add(site, title=hostile, description=hostile, seller=hostile, place=hostile)
    for path in (advert["path"], "/olx/list?q=" + hostile, "/olx/account", "/_site/"):
        assert "<script>alert" not in site.get(path).text


def test_moderators_work_by_hand(site: httpx.Client) -> None:
    advert = add(site, title="Для модератора")
    page = site.get("/_site/", params={"q": advert["url"]})
    assert "Для модератора" in page.text
    form = {"site": "olx", "code": advert["code"], "act": "remove"}
    assert (
        site.post("/_site/act", data=form, headers={"origin": "http://evil.example"}).status_code
        == 403
    )
    assert site.post("/_site/act", data=form).status_code == 303
    assert "Объявление не найдено" in site.get(advert["path"]).text


def test_visits_are_kept(site: httpx.Client) -> None:
    advert = add(site)
    site.get(advert["path"], headers={"user-agent": "Tereze/1.0"})
    visit = site.get("/_site/visits").json()[0]
    assert (visit["code"], visit["agent"], visit["status"]) == (advert["code"], "Tereze/1.0", 200)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"site": "avito", "title": "x", "price": 1}, "site is one of"),
        (
            {"site": "olx", "title": "x", "price": 1, "appearance": "nowhere"},
            "appearance is one of",
        ),
        ({"site": "olx", "title": "x", "price": "много"}, "invalid literal"),
    ],
)
def test_mistakes_in_hooks_are_explained(
    site: httpx.Client, body: dict[str, Any], words: str
) -> None:
    answer = site.post("/_site/listings", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.mark.parametrize(("key", "moved"), [("olx", False), ("kolesa", True), ("krisha", True)])
def test_phones_get_the_mobile_version(site: httpx.Client, key: str, *, moved: bool) -> None:
    advert = add(site, key)
    answer = site.get(advert["path"], headers={"user-agent": PHONE})
    if moved:
        assert answer.headers["location"] == "/m." + advert["path"].removeprefix("/")
        answer = site.get(answer.headers["location"], headers={"user-agent": PHONE})
    assert "iPhone 15, срочно" in answer.text
    assert f'class="site {key} mobile"' in answer.text


@pytest.mark.parametrize(
    ("appearance", "phone_sees"), [("mobile_sees_gone", False), ("mobile_sees_live", True)]
)
def test_phones_and_computers_may_see_different_pages(
    site: httpx.Client, appearance: str, *, phone_sees: bool
) -> None:
    advert = add(site, appearance=appearance)
    phone = site.get(advert["path"], headers={"user-agent": PHONE}).text
    assert ("180 000" in phone) is phone_sees
    assert ("180 000" in site.get(advert["path"]).text) is not phone_sees


@pytest.mark.parametrize("key", ["olx", "kolesa", "krisha", "kaspi"])
def test_each_site_is_marked_up_as_its_reader_expects(site: httpx.Client, key: str) -> None:
    advert = add(site, key, title="Тетрадь <b>", seller="Дина")
    answer = site.get(advert["path"] + "?phone=1")
    found = read(key, answer.text, str(answer.url))
    assert (found.title, found.price, found.seller) == ("Тетрадь <b>", 180_000, "Дина")
    assert found.phones == ("+77015550142",)
    assert found.text == "Отправлю после предоплаты"
    assert [site.get(address).status_code for address in found.photos] == [200] * 3
    account = found.seller_key.rpartition(":")[2]
    path = f"/olx/list/user/{account}/" if key == "olx" else f"/{key}/user/{account}/"
    assert "Тетрадь" in site.get(path).text


def test_posting_again_under_another_name(site: httpx.Client) -> None:
    advert = add(site)
    body = {"seller": "Нурлан", "phone": "+7 700 555 01 77"}
    again = site.post(f"/_site/listings/olx/{advert['code']}/relist", json=body).json()
    assert again["seller_id"] != advert["seller_id"]
    assert "Нурлан" in site.get(again["path"]).text
