"""Feeds and pages as they come: real shapes, old letters, and what was made to break a reader."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tereze.watch.webreading import apart
from tereze.watch.webreading.found import Sheet
from tereze.watch.webreading.times import moment


AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.kz/"><title>Форум</title></channel>
<item rdf:about="https://a.kz/1"><title>Куплю карту</title><link>https://a.kz/1</link>
<dc:creator>Бот</dc:creator><dc:date>2026-11-01T10:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Форум</title><id>f</id>
<updated>2026-11-02T10:00:00Z</updated><entry><id>tag:a.kz,1</id><title>Re: воды нет</title>
<author><name>Бот</name></author><published>2026-11-01T10:00:00Z</published><updated>2026-11-02T10:00:00Z</updated>
<content type="html">&lt;p&gt;Куплю карту, &lt;a href="https://t.me/drop"&gt;пишите&lt;/a&gt;&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</content>
<link href="https://a.kz/1#c1"/></entry></feed>"""
RSS = """<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>Лента</title>
<item><guid isPermaLink="false">c1</guid><description>Куплю карту, оплата сразу</description></item></channel></rss>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Форум",
    "items": [
        {
            "id": "c1",
            "content_html": "<p>Куплю карту</p>",
            "authors": [{"name": "Бот"}],
            "date_published": "2026-11-01T10:00:00Z",
            "date_modified": "2026-11-02T10:00:00Z",
        },
        "nonsense",
        {"id": 7, "content_text": "Второй"},
    ],
}


def read(body: bytes, **more: Any) -> Sheet:
    given = {"url": "https://a.kz/feed", "at": AT, "zone": "Asia/Almaty", **more}
    return apart.read(body, **given)


@pytest.mark.parametrize(
    ("body", "words", "author", "at", "edited"),
    [
        (RSS.format(encoding="utf-8").encode(), "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="windows-1251").encode("cp1251"), "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="utf-16").encode("utf-16"), "Куплю карту, оплата сразу", "", "", ""),
        (b"\xef\xbb\xbf\n" + RSS.format(encoding="utf-8").encode(), "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="utf-8").encode("cp1251"), "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="utf-8").encode().replace(b"<title>", b"<title>\xd0"),
         "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="windows-1251").encode(), "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="utf-8").encode("koi8-r"), "Куплю карту, оплата сразу", "", "", ""),
        (RSS.format(encoding="utf-16").encode("utf-16-le"), "Куплю карту, оплата сразу", "", "", ""),
        (RDF.encode(), "Куплю карту", "Бот", "2026-11-01T10:00:00+00:00", ""),
        (ATOM.encode(), "Re: воды нет\nКуплю карту, пишите https://t.me/drop", "Бот",
         "2026-11-01T10:00:00+00:00", "2026-11-02T10:00:00+00:00"),
        (json.dumps(JSON).encode(), "Куплю карту", "Бот", "2026-11-01T10:00:00+00:00", "2026-11-02T10:00:00+00:00"),
    ],
    ids=["rss", "cp1251", "utf-16", "bom", "cp1251 that says utf-8", "one broken letter",
         "utf-8 that says cp1251", "koi8 that says utf-8", "utf-16 without its mark", "rdf", "atom", "json"],
)  # fmt: skip
def test_every_kind_of_feed_is_read(
    body: bytes, words: str, author: str, at: str, edited: str
) -> None:
    sheet = read(body, kind="feed")
    first = sheet.items[0]
    assert sheet.what == "feed"
    assert (first.text, first.author, first.at, first.edited) == (words, author, at, edited)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("29 октября 2026, 14:05", "2026-10-29T09:05:59+00:00"),
        ("вс, 25 окт 2026 14:05:00 +0500", "2026-10-25T09:05:00+00:00"),
        ("29.10.2026 14:05", "2026-10-29T09:05:59+00:00"),
        ("Sun, 25 Oct 2026 14:05:00 +0500", "2026-10-25T09:05:00+00:00"),
        ("скоро", ""),
    ],
)
def test_feeds_say_when_in_words(written: str, at: str) -> None:
    feed = RSS.format(encoding="utf-8").replace("</item>", f"<pubDate>{written}</pubDate></item>")
    assert read(feed.encode(), kind="feed").items[0].at == at


@pytest.mark.parametrize("cut", [40, None])
def test_a_title_is_said_once_unless_it_goes_on_otherwise(cut: int | None) -> None:
    begin = "Сегодня в нашем городе с девяти до восемнадцати часов отключат воду"
    title = f"{begin[:cut]}…" if cut else f"{begin}. Куплю карту, оплата сразу"
    row = {"id": "1", "title": title, "content_text": f"{begin}. Спасибо"}
    (item,) = read(json.dumps({**JSON, "items": [row]}).encode()).items
    assert item.text == (row["content_text"] if cut else f"{title}\n{row['content_text']}")


LONG = "Сегодня в нашем городе с девяти до восемнадцати часов отключат воду."
ATOM_ENTRY = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>
<summary>{summary}</summary><content>{content}</content>
<link rel="enclosure" href="/1.pdf" title="{file}"/></entry></feed>"""


