"""The service says how long to wait: what is posted in that chat waits, and is posted once."""

from collections.abc import Callable

import pytest

from tereze.accounts.models import Unit
from tereze.watch.models import Message, Notice
from tests.city import A_CHAT, a_city
from tests.integration.watch.conftest import Running
from tests.watching import ADVERT, Chat, Time, watched


@pytest.mark.django_db(transaction=True)
def test_a_notice_waits_as_long_as_the_service_says(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    time: Time,
) -> None:
    watched(unit, chat, author_act="none")
    chat.post(resident, ADVERT)
    watching.until(lambda: Message.objects.filter(state="looked").exists(), what="the deletion")
    chat.city.faults({"method": "sendMessage", "code": 429, "retry_after": 40})
    for seconds in (3, 30):
        time.move(seconds=seconds)
        work_off()
        assert chat.notices() == []
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("sending", 0)
    time.move(seconds=20)
    work_off()
    assert len(chat.notices()) == 1
    assert Message.objects.get().state == "told"


TURNS = """
import threading
from django.db import connection
from tereze.watch.actions import pacing
from tereze.watch.models import Source
key, found = Source.objects.get().pk, []
def ask():
    found.append(pacing.turn(key))
    connection.close()
asking = [threading.Thread(target=ask) for _number in range(12)]
for one in asking: one.start()
for one in asking: one.join()
print([seconds > 0 for seconds in sorted(found)])
"""


def test_of_many_connections_to_a_real_database_one_has_the_turn() -> None:
    with a_city() as city:
        city.python(A_CHAT.format(kind="telegram", chat=-7, act="none", token="1:a", server=""))
        assert city.python(TURNS).strip() == str([False] + [True] * 11)
