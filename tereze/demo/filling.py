"""Fill the example city: once, in steps that an interrupted start takes up again."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tereze.accounts.models import Unit
from tereze.demo import handed, line, people, story, year
from tereze.demo.ports import Ports


def marker() -> Path:
    """Its presence says that this folder holds the example city and nothing else."""
    return Path(settings.DATA) / "example-city"


def is_example_city() -> bool:
    return marker().exists()


def fill(ports: Ports, say: Callable[[str], None]) -> None:
    """Every step leaves a line in the marker file, so that none is done twice. Ports may change."""
    done = set(marker().read_text().split()) if marker().exists() else set()
    city: dict[str, Unit] = {}

    def unit() -> Unit:
        return city.setdefault("unit", Unit.objects.get(slug="sarykol"))

    steps: list[tuple[str, str, Callable[[], object]]] = [
        ("people", "people and partners", lambda: people.found(site=ports.url("platform"))),
        ("year", "the year's offences", lambda: year.live_through(unit())),
        ("reports", "reports of the last weeks", lambda: story.tell_reports(unit())),
        ("removals", "removed adverts", lambda: line.live_through(unit())),
        ("case", "a case at work", lambda: story.begin_case(unit())),
        ("warning", "a warning", story.warn),
        ("events", "events", story.plan_events),
        ("chats", "watched chats", lambda: story.watch_chats(unit(), ports.url("botapi"))),
        ("handed", "a chat handed over", lambda: handed.live_through(unit())),
        ("picture", "a picture in a chat", lambda: handed.post_picture(ports.url("botapi"))),
        ("site", "the akimat's page", lambda: story.watch_site(unit(), ports.url("platform"))),
        ("advert", "the fake advert", lambda: advert(unit(), ports)),
    ]
    if "people" in done:
        people.place_sites(unit(), site=ports.url("platform"))
    if "chats" in done:
        story.place_chats(unit())
    if "site" in done:
        story.place_site(unit(), ports.url("platform"))
    for name, what, step in steps:
        if name in done:
            continue
        say(f"  {what} …")
        step()
        with marker().open("a") as file:
            file.write(f"{name}\n")


def advert(unit: Unit, ports: Ports) -> None:
    address = story.post_advert(ports.url("platform"))
    story.tell_advert(unit, address)