@pytest.mark.parametrize(
    ("summary", "content", "file", "text"),
    [
        (f"{LONG[:40]} […]", LONG, "", LONG),
        ("Куплю карту", LONG, "", f"{LONG}\nКуплю карту"),
        (LONG, "Куплю карту", "", f"{LONG}\nКуплю карту"),
        ("", LONG, "Куплю карту", f"{LONG}\nКуплю карту"),
    ],
    ids=["beginning", "summary", "content", "file"],
)
def test_whatever_part_of_an_entry_an_advert_stands_in(
    summary: str, content: str, file: str, text: str
) -> None:
    atom = ATOM_ENTRY.format(summary=summary, content=content, file=file).encode()
    row = {"id": "1", "summary": summary, "content_text": content, "attachments": [{"title": file}]}
    for body in (atom, json.dumps({**JSON, "items": [row]}).encode()):
        (item,) = read(body).items
        assert item.text == text


@pytest.mark.parametrize("name", ["yandex:full-text", "turbo:content", "media:text"])
def test_news_say_the_whole_beside_their_beginning(name: str) -> None:
    space = 'xmlns:yandex="http://news.yandex.ru" xmlns:turbo="http://turbo.yandex.ru" xmlns:media="http://search.yahoo.com/mrss/"'
    entry = f"<item><guid>1</guid><description>Вчера…</description><{name}>{LONG}</{name}></item>"
    (item,) = read(f'<rss version="2.0" {space}><channel>{entry}</channel></rss>'.encode()).items
    assert item.text == f"{LONG}\nВчера…"


def bomb() -> bytes:
    rows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">{rows}]><rss version="2.0"><channel><item><guid>1</guid><title>&a11;</title></item></channel></rss>'.encode()


def outside() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><guid>1</guid><title>A &a; B</title></item></channel></rss>'


HOSTILE: dict[str, bytes] = {
    "entity bomb": bomb(),
    "file of this machine": outside(),
    "deep": b'<rss version="2.0"><channel>' + b"<a>" * 300_000,
    "wide": b'<rss version="2.0"><channel>' + b"<item><title>a</title></item>" * 100_000,
    "attributes": b'<rss version="2.0" ' + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>",
    "cdata": b'<rss version="2.0"><channel><item><title>' + b"<![CDATA[" * 200_000,
    "brackets": b'<?xml version="1.0"?>' + b"<" * 1_000_000,
    "json brackets": b"{" + b"[" * 1_000_000,
    "cut off": RSS.format(encoding="utf-8").encode()[:-30],
    "binary": bytes(range(256)) * 4000,
    "nothing": b"",
    "html deep": b"<!doctype html>" + b"<div class=comment>" * 200_000,
    "html wide": b"<!doctype html>" + b"<p class=comment>a</p>" * 100_000,
    "html attributes": b"<!doctype html><p " + b"class=comment " * 200_000 + b">",
    "json-ld": b'<script type="application/ld+json">' + b'{"@type":"Comment","comment":[' * 50_000 + b"</script>",
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOSTILE))
def test_nothing_that_stands_there_holds_us_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 4.0)
    begun = time.monotonic()
    try:
        sheet = read(HOSTILE[name])
    except apart.UnreadableError:
        pass
    else:
        assert len(sheet.items) <= 500
        assert not any("root:" in item.text or "haha" in item.text for item in sheet.items)
    assert time.monotonic() - begun < apart.PATIENCE + 6


