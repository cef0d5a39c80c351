import io
import zipfile
from collections.abc import Callable

import pytest

from tereze.accounts.models import Unit
from tereze.core import due
from tereze.core.actor import Actor
from tereze.intake.actions.files import Incoming
from tereze.watch.models import Submission
from tereze.watch.submissions.taking import Handed, hand_over
from tests.watching import Time


Send = Callable[..., Submission]
ADVERT = "Куплю карту, оплата сразу. Писать +7 702 555 44 33"
CHAT = (
    "20.11.2026, 18:00 - Айгуль: Всем добрый вечер! Кто знает, когда дадут воду?\n"
    f"21.11.2026, 09:15 - +7 701 123 45 67: {ADVERT}\n"
    "21.11.2026, 09:20 - Сосед Ербол: Не пишите ему, это мошенник\n"
)


def zipped(**files: bytes) -> bytes:
    """`zipped(**{"_chat.txt": …})`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.fixture
def send(unit: Unit) -> Send:
    """`send(name=content)`: handed over on the page and read by the worker."""
    count = iter(range(1000))

    def give(text: str = "", *, read: bool = True, **more: object) -> Submission:
        files = {name: more.pop(name) for name in list(more) if "." in name}
        made = hand_over(
            unit=unit,
            handed=Handed(
                text=text,
                files=tuple(Incoming(name, content) for name, content in files.items()),  # type: ignore[arg-type]
                language="ru",
                **more,  # type: ignore[arg-type]
            ),
            channel="page",
            scope="test",
            key=str(next(count)),
            by=Actor.resident(),
        )
        if read:
            due.run_until_idle()
        return Submission.objects.get(pk=made.pk)

    return give


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)
