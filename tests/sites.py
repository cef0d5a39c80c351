"""The stand-in of the four classifieds sites, as a process of its own."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.city import free_port, wait_until


class Sites:
    """What sellers and moderators of the sites can do."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.host = address.removeprefix("http://")
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

    def bases(self, site: str) -> list[str]:
        """Where this site's pages stand here: ordinary and mobile."""
        return [f"{self.address}/{site}", f"{self.address}/m.{site}"]


@contextlib.contextmanager
def running_sites(folder: Path) -> Iterator[Sites]:
    port = free_port()
    command = [sys.executable, "-m", "tereze.demo.standins.platform"]
    process = subprocess.Popen([*command, "--port", str(port), "--state", str(folder)])
    sites = Sites(f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: sites.http.get("/_health").is_success, what="the stand-in sites")
        yield sites
    finally:
        sites.http.close()
        process.terminate()
        process.wait(10)
