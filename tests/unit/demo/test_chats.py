"""The chats of the example city: an officer may change one of them without blinding the others."""

from typing import Any

import httpx
import pytest

from tereze.accounts.models import Unit, User
from tereze.demo import story
from tereze.watch.actions import sources
from tereze.watch.models import Source


STANDIN = "http://127.0.0.1:8081"


@pytest.mark.django_db
def test_a_chat_that_is_changed_keeps_its_bot(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for role in ("it_specialist", "duty_officer"):
        User.objects.create_user(username=role.split("_")[0], password="x" * 12, name=role, role=role, unit=unit)  # fmt: skip
    chats = [{"id": -1001, "title": "Рынок"}, {"id": -1002, "title": "Соседи"}]
    answer = httpx.Response(200, json=chats, request=httpx.Request("GET", STANDIN))
    monkeypatch.setattr(httpx, "get", lambda *_args, **_more: answer)
    story.watch_chats(unit, STANDIN)
    settings.TELEGRAM_SERVER = STANDIN  # of the processes that the demo starts
    by = User.objects.get(username="it").actor
    changed = sources.change_source(source=Source.objects.earliest("pk"), by=by, title="Базар")
    other = Source.objects.exclude(pk=changed.pk).get()
    assert changed.bot_key == other.bot_key
