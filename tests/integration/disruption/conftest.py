"""A real stand-in of the four classifieds sites, in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Partner


BY = Actor.machine("test")


class Sites:
    """What a moderator of the stand-in sites can do."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, trust_env=False)

    def post(self, **advert: Any) -> tuple[str, str]:
        """Publish an advert; its code and address."""
        values = {
            "site": "olx",
            "title": "iPhone 15 Pro, срочно",
            "price": 150000,
            "seller": "Айбек",
            "phone": "+7 705 111 22 33",
            "description": "Цена ниже рынка. Отправлю после предоплаты, звонить 8 705 111 22 33.",
            **advert,
        }
        made = self.http.post("/_site/listings", json=values).raise_for_status().json()
        return made["code"], made["url"]

    def set(self, code: str, site: str = "olx", **state: Any) -> None:
        self.http.post(f"/_site/listings/{site}/{code}", json=state).raise_for_status()

    def visits(self) -> list[dict[str, Any]]:
        return self.http.get("/_site/visits").raise_for_status().json()  # type: ignore[no-any-return]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    port, folder = free_port(), tmp_path_factory.mktemp("sites")
    command = [sys.executable, "-m", "tereze.demo.standins.platform"]
    process = subprocess.Popen([*command, "--port", str(port), "--state", str(folder)])
    running = Sites(f"http://127.0.0.1:{port}")
    try:
        wait_for(running, process)
        yield running
    finally:
        running.http.close()
        process.terminate()
        process.wait(10)


def wait_for(running: Sites, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        try:
            running.http.get("/_health").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the stand-in sites did not start")


@pytest.fixture
def city(unit: Unit, sites: Sites, settings: Any) -> Unit:
    """The unit with its known partners, whose pages stand at the stand-in."""
    settings.ALLOWED_PRIVATE = [sites.address.removeprefix("http://")]
    actions.register_known_partners(unit=unit, by=BY)
    for slug in ("olx", "kolesa", "krisha", "kaspi"):
        Partner.objects.filter(unit=unit, slug=slug).update(
            bases=[f"{sites.address}/{slug}", f"{sites.address}/m.{slug}"]
        )
    return unit


@pytest.fixture
def olx(city: Unit) -> Partner:
    return Partner.objects.get(unit=city, slug="olx")


@pytest.fixture
def moderator(olx: Partner) -> User:
    user = User.objects.create_user(
        username="olx.moderator",
        password="correct horse battery",
        name="Модератор OLX",
        role=Role.PARTNER,
        unit=olx.unit,
    )
    actions.add_member(partner=olx, user=user, by=BY)
    return user
