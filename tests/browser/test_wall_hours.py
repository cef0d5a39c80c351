"""A wall that stays open for a shift: eight hours' worth of messages, as fast as they go."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city, wait_until
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
from tereze.watch.actions import shifts, sources
from tests.watching import ADMINISTRATOR, lawful
unit = Unit.objects.create(slug="c", name="Балхаш")
duty = User.objects.create_user(username="duty", password={PASSWORD!r}, name="Ахметов", role="duty_officer", unit=unit)
for number in range(8):
    sources.add_source(unit=unit, kind="telegram", chat_id=f"-{{number}}", title=f"Чат {{number}}",
        by=ADMINISTRATOR, **lawful(mode="review", token="1:a", threshold=0.85, language="ru"))
shifts.begin(by=duty)
"""
# eight hours of twenty messages a minute, one in fifty of them for people
FEED = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")
django.setup()
import sys
from tereze.core.clock import now
from tereze.watch.actions import deciding, incoming
from tereze.watch.models import Source
from tereze.watch.received import Author, Incoming
sources = list(Source.objects.select_related("unit").order_by("pk"))
first, number, words = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
for begin in range(first, first + number, 40):
    batch = []
    for one in range(begin, min(begin + 40, first + number)):
        text = words or ("Куплю карту, оплата сразу, %d" if one % 50 == 0 else "Где ключи, %d?") % one
        item = Incoming(external_id=str(one), sent_at=now(), text=text, author=Author(id=str(one)))
        batch.append((sources[one % 8], item))
    deciding.decide_all(incoming.take_in(batch=batch))
"""
HOURS = 8 * 60 * 20
# how long news take to stand on the wall, each beside a page that knows of no messages: a computer that is
# busy with something else is slow at both
WATCHED = """() => {
  window.shown = [];
  let since = 0;
  document.body.addEventListener("live:wall", () => { since = since || performance.now(); });
  document.body.addEventListener("htmx:afterSwap", async (event) => {
    if (event.detail.target.id !== "wall" || !since) return;
    const taken = performance.now() - since;
    since = 0;
    const asked = performance.now();
    await (await fetch("/check/")).text();
    window.shown.push([taken, performance.now() - asked]);
  });
}"""


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city(PYTHONPATH=str(Path(__file__).parents[2])) as city:
        city.python(SETUP)
        city.serve()
        yield city


def feed(city: City, first: int, number: int, words: str = "") -> "Any":
    return city.start_python("-c", FEED, str(first), str(number), words)


def size(tools: CDPSession) -> tuple[float, float]:
    """Nodes and bytes that are really held, after everything that can go has gone."""
    tools.send("HeapProfiler.collectGarbage")
    rows = tools.send("Performance.getMetrics")["metrics"]
    found = {row["name"]: row["value"] for row in rows}
    return found["Nodes"], found["JSHeapUsedSize"]


def growth(taken: Sequence[float]) -> float:
    """How many times as long as at first it takes in the end."""
    third = len(taken) // 3
    assert third > 0
    return median(taken[-third:]) / median(taken[:third])


@pytest.mark.timeout(400)
def test_eight_hours_of_messages_leave_the_page_as_it_was(city: City, page: Page) -> None:
    log_in(page, city.url, "duty")
    page.goto(f"{city.url}/desk/wall/")
    waiting = page.locator("[data-list=waiting] [data-item]")
    assert feed(city, 0, HOURS // 6).wait(timeout=200) == 0
    # the newest, and the one that was chosen when it came, which is not taken from under the hand
    expect(waiting).to_have_count(25 + 1, timeout=60_000)
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    page.evaluate(WATCHED)
    nodes, heap = size(tools)

    feeding = feed(city, HOURS // 6, HOURS - HOURS // 6)
    wait_until(lambda: page.wait_for_timeout(100) or feeding.poll() is not None,
               what="the messages", seconds=300)  # fmt: skip
    assert feeding.returncode == 0
    expect(page.locator("#wall")).to_contain_text(f"Где ключи, {HOURS - 1}?", timeout=60_000)
    later_nodes, later_heap = size(tools)
    assert later_nodes < 1.5 * nodes
    assert later_heap < 1.5 * heap
    wall, other = zip(*page.evaluate("window.shown"), strict=True)
    assert growth(wall) < 2 * max(1, growth(other))

    # a night without network: what came meanwhile is there when it is back
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible(timeout=20_000)
    assert feed(city, HOURS, 1, "Куплю карту, оплата сразу, пока вас не было").wait(timeout=60) == 0
    page.context.set_offline(False)
    expect(page.locator("#wall")).to_contain_text("пока вас не было", timeout=30_000)
