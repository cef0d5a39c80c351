"""Forums as they are: lists of topics, sessions in every link, posts that are a photo alone."""

import pytest

from tereze.accounts.models import Unit
from tereze.watch.models import Message
from tests.integration.watch.test_web import WORDPRESS, watched
from tests.integration.watch.test_web_visits import look, texts, visit
from tests.watching import ADVERT
from tests.websites import Website, comment, page


pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_long_list_lists_is_read_before_the_list_goes_on(unit: Unit, site: Website) -> None:
    def topic(*comments: str) -> None:
        site.put("/t", page(*comments))

    for number in range(12):
        further = f"<a rel=next href='/l{number + 1}'>2</a>"
        site.put(f"/l{number}", f"<!doctype html><a class=topic href='/t'>Вода</a>{further}")
    topic(comment(1, "Воды нет"))
    recipe = {"comment": ".comment", "threads": "a.topic@href", "next": "a[rel=next]@href"}
    source = watched(unit, f"{site.address}/l0", recipe=recipe)
    visit(source)
    topic(comment(1, "Воды нет"), comment(2, ADVERT))
    visit(source)
    assert [text.partition("\n")[2] for text in texts(source)] == [ADVERT]


def test_sessions_in_links_bring_nothing_twice(unit: Unit, site: Website) -> None:
    def forum(session: str, *texts: str) -> None:
        site.put(
            "/f", f"<!doctype html><a class=topic href='/t?t=1&amp;sid={session * 32}'>Вода</a>"
        )
        posts = "".join(
            f"<div class=post id=p{number}><a class=user href='/u?u=1&amp;sid={session * 32}'>Бот</a>"
            f"<p class=text>{text}</p></div>"
            for number, text in enumerate(texts)
        )
        site.put("/t?t=1", f"<!doctype html>{posts}")

    recipe = {"comment": ".post", "text": ".text", "author": ".user", "threads": ".topic@href"}
    forum("a", "Воды нет")
    source = watched(unit, f"{site.address}/f", recipe=recipe)
    visit(source)
    for session in "bc":
        forum(session, "Воды нет", ADVERT)
        visit(source)
    assert texts(source) == [ADVERT]
    assert Message.objects.get().author["id"] == f"{site.address}/u?u=1"


def test_comments_of_pictures_alone_are_no_new_layout(unit: Unit, site: Website) -> None:
    source = watched(unit, site.put("/n", page(comment(1, "Воды нет"))))
    look(source)
    pictures = [comment(number, "<img src='/1.jpg'>") for number in range(2, 6)]
    site.put("/n", page(comment(1, "Воды нет"), *pictures))
    assert look(source).health == "ok"


@pytest.mark.parametrize(("newest_first", "trouble"), [(False, "too_long"), (True, "")])
def test_a_topic_whose_end_is_out_of_reach_is_told(
    unit: Unit, site: Website, newest_first: bool, trouble: str
) -> None:
    for number in range(12):
        day = 12 - number if newest_first else number + 1
        post = comment(number, f"Пост {number}", at=f"2026-01-{day:02}T10:00:00+05:00")
        site.put(f"/t{number}", f"{page(post)}<a rel=next href='/t{number + 1}'>2</a>")
    recipe = {**WORDPRESS, "next": "a[rel=next]@href"}
    source = watched(unit, f"{site.address}/t0", recipe=recipe)
    for _look in range(2):  # the second finds nothing changed
        assert look(source).health_reason == trouble
