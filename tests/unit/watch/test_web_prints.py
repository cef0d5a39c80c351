"""When what stands on a page is news: other words, or other pictures where these are looked at."""

import pytest

from tereze.watch.connectors.feeds.state import MOST_SWAPS, Print


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        (None, None, False),
        (None, [], False),
        (None, ["1"], False),  # switched on, or read before there was anything to switch on
        (["1"], None, False),
        ([], ["1"], True),
        (["1"], ["1"], False),
        (["1"], ["2"], True),
        (["1"], ["1", "2"], True),
    ],
)
def test_another_picture_is_news_only_where_both_were_looked_at(
    before: list[str] | None, after: list[str] | None, is_news: bool
) -> None:
    known = Print.from_text(Print.of("Фото", before).to_text())
    found = Print.of("Фото", after)
    assert found.is_as(known) is not is_news
    assert not Print.of("Иначе", after).is_as(known)


def test_a_banner_is_no_news_for_ever() -> None:
    known, news = Print.of("Фото", ["0"]), 0
    for number in range(1, 50):
        found = Print.of("Фото", [str(number)])
        news += not found.is_as(known)
        known = Print.from_text(found.after(known).to_text())
    assert news == MOST_SWAPS
