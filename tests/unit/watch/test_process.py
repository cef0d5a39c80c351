"""Which chats the watch process reads."""

import pytest

from tereze.core.clock import now
from tereze.watch.actions import sources
from tereze.watch.models import Source
from tereze.watch.process import Watchable
from tests.watching import ADMINISTRATOR, Time


@pytest.mark.django_db
def test_the_list_of_chats_is_made_anew_where_one_differs_and_only_there(source: Source) -> None:
    watchable = Watchable()
    first = watchable.look()
    assert first == [source]
    assert watchable.look() is first
    Source.objects.update(last_message_at=now(), cursor=7)  # as every message does
    assert watchable.look() is first
    sources.change_source(source=source, by=ADMINISTRATOR, exempt=["5"])
    assert [each.exempt for each in watchable.look()] == [["5"]]


@pytest.mark.django_db
def test_a_chat_whose_term_ended_is_on_the_list_no_longer(source: Source, time: Time) -> None:
    watchable = Watchable()
    assert watchable.look() == [source]
    assert source.until is not None
    time.move(seconds=1 + (source.until - now()).total_seconds())
    assert watchable.look() == []
