"""What a look means, as tables: status, words, redirects; and both vantages together."""

import pytest

from tereze.disruption.pages import PageText, read_page
from tereze.disruption.platforms import platform
from tereze.disruption.verification import (
    Asked,
    Outcome,
    Seen,
    decide,
    gone_phrases,
    look_at,
    phrases_in,
)
from tests.hostile_html import HOSTILE


ADDRESS = "https://www.olx.kz/d/obyavlenie/iphone-15-IDr9sfK.html"
LONG = "Отличный телефон, полный комплект, торг уместен, самовывоз из центра города. " * 15
LIVE = f"""<html><head><title>iPhone 15, купить в Балхаше — OLX</title></head><body>
<nav><a>Войти</a><a>Подать объявление</a></nav><h1>iPhone 15</h1><p class=price>150 000 ₸</p>
<h2>Описание</h2><p>{LONG}</p><div style="display:none"><template>Страница не найдена</template></div>
<h3>Похожие объявления</h3><ul><li><h4>404 запчасти</h4></li><li><h4>Продано! MacBook</h4></li>
<li><h4>Продано</h4></li></ul></body></html>"""


def olx(**more: object) -> Asked:
    values = {"address": ADDRESS, "platform": platform("olx"), "listing": "olx:r9sfK", **more}
    return Asked(**values)  # type: ignore[arg-type]


def page(body: str, title: str = "OLX") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def seen(html: str = "", status: int = 200, url: str = ADDRESS, **headers: str) -> Seen:
    return Seen(url=url, status=status, page=read_page(html), headers=headers)


@pytest.mark.parametrize(
    ("status", "outcome", "why"),
    [
        (404, "gone", "not_found"),
        (410, "gone", "gone_for_good"),
        (401, "could_not_look", "login"),
        (403, "could_not_look", "forbidden"),
        (429, "could_not_look", "limited"),
        (451, "could_not_look", "legal_block"),
        (500, "could_not_look", "server_error"),
        (502, "could_not_look", "server_error"),
        (503, "could_not_look", "server_error"),
        (204, "could_not_look", "odd_status"),
        (302, "could_not_look", "odd_status"),
        (418, "could_not_look", "odd_status"),
    ],
)
def test_statuses(status: int, outcome: str, why: str) -> None:
    # a page that promises "not found" under a refusal proves nothing
    verdict = look_at(olx(), seen(page("<h1>Объявление не найдено</h1>"), status))
    assert (verdict.outcome, verdict.why) == (outcome, why)


@pytest.mark.parametrize(
    "failure", ["dns", "timeout", "network", "refused", "redirects", "browser"]
)
def test_no_answer_is_never_gone(failure: str) -> None:
    assert look_at(olx(), Seen(failure=failure)).outcome is Outcome.COULD_NOT_LOOK


def test_a_robot_check_by_header_is_one() -> None:
    verdict = look_at(olx(), seen(page("<h1>x</h1>"), 404, **{"Cf-Mitigated": "challenge"}))
    assert verdict.outcome is Outcome.COULD_NOT_LOOK


@pytest.mark.parametrize(
    ("html", "outcome", "why"),
    [
        (LIVE, "there", "page"),
        (page("<h1>Объявление не найдено</h1><a>К объявлениям</a>"), "gone", "soft_404"),
        (page(f"<h1>Страница не найдена</h1><h3>Похожие</h3>{LONG}"), "gone", "soft_404"),
        (page(f"<h4>Это объявление больше не доступно</h4>{LONG}"), "gone", "soft_404"),
        (page("<h1>Хабарландыру табылмады</h1>", "Хабарландыру табылмады — OLX"), "gone", "soft_404"),
        (page(f"<div><b>Объявление в архиве</b></div><h1>iPhone</h1>{LONG}"), "gone", "archived"),
        (page(f"<div>Объявление в архиве с 12 марта</div>{LONG}"), "gone", "archived"),
        (page("<h1>Проверяем, что вы не робот</h1><p>Подождите</p>"), "could_not_look", "challenge"),
        (page("<p>Please wait</p>", "Just a moment..."), "could_not_look", "challenge"),
        (page(f"<p>{LONG}</p>", "Attention Required! | Cloudflare"), "could_not_look", "challenge"),
        (page("<h1>Robot емессіз бе?</h1><div>captcha</div>"), "could_not_look", "challenge"),
        (page("<h1>Доступ запрещён</h1>"), "could_not_look", "forbidden"),
        (page("<h1>Слишком много запросов</h1>"), "could_not_look", "forbidden"),
        (page("<h1>Сервис временно недоступен</h1>"), "could_not_look", "server_error"),
        (page("<h1>Войдите, чтобы увидеть объявление</h1>"), "could_not_look", "login"),
        (page("<h1>Вход</h1><form>пароль</form>", "Вход | OLX"), "could_not_look", "login"),
        (page(""), "could_not_look", "empty"),
        ("", "could_not_look", "empty"),
        (page('<div id="root"></div><script>var text = "Объявление не найдено"</script>'), "could_not_look", "empty"),
        # words of the fraudster are not words of the site
        (page(f"<h1>iPhone</h1><p>Прежнее объявление удалено модератором, пишите сюда. {LONG}</p>"), "there", "page"),
        (page(f"<h1>Входная дверь</h1><p>{LONG}</p>", "Входная дверь — OLX"), "there", "page"),
        (page(f"<h1>404 мотор Peugeot</h1><p>{LONG}</p>", "404 мотор Peugeot — OLX"), "there", "page"),
        (page(f"<h1>Продано всё лишнее, остался диван</h1>{LONG}"), "there", "page"),
    ],
)  # fmt: skip
def test_what_a_page_with_status_200_says(html: str, outcome: str, why: str) -> None:
    verdict = look_at(olx(), seen(html))
    assert (verdict.outcome, verdict.why) == (outcome, why)


