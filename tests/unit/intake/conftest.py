import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tereze.accounts.models import Unit
from tereze.core.actor import Actor
from tereze.core.ids import new_token
from tereze.core.limits import Window
from tereze.intake.actions import Incoming, Sending, Submitted, submit_report
from tereze.intake.channels.api import reports as api_reports
from tereze.intake.channels.web import door, follow
from tereze.intake.models import Channel, Report
from tereze.intake.statement import Statement, read_statement


STORY = (
    "Мне позвонили из банка с номера +7 701 555 66 77, сказали, что с карты переводят деньги. "
    "Я назвала код, и с моей карты 4400 4302 1234 5679 ушли 150 000 тенге."
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Limits live in the process; each test starts with none used up."""
    windows = [
        value
        for module in (door, follow, api_reports)
        for value in vars(module).values()
        if isinstance(value, Window)
    ]
    for window in windows:
        window.hits.clear()
    yield
    for window in windows:
        window.hits.clear()


Submit = Callable[..., Submitted]


@pytest.fixture
def submit(unit: Unit) -> Submit:
    """`submit("text", contact="…")`: a report as a channel sends it."""

    def do(text: str = STORY, *, files: tuple[Incoming, ...] = (), **typed: Any) -> Submitted:
        statement: Statement = read_statement({"text": text, **typed}, language="ru")
        return submit_report(
            unit=unit,
            statement=statement,
            channel=Channel.WEB,
            sending=Sending(scope="web", key=typed.pop("key", new_token())),
            files=files,
            by=Actor.resident(),
        )

    return do


@pytest.fixture
def report(submit: Submit) -> Report:
    return submit(contact="8 702 111 22 33", name="Айгуль").report


def as_file(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file
