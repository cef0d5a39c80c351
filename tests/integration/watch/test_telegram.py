"""The wall against the stand-in Bot API: what disappears, what stays, what is said and undone."""

from collections.abc import Callable

import pytest

from tereze.accounts.models import Unit, User
from tereze.watch.models import Act, Decision, Message, Seal
from tests.integration.watch.conftest import Running
from tests.watching import ADVERT, STORY, WARNING, Chat, watched


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]


def test_an_advert_disappears_and_warning_and_story_stay(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    advert = chat.post(resident, ADVERT)
    warning, story = chat.post(resident, WARNING), chat.post(resident, STORY)
    watching.until(
        lambda: Act.objects.filter(kind="delete", look="not_found").exists(), what="the look"
    )
    assert not chat.is_there(advert)
    assert chat.is_there(warning)
    assert chat.is_there(story)
    blocked = Message.objects.get(external_id=str(advert))
    assert blocked.standing == "blocked"
    assert Seal.objects.get(message=blocked).content["text"]["text"] == ADVERT
    assert Decision.objects.blocking().count() == 1