def test_words_it_already_showed_while_it_was_there_prove_nothing() -> None:
    html = page(f"<h1>Объявление удалено</h1><p>{LONG}</p>")
    shown = phrases_in(read_page(html), gone_phrases(platform("olx")))
    assert look_at(olx(), seen(html)).outcome is Outcome.GONE
    assert look_at(olx(seen_phrases=shown), seen(html)).outcome is Outcome.THERE


BASES = {"olx": ["http://127.0.0.1:8082/olx", "http://127.0.0.1:8082/m.olx"]}


@pytest.mark.parametrize(
    ("asked", "ended", "outcome", "why"),
    [
        (ADDRESS, "https://m.olx.kz/d/obyavlenie/iphone-IDr9sfK.html", "there", "page"),
        (ADDRESS, "https://www.olx.kz/d/kk/obyavlenie/x-IDr9sfK.html?a=1", "there", "page"),
        (ADDRESS, "https://www.olx.kz/elektronika/", "gone", "redirect"),
        (ADDRESS, "https://www.olx.kz/", "gone", "redirect"),
        (ADDRESS, "https://www.olx.kz/d/obyavlenie/other-IDxxxxx.html", "gone", "redirect"),
        (ADDRESS, "https://www.olx.kz/account/login?next=/d/", "could_not_look", "login"),
        (ADDRESS, "https://www.olx.kz/showcaptcha?x=1", "could_not_look", "challenge"),
        (ADDRESS, "https://login.example.com/", "could_not_look", "elsewhere"),
        (ADDRESS, "https://kolesa.kz/", "could_not_look", "elsewhere"),
    ],
)
def test_where_the_redirects_ended(asked: str, ended: str, outcome: str, why: str) -> None:
    verdict = look_at(olx(address=asked), seen(LIVE, url=ended))
    assert (verdict.outcome, verdict.why) == (outcome, why)


def test_a_stand_in_is_read_like_the_platform_itself() -> None:
    base = "http://127.0.0.1:8082/olx"
    asked = olx(address=f"{base}/d/obyavlenie/iphone-IDr9sfK.html", bases=BASES)
    live = seen(LIVE, url="http://127.0.0.1:8082/m.olx/d/kk/obyavlenie/iphone-IDr9sfK.html")
    assert look_at(asked, live).outcome is Outcome.THERE
    assert look_at(asked, seen(LIVE, url=f"{base}/elektronika/")).why == "redirect"


@pytest.mark.parametrize(
    ("asked", "ended", "outcome"),
    [
        ("https://shop.example/p/123", "https://shop.example/p/123/", "there"),
        ("https://shop.example/p/123", "https://www.shop.example/p/123", "there"),
        ("https://shop.example/p/123", "https://shop.example/", "gone"),
        ("https://shop.example/p/123", "https://shop.example/p/", "gone"),
        ("https://shop.example/p/123", "https://parked.example.org/", "could_not_look"),
        ("https://a.com.kz/p/1", "https://b.com.kz/p/1", "could_not_look"),
        ("https://10.0.0.1/p/1", "https://11.0.0.1/p/1", "could_not_look"),
    ],
)
def test_redirects_of_any_other_site(asked: str, ended: str, outcome: str) -> None:
    assert look_at(Asked(address=asked), seen(LIVE, url=ended)).outcome == outcome


GONE = seen(status=404)
BLOCKED = seen(status=403)
THERE = seen(LIVE)


@pytest.mark.parametrize(
    ("by_http", "by_browser", "outcome"),
    [
        (GONE, GONE, "gone"),
        (GONE, THERE, "there"),  # robots are told it is gone
        (THERE, GONE, "there"),
        (GONE, BLOCKED, "could_not_look"),
        (BLOCKED, GONE, "could_not_look"),
        (BLOCKED, THERE, "there"),
        (GONE, None, "gone"),  # no browser on this machine
        (BLOCKED, None, "could_not_look"),
    ],
)
def test_all_vantages_must_say_gone(by_http: Seen, by_browser: Seen | None, outcome: str) -> None:
    seen = [by_browser, by_http] if by_browser else [by_http]
    assert decide([look_at(olx(), each) for each in seen]).outcome == outcome


@pytest.mark.parametrize(
    "html", ["<", "<h1", "<title>x", "\0<b>", "<h1><h2></h1>a</h2>", "</body>"]
)
def test_a_broken_page_is_read_as_far_as_it_goes(html: str) -> None:
    assert isinstance(read_page(html), PageText)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_markup_hides_nothing_that_stands_before_it(piece: str) -> None:
    read = read_page("<h1>Продано</h1>" + piece * (200_000 // len(piece)))
    assert (read.main, read.pieces[0]) == (("Продано",), "Продано")


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("5 < 7 &amp; <b>8</b>", ("5 < 7 &", "8")),
        ("a<![CDATA[b]]>c<!doctype x>d<?php e>f</>g</ h>i", ("a", "c", "d", "f", "g", "i")),
        ("a<!-- > <b> -->b<!-->c<!--->d<!-- --!>e", ("a", "b", "c", "d", "e")),
        ("<a title='>' href=x/>a</a title='>'>b", ("a", "b")),
        ("<script>'<b>'</scripts></SCRIPT >a<script/>b</script>c", ("a", "c")),
        ("<textarea><b>a</textarea>b<iframe>c</iframe><svg/>d", ("<b>a", "b", "d")),
        ("a&#" + "1" * 5000 + ";b", ("a\ufffdb",)),
        ("a<b title='c", ("a",)),
    ],
)
def test_words_stand_where_a_browser_shows_them(html: str, pieces: tuple[str, ...]) -> None:
    assert read_page(html).pieces == pieces
