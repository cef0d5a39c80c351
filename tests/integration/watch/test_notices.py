"""The service says how long to wait: what is posted in that chat waits, and is posted once."""

from collections.abc import Callable

import pytest

from tereze.accounts.models import Unit
from tereze.watch.models import Message, Notice
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