COMMENTS = {
    "wordpress": (
        '<ol class="comment-list"><li class="comment" id="comment-5"><cite class="fn">Бот</cite>'
        '<time datetime="2026-11-27T10:00:00+05:00">вчера</time><div class="comment-content"><p>Куплю карту</p></div>'
        '<ol><li class="comment" id="comment-6"><cite class="fn">Айгүл</cite>'
        '<time datetime="2026-11-27T11:00:00+05:00"></time><div class="comment-content"><p>Это обман</p></div></li></ol></li></ol>'
    ),
    "microdata": (
        '<div itemprop="comment" itemscope itemtype="https://schema.org/Comment" id="comment-5">'
        '<span itemprop="author">Бот</span><time itemprop="dateCreated" datetime="2026-11-27T10:00:00+05:00"></time>'
        '<p itemprop="text">Куплю карту</p></div>'
        '<div itemscope itemtype="https://schema.org/Comment" id="comment-6"><span itemprop="author">Айгүл</span>'
        '<time itemprop="dateCreated" datetime="2026-11-27T11:00:00+05:00"></time><p itemprop="text">Это обман</p></div>'
    ),
    "json-ld": (
        '<script type="application/ld+json">{"@type":"NewsArticle","comment":[{"@type":"Comment","@id":"comment-5",'
        '"text":"Куплю карту","author":{"name":"Бот"},"dateCreated":"2026-11-27T10:00:00+05:00"},{"@type":"Comment",'
        '"@id":"comment-6","text":"Это обман","author":{"name":"Айгүл"},"dateCreated":"2026-11-27T11:00:00+05:00"}]}</script>'
    ),
    "xenforo": "".join(
        f'<article class="message" data-content="{name}"><h4 class="message-name">{author}</h4><time datetime="{at}"></time>'
        f'<div class="message-body"><div class="bbWrapper">{text}</div></div></article>'
        for name, author, at, text in (
            ("comment-5", "Бот", "2026-11-27T10:00:00+05:00", "Куплю карту"),
            ("comment-6", "Айгүл", "2026-11-27T11:00:00+05:00", "Это обман"),
        )
    ),
    "its own": (
        '<div class="nav-item">Главная</div><div class="otzyv-item" id="comment-5"><b class="user">Бот</b>'
        '<i class="date">27.11.2026 10:00:00</i><div class="otzyv-text">Куплю карту</div></div>'
        '<div class="otzyv-item" id="comment-6"><b class="user">Айгүл</b><i class="date">27.11.2026 11:00:00</i>'
        '<div class="otzyv-text">Это обман</div></div>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(COMMENTS))
def test_comments_are_found_without_being_told_where(name: str) -> None:
    sheet = read(
        f"<!doctype html><title>Новость</title>{COMMENTS[name]}".encode(), url="https://a.kz/n/1"
    )
    found = [(item.id, item.text, item.author, item.at) for item in sheet.items]
    assert found == [
        ("comment-5", "Куплю карту", "Бот", "2026-11-27T05:00:00+00:00"),
        ("comment-6", "Это обман", "Айгүл", "2026-11-27T06:00:00+00:00"),
    ]


SID = "0123456789abcdef0123456789abcdef"
FORUMS = {
    "phpbb": (
        '<div class="post" id="p{n}"><dl class="postprofile"><a class="username" href="/u?u={n}&amp;sid={sid}">Бот</a></dl>'
        '<div class="postbody"><p class="author"><a href="/t?p={n}&amp;sid={sid}#p{n}">x</a><time datetime="2026-11-28T10:0{n}:59Z"></time></p>'
        '<div class="content">Куплю карту</div><a href="/file.php?id={n}&amp;mode=view"><img src="/file.php?id={n}&amp;t=1"></a></div></div>'
        '<div class="pagination"><span class="next"><a href="/t?start=15&amp;sid={sid}">2</a></span></div>',
        "p{n}", "https://a.kz/u?u={n}", "https://a.kz/t?p={n}#p{n}", ["https://a.kz/file.php?id={n}&mode=view", "https://a.kz/file.php?id={n}&t=1"],
    ),
    "vbulletin 4": (
        '<li class="postbitlegacy postcontainer" id="post_{n}"><span class="postdate">28.11.2026, 15:0{n}</span>'
        '<div class="userinfo"><a class="username" href="/member.php?{n}-Bot"><b>Бот</b></a></div>'
        '<div id="post_message_{n}"><blockquote class="postcontent">Куплю карту</blockquote></div></li>',
        "post_{n}", "https://a.kz/member.php?{n}-Bot", "https://a.kz/n/1#post_{n}", [],
    ),
    "vbulletin 3": (
        '<table id="post{n}"><tr><td class="thead">28.11.2026, 15:0{n}</td></tr><tr><td><a class="bigusername" href="/u{n}">Бот</a></td>'
        '<td id="td_post_{n}"><div id="post_message_{n}">Куплю карту</div></td></tr></table>',
        "post{n}", "https://a.kz/u{n}", "https://a.kz/n/1#post{n}", [],
    ),
    "invision": (
        '<article id="elComment_{n}" class="ipsComment"><aside class="ipsComment_author"><h3 class="cAuthorPane_author"><a href="/u{n}">Бот</a></h3>'
        '<a class="ipsUserPhoto"><img src="/face.jpg"></a></aside><div class="ipsComment_content"><time datetime="2026-11-28T10:0{n}:59Z">5 минут назад</time>'
        '<div data-role="commentContent">Куплю карту</div></div></article>',
        "elComment_{n}", "https://a.kz/u{n}", "https://a.kz/n/1#elComment_{n}", [],
    ),
    "discuz": (
        '<div id="post_{n}"><table id="pid{n}"><tr><td class="pls"><div class="authi"><a class="xw1" href="/u{n}">Бот</a></div></td><td class="plc">'
        '<div class="pti"><div class="authi"><img src="/online.gif"><em id="authorposton{n}">Опубликовано 2026-11-28 15:0{n}</em></div></div>'
        '<table><tr><td class="t_f" id="postmessage_{n}">Куплю карту<img src="/none.gif" zoomfile="/{n}.jpg" file="/{n}.thumb.jpg"></td></tr></table></td></tr></table></div>',
        "pid{n}", "https://a.kz/u{n}", "https://a.kz/n/1#pid{n}", ["https://a.kz/{n}.jpg"],
    ),
    "telegram": (
        '<div class="tgme_widget_message" data-post="chan/{n}"><i class="tgme_widget_message_user_photo"><img src="/face.jpg"></i>'
        '<a class="tgme_widget_message_owner_name" href="/u{n}">Бот</a><a class="photo_wrap" style="width:800px;background-image:url(\'/{n}.jpg\')"></a>'
        '<div class="tgme_widget_message_text">Куплю карту</div><span class="tgme_widget_message_views">1.{n}K</span>'
        '<a class="tgme_widget_message_date" href="/chan/{n}"><time datetime="2026-11-28T10:0{n}:59Z">10:00</time></a></div>',
        "chan/{n}", "https://a.kz/u{n}", "https://a.kz/chan/{n}", ["https://a.kz/{n}.jpg"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORUMS))
def test_forums_are_read_without_being_told_how(name: str) -> None:
    html, key, author, link, pictures = FORUMS[name]
    posts = "".join(html.replace("{n}", n).replace("{sid}", SID) for n in "12")
    sheet = read(f"<!doctype html>{posts}".encode(), url="https://a.kz/n/1", pictures=True)
    assert [
        (item.id, item.text, item.author, item.author_id, item.at, item.link, [*item.pictures])
        for item in sheet.items
    ] == [
        (
            key.format(n=n),
            "Куплю карту",
            "Бот",
            author.format(n=n),
            f"2026-11-28T10:0{n}:59+00:00",
            link.format(n=n),
            [one.format(n=n) for one in pictures],
        )
        for n in (1, 2)
    ]
    assert sheet.next == ("https://a.kz/t?start=15" if name == "phpbb" else "")


def test_words_that_tell_when_are_no_edit() -> None:
    """«5 минут назад» is another at each look."""
    parts = '<b class="user">Бот</b><time datetime="2026-11-28T10:00:00Z">5 минут назад</time>'
    html = f'<div class="otzyv-item"><div class="box-content">{parts}<p>Воды нет</p></div></div>'
    sheet = read(f"<!doctype html>{html * 2}".encode())
    assert {one.text for one in sheet.items} == {"Воды нет"}


@pytest.mark.parametrize(
    "html",
    [
        "<ul class='menu'><li class='post-link'>Новости</li><li class='post-link'>Акимат</li></ul>",
        "<p>Просто страница</p>",
        "<div class='comments'>Комментариев пока нет</div>",
    ],
)
def test_a_menu_is_no_comment(html: str) -> None:
    assert read(f"<!doctype html>{html}".encode()).items == ()


def test_a_page_in_old_letters_is_read_even_where_it_says_otherwise() -> None:
    html = f"<!doctype html><title>Новость</title>{COMMENTS['wordpress']}".replace("ү", "у")
    for encoding in ("cp1251", "utf-8"):
        sheet = read(html.encode("cp1251"), encoding=encoding, url="https://a.kz/n/1")
        assert sheet.items[0].text == "Куплю карту"


@pytest.mark.parametrize("link", ["tel:+77025554433", "whatsapp://send?phone=77025554433"])
def test_a_number_behind_a_word_is_read(link: str) -> None:
    html = f"<!doctype html><p class=c>Карты <a href='{link}'>сюда</a></p><p class=c>да</p>"
    (first, *_) = read(html.encode(), recipe={"comment": ".c"}).items
    assert first.text == f"Карты сюда {link}"


def test_a_page_in_utf8_is_read_where_it_says_otherwise() -> None:
    html = f"<!doctype html><p class=c>{LONG}</p><p class=c>{LONG}</p>"
    (first, *_) = read(html.encode(), encoding="cp1251", recipe={"comment": ".c"}).items
    assert first.text == LONG


def test_a_wrong_selector_is_told_by_its_field() -> None:
    with pytest.raises(apart.WrongRecipeError, match="text"):
        read(b"<!doctype html><p class=c>a</p>", recipe={"comment": ".c", "text": "(("})


def test_who_gives_no_number_is_known_by_author_and_moment_or_by_the_words() -> None:
    recipe = {"comment": ".c", "author": "b", "time": "i", "text": "p"}
    row = "<div class=c><b>{}</b><i>{}</i><p>{}</p></div>"
    before = [
        row.format("Бот", "27.11.2026 10:00", "Куплю"),
        row.format("Бот", "5 минут назад", "Куплю карту"),
    ]
    after = [
        row.format("Бот", "27.11.2026 10:00", "Куплю слона"),
        row.format("Бот", "15 минут назад", "Куплю карту"),
    ]
    sheets = [
        read(("<!doctype html>" + "".join(rows)).encode(), recipe=recipe)
        for rows in (before, after)
    ]
    assert [i.id for i in sheets[0].items] == [i.id for i in sheets[1].items]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("12 марта 2026, 14:05", "2026-03-12T09:05:59+00:00"),
        ("0001-01-01T00:00:00", ""),  # what .NET writes where it knows no date
        ("9999-12-31T23:59:59-12:00", ""),
        ("12.03.2026 14:05:07", "2026-03-12T09:05:07+00:00"),
        ("2026-03-12 14:05", "2026-03-12T09:05:00+00:00"),
        ("March 5, 2026 at 3:04 pm", "2026-03-05T10:04:59+00:00"),
        ("28 қараша 2026 ж. 10:00", "2026-11-28T05:00:59+00:00"),
        ("вчера в 12:30", "2026-11-27T07:30:59+00:00"),
        ("бүгін, 10:15", "2026-11-28T05:15:59+00:00"),
        ("5 минут назад", "2026-11-28T08:55:00.000001+00:00"),
        ("3 күн бұрын", "2026-11-25T09:00:00.000001+00:00"),
        ("30 декабря в 10:00", "2025-12-30T05:00:59+00:00"),
        ("Sat, 28 Nov 2026 02:00:00 GMT", "2026-11-28T02:00:00+00:00"),
        ("1795821600", "2026-11-27T23:20:00+00:00"),
        ("32.13.2026 99:99", ""),
        ("давно", ""),
        ("", ""),
        ("9" * 400, ""),
    ],
)
def test_moments_as_sites_say_them(words: str, expected: str) -> None:
    assert moment(words, zone="Asia/Almaty", at=AT) == expected
