"""What the wall shows whoever looks at it."""

from collections.abc import Callable

import pytest
from django.test import Client

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.watch.actions import officers, sources
from tereze.watch.models import Source
from tereze.watch.views.wall import WAITING
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT


pytestmark = pytest.mark.django_db


def test_the_row_that_somebody_reads_stays_on_the_page_in_a_flood(
    say: Say, source: Source, client: Client, officer: Callable[[str], User]
) -> None:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    read, *_later = [say(f"{ADVERT}, {number}") for number in range(WAITING + 5)]
    duty = officer(Role.DUTY_OFFICER)
    client.force_login(duty)

    def rows(chosen: str) -> str:
        answer = client.get("/desk/wall/", {"chosen": chosen}, headers={"HX-Request": "true"})
        return answer.content.decode().partition("wall-chats")[0]

    assert f'id="w-{read.public_id}"' not in rows("")
    page = rows(read.public_id)
    assert f'id="w-{read.public_id}"' in page
    assert f'<span class="count">{WAITING + 5}</span>' in page
    assert rows("чужое") == rows("")
    officers.release(message=read, by=duty)  # decided, it goes
    assert f'id="w-{read.public_id}"' not in rows(read.public_id)
