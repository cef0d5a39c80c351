"""`tereze up`: what dies is started again, and nothing outlives the supervisor."""

import os
import signal
from pathlib import Path

import httpx

from tests.city import City, a_city, free_port, wait_until


NAMES = {"serve", "worker", "clock", "watch"}


def processes(city: City) -> dict[str, int]:
    """The running processes of this city by name; Linux tells them apart by their environment."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (path / "cmdline").read_text().split("\0")
            ours = f"TEREZE_DATA={city.folder}\0" in (path / "environ").read_text()
        except OSError:
            continue
        if ours and "tereze" in arguments:
            found[arguments[arguments.index("tereze") + 1]] = int(path.name)
    return found


def test_whatever_dies_comes_back_and_goes_with_its_supervisor() -> None:
    with a_city() as city:
        port = free_port()
        up = city.start("up", "--port", str(port))

        def answers() -> bool:
            return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success

        wait_until(answers, what="the first page", seconds=60)
        first = wait_until(
            lambda: (found := processes(city)).keys() >= NAMES and found, what="every process"
        )
        os.kill(first["worker"], signal.SIGKILL)
        wait_until(
            lambda: processes(city).get("worker") not in {None, first["worker"]},
            what="another worker",
        )
        os.kill(up.pid, signal.SIGKILL)
        up.wait()
        wait_until(lambda: not processes(city), what="the end of all")


def test_a_database_older_than_the_program_is_refused(tmp_path: Path) -> None:
    with a_city() as city:
        city.environment.update(TEREZE_DATA=str(tmp_path), TEREZE_NEW_KEYS="1")
        city.environment.pop("DATABASE_URL", None)
        done = city.run("up", "--port", str(free_port()))
    assert done.returncode == 1
    assert "tereze init" in done.stderr
