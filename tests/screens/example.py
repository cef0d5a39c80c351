"""The example city, started as `make demo` starts it and brought to where every page shows work."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.city import City, free_port, wait_until


NAMES = ("desk", "botapi", "platform", "mail", "smtp", "time")
CHAT = [
    "Продам детскую коляску, почти новая, 25 000",
    "Куплю карту, оплата сразу",
    "Полиция предупреждает: мошенники пишут «куплю карту, оплата сразу». Не передавайте карты.",
    "Кто знает, когда дадут горячую воду?",
    "Жұмыс бар, күніне 50 000 тг, тек телефонмен, жаз +77051112233",
    "Меня обманули: позвонили из «банка», назвала код из смс и с карты ушло 250 000 тенге.",
]
REQUESTS = """
from tereze.accounts.models import User
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Request
from tereze.intake.models import Report
chief = User.objects.get(username="chief")
report = Report.objects.order_by("-received_at").first()
url = next(word for word in report.masked_text.split() if word.startswith("http"))
other = {other!r}
for address in [url, *other]:
    actions.draft_request(
        unit=chief.unit,
        url=address,
        reason="Берёт предоплату на карту и исчезает: заявили трое.",
        by=chief.actor,
        user=chief,
        links=[("report", report.public_id)],
    )
"""
STATES = """
from tereze.disruption.models import Request
print(" ".join(Request.objects.filter(approved_at=None).values_list("state", flat=True)))
"""
APPROVE = """
from tereze.accounts.models import User
from tereze.disruption import actions
from tereze.disruption.models import Request, State
chief = User.objects.get(username="chief")
for request in Request.objects.filter(state=State.CAPTURED).order_by("pk")[:2]:
    actions.approve(request=request, user=chief)
"""


@contextlib.contextmanager
def example_city() -> Iterator[City]:
    folder = Path(tempfile.mkdtemp(prefix="tereze-screens-"))
    ports = {name: free_port() for name in NAMES}
    variables = {f"TEREZE_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    city = City(folder, variables)
    city.url = f"http://127.0.0.1:{ports['desk']}"
    try:
        city.start("demo")
        filled = folder / "example-city"
        wait_until(
            lambda: filled.exists() and "advert" in filled.read_text().split(),
            what="the example city",
            seconds=180,
        )
        wait_until(
            lambda: httpx.get(f"{city.url}/healthz").is_success, what="the first page", seconds=120
        )
        talk(f"http://127.0.0.1:{ports['botapi']}/_city/chats")
        ask_for_removals(city, f"http://127.0.0.1:{ports['platform']}")
        yield city
    finally:
        city.stop()
        shutil.rmtree(folder, ignore_errors=True)


def talk(chats: str) -> None:
    """Residents write in the chats of the stand-in Telegram; the wall reads along."""
    for chat in httpx.get(chats, timeout=20).json():
        members = httpx.get(f"{chats}/{chat['id']}/members", timeout=20).json()
        residents = [m["user"]["id"] for m in members if not m["user"]["is_bot"]]
        for author, text in zip(residents, CHAT, strict=False):
            message = {"user_id": author, "text": text}
            httpx.post(f"{chats}/{chat['id']}/messages", json=message, timeout=20)


def ask_for_removals(city: City, platform: str) -> None:
    """Requests in several states: two at the platform, one waiting for a signature."""
    listings = httpx.get(f"{platform}/_site/listings", timeout=20).json()
    other = [row["url"] for row in listings if row["site"] == "olx"][:3]
    city.python(REQUESTS.format(other=other))
    wait_until(
        lambda: "drafted" not in city.python(STATES).split(), what="the captures", seconds=120
    )
    city.python(APPROVE)
