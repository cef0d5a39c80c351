"""Which pictures of a page or feed are pictures for us."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tereze.watch.webreading import apart
from tereze.watch.webreading.pictures import MOST, name_of, named


AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
RECIPE = {"comment": ".c", "text": ".t", "author": ".a"}
FEED = '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item><guid>1</guid>{}</item></channel></rss>'
ATOM = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>Фото</title>{}</entry></feed>'
JSON = {"version": "https://jsonfeed.org/version/1.1"}


def shown(body: str, **more: Any) -> list[str]:
    given = {"url": "https://a.kz/t/1", "at": AT, "zone": "Asia/Almaty", "pictures": True, **more}
    sheet = apart.answer({"headers": {}, "encoding": "utf-8", "kind": "", "recipe": None, **given, "at": AT.isoformat()}, body.encode())  # fmt: skip
    return [one for item in sheet["items"] for one in item["pictures"]]


@pytest.mark.parametrize(
    ("html", "addresses"),
    [
        ('<img src="/u/1.jpg">', ["https://a.kz/u/1.jpg"]),
        ('<img src="1.jpg?w=5#x">', ["https://a.kz/t/1.jpg?w=5"]),
        ('<img src="//cdn.example.com/1">', ["https://cdn.example.com/1"]),
        ('<img src="/мой файл.png">', ["https://a.kz/мой%20файл.png"]),
        ('<img src="data:image/gif;base64,R0" data-src="/1.jpg">', ["https://a.kz/1.jpg"]),
        ('<img src="/s.jpg" srcset="/s.jpg 300w, /m.jpg 1200w, /l.jpg 4000w">', ["https://a.kz/m.jpg"]),
        ('<img srcset="/1,a.jpg, /2,b.jpg 2x">', ["https://a.kz/2,b.jpg"]),
        ('<img data-srcset="/l.jpg 4000w" src="/s.jpg">', ["https://a.kz/l.jpg"]),
        ('<a href="/full.jpg"><img src="/t.jpg" width="80" height="60"></a>', ["https://a.kz/full.jpg"]),
        ('<a href="/cat.jpg"><img src="/t.jpg"></a>', ["https://a.kz/cat.jpg", "https://a.kz/t.jpg"]),
        ('<a href="/topic/2"><img src="/t.jpg"></a>', ["https://a.kz/t.jpg"]),
        ('<a href="/a/1-jpg.25/"><img src="/t.jpg"></a>', ["https://a.kz/a/1-jpg.25/", "https://a.kz/t.jpg"]),
        ('<img src="/x.jpg?1"><img src="/x.jpg?2">', ["https://a.kz/x.jpg?1", "https://a.kz/x.jpg?2"]),
        ('<img src="https://me:secret@a.kz/1.jpg">', []),
        ('<img src="/1.jpg"><noscript><img src="/1.jpg"></noscript>', ["https://a.kz/1.jpg"]),
        ('<img src="/banner.gif" width="468" height="60">', ["https://a.kz/banner.gif"]),
        ('<img src="/avatar.jpg">', ["https://a.kz/avatar.jpg"]),  # its author calls it so
        ('<img src="https://avatars.mds.yandex.net/get-x/1/orig">', ["https://avatars.mds.yandex.net/get-x/1/orig"]),
        ('<div class="has-avatar"><img src="/1.jpg"></div>', ["https://a.kz/1.jpg"]),
        ('<img src="/1.jpg" width="100%" style="width:50px">', []),
        ('<img src="/p.gif" width="1" height="1">', []),
        ('<img src="/line.png" width="600px" height="2px">', []),
        ('<img src="/i.png" style="height: 16px">', []),
        ('<img src="/ok.png" class="smilies">', []),
        ('<img src="/forum/images/avatars/5.jpg">', []),
        ('<img src="https://secure.gravatar.com/x/1?s=200">', []),
        ('<div class="signature"><img src="/1.jpg"></div>', []),
        ('<span class="a"><img src="/me.jpg"></span>', []),
        ('<img src="/logo.svg"><img src="data:image/png;base64,AA"><img src="blob:https://a.kz/1">', []),
        ('<img src="javascript:x()"><img src="ftp://a.kz/1.jpg"><img src="file:///etc/passwd"><img>', []),
        ('<img src="http://[bad/1.jpg"><img src="/' + "x" * 3000 + '.jpg">', []),
        ('<form><img src="/1.jpg"></form>', []),
        ('<div class="c"><p class="t">Ответ</p><img src="/2.jpg"></div>', ["https://a.kz/2.jpg"]),  # once, its own
    ],
)  # fmt: skip
def test_pictures_of_a_comment(html: str, addresses: list[str]) -> None:
    page = f'<div class="c"><b class="a">Бот</b><p class="t">Фото</p>{html}</div>'
    assert shown(page, recipe=RECIPE) == addresses


@pytest.mark.parametrize(
    ("body", "addresses"),
    [
        (FEED.format('<enclosure url="/1" type="image/jpeg"/>'), ["https://a.kz/1"]),
        (FEED.format('<enclosure url="/1.mp3" type="audio/mpeg"/>'), []),
        (FEED.format('<enclosure url="/1.jpg"/><enclosure url="/2.pdf"/>'), ["https://a.kz/1.jpg"]),
        (FEED.format('<media:content url="/1.jpg" medium="image"/><media:thumbnail url="/s.jpg"/>'), ["https://a.kz/1.jpg"]),
        (FEED.format('<media:group><media:content url="/v.mp4" type="video/mp4"/></media:group><media:thumbnail url="/s.jpg"/>'),
         ["https://a.kz/s.jpg"]),
        (FEED.format('<media:thumbnail url="/s.jpg" width="75" height="75"/>'), []),
        (FEED.format('<media:content url="https://0.gravatar.com/avatar/1" medium="image"/>'), []),
        (FEED.format('<description>&lt;img src="/1.jpg"&gt; Фото</description><enclosure url="/1.jpg" type="image/jpeg"/>'),
         ["https://a.kz/1.jpg"]),
        (ATOM.format('<link rel="enclosure" type="image/png" href="/1"/><content type="html">&lt;img src="/2.png"&gt;</content>'),
         ["https://a.kz/1", "https://a.kz/2.png"]),
        (json.dumps({**JSON, "items": [{"id": 1, "image": "/1.jpg", "content_html": "<img src=2.jpg>",
          "attachments": [{"url": "/3", "mime_type": "image/webp"}, {"url": "/4", "mime_type": "audio/ogg"}, 5]}]}),
         ["https://a.kz/3", "https://a.kz/1.jpg", "https://a.kz/t/2.jpg"]),
        ('<script type="application/ld+json">[{"@type": "Comment", "text": "Фото", "image": [{"url": "/1.jpg"}, "/2.jpg"]}]</script>',
         ["https://a.kz/1.jpg", "https://a.kz/2.jpg"]),
    ],
)  # fmt: skip
def test_pictures_of_an_entry(body: str, addresses: list[str]) -> None:
    more = {"recipe": {"way": "json-ld"}} if "ld+json" in body else {}
    assert shown(body, **more) == addresses
    assert shown(body, **more, pictures=False) == []


def test_pictures_of_a_feed_lie_beside_the_entry_and_not_the_feed() -> None:
    html = "&lt;img src='1.jpg'&gt;"
    entry = f'<link href="https://b.kz/n/5/"/><content type="html">{html}</content>'
    row = {"id": 1, "url": "https://b.kz/n/5/", "content_html": "<img src='1.jpg'>"}
    for body in (ATOM.format(entry), json.dumps({**JSON, "items": [row]})):
        assert shown(body) == ["https://b.kz/n/5/1.jpg"]


def test_a_comment_may_be_a_picture_alone() -> None:
    page = '<div class="c"><img src="/1.jpg"></div><div class="c"><img src="/2.jpg"></div>'
    given = {"url": "https://a.kz/", "at": AT, "zone": "UTC", "recipe": RECIPE}
    sheet = apart.read(page.encode(), **given, pictures=True)
    assert [item.pictures for item in sheet.items] == [("https://a.kz/1.jpg",), ("https://a.kz/2.jpg",)]  # fmt: skip
    assert len({item.id for item in sheet.items}) == 2
    assert not apart.read(page.encode(), **given).items


def test_no_entry_shows_more_than_an_album() -> None:
    page = '<div class="c">' + "".join(f'<img src="/{n}.jpg">' for n in range(500)) + "</div>"
    assert len(shown(page, recipe=RECIPE)) == MOST


@pytest.mark.parametrize(
    "html",
    [
        '<img srcset="' + " " * 200_000 + 'x">',
        '<img srcset="' + "a " * 100_000 + '">',
        '<img width="5' + " " * 200_000 + 'x" src="/1.jpg">',
        '<img style="' + "width " * 50_000 + '" src="/1.jpg">',
        '<img class="' + "-icon" * 50_000 + '" src="/1.jpg">',
        "<a href=/1.jpg>" * 5_000 + "<img src=/2.jpg>",
        "<div class=c><img src=/1.jpg>" * 2_000,
    ],
)
def test_nothing_that_stands_there_takes_long(html: str) -> None:
    begun = time.monotonic()
    shown(f'<div class="c"><p class="t">Фото</p>{html}</div>', recipe=RECIPE)
    assert time.monotonic() - begun < 3


def test_names_that_fit_two_are_told_apart() -> None:
    addresses = [f"https://a.kz/1.jpg?{number}" for number in range(3)]
    assert list(named(addresses).values()) == addresses


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.kz/1.jpg?X-Amz-Expires=1", "https://a.kz/1.jpg?X-Amz-Expires=2", True),
        ("https://a.kz/f.php?id=1&sid=a", "https://A.KZ/f.php?id=1&sid=b", True),
        ("https://a.kz/f.php?id=1", "https://a.kz/f.php?id=2", False),
        ("https://a.kz/f?1", "https://a.kz/f?2", False),
        ("https://a.kz/1.jpg", "https://b.kz/1.jpg", False),
    ],
)
def test_by_what_a_picture_is_known_again(one: str, other: str, same: bool) -> None:
    assert (name_of(one) == name_of(other)) is same
