"""A real Matrix server (Synapse) of our own: own environment, own folder, own port; and its people.

`make test` installs it from requirements-synapse.txt into .venv-synapse.
"""

import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.city import free_port, wait_until


PYTHON = Path(__file__).parents[1] / ".venv-synapse" / "bin" / "python"
NAME = "balqash.test"
SECRET = "only of this test"
FAST = {"per_second": 100_000, "burst_count": 100_000}
NUMBER = itertools.count(1)


def config(folder: Path, port: int) -> dict[str, Any]:
    """Nothing outside is spoken to, and no limit holds unless a test asks for one."""
    return {
        "server_name": NAME,
        "pid_file": str(folder / "pid"),
        "listeners": [
            {
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "synapse.db")}},
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "registration_shared_secret": SECRET,
        "macaroon_secret_key": SECRET,
        "form_secret": SECRET,
        "report_stats": False,
        "trusted_key_servers": [],
        "bcrypt_rounds": 4,
        # what costs time and nobody here looks at
        "presence": {"enabled": False},
        "push": {"enabled": False},
        "stats": {"enabled": False},
        "user_directory": {"enabled": False},
        "rc_message": FAST,
        "rc_registration": FAST,
        "rc_login": {"address": FAST, "account": FAST, "failed_attempts": FAST},
        "rc_joins": {"local": FAST, "remote": FAST},
        "rc_joins_per_room": FAST,
        "rc_invites": {"per_room": FAST, "per_user": FAST, "per_issuer": FAST},
        "rc_room_creation": FAST,
    }


def log_config(folder: Path) -> dict[str, Any]:
    file = {"class": "logging.FileHandler", "filename": str(folder / "log"), "level": "WARNING"}
    return {"version": 1, "handlers": {"file": file}, "root": {"handlers": ["file"]}}


@contextlib.contextmanager
def running_synapse() -> Iterator["Synapse"]:
    assert PYTHON.exists(), f"no Synapse at {PYTHON}: run `make test`, or `make synapse` once"
    folder, port = Path(tempfile.mkdtemp(prefix="tereze-synapse-")), free_port()
    key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {key}\n")
    (folder / "homeserver.yaml").write_text(json.dumps(config(folder, port)))  # JSON is YAML
    (folder / "log.yaml").write_text(json.dumps(log_config(folder)))
    command = [PYTHON, "-m", "synapse.app.homeserver", "--config-path", folder / "homeserver.yaml"]
    with (folder / "err").open("wb") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=errors, stderr=errors)
    server = Synapse(f"http://127.0.0.1:{port}", httpx.Client(timeout=30))

    def answers() -> bool:
        assert process.poll() is None, (folder / "err").read_text()[-2000:]
        return httpx.get(f"{server.url}/health").is_success

    try:
        wait_until(answers, what="Synapse", seconds=180)
        yield server
    finally:
        server.http.close()
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Synapse:
    url: str
    http: httpx.Client

    def person(self, name: str, *, admin: bool = False) -> "Person":
        """A new account with a name nobody else has, logged in."""
        path = f"{self.url}/_synapse/admin/v1/register"
        nonce = self.http.get(path).json()["nonce"]
        local, password = f"{name}-{next(NUMBER)}", secrets.token_hex(8)
        words = [nonce, local, password, "admin" if admin else "notadmin"]
        mac = hmac.new(SECRET.encode(), "\0".join(words).encode(), hashlib.sha1).hexdigest()
        body = {
            "nonce": nonce,
            "username": local,
            "password": password,
            "admin": admin,
            "mac": mac,
        }
        made = self.http.post(path, json=body).raise_for_status().json()
        return Person(self, made["user_id"], made["access_token"], password)


@dataclass
class Person:
    server: Synapse
    id: str
    token: str
    password: str = ""

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        url = f"{self.server.url}/_matrix/client/v3{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.server.http.request(method, url, json=body, params=params, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def room(self, name: str, *members: "Person", **more: Any) -> "Room":
        body = {"preset": "public_chat", "name": name, **more}
        made = Room(self, self.ask("POST", "/createRoom", body)["room_id"])
        for member in members:
            member.ask("POST", f"/join/{quote(made.id)}", {})
        return made


@dataclass
class Room:
    owner: Person
    id: str

    def path(self, *parts: str) -> str:
        return "/".join([f"/rooms/{quote(self.id)}", *(quote(part, safe="") for part in parts)])

    def send(self, who: Person, content: str | dict[str, Any], kind: str = "m.room.message") -> str:
        body = {"msgtype": "m.text", "body": content} if isinstance(content, str) else content
        path = self.path("send", kind, secrets.token_hex(8))
        return str(who.ask("PUT", path, body)["event_id"])

    def edit(self, who: Person, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        return self.send(
            who, {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        )

    def redact(self, who: Person, event: str) -> None:
        who.ask("PUT", self.path("redact", event, secrets.token_hex(8)), {})

    def event(self, event: str) -> dict[str, Any]:
        return dict(self.owner.ask("GET", self.path("event", event)))

    def is_there(self, event: str) -> bool:
        return "redacted_because" not in self.event(event).get("unsigned", {})

    def state(self, kind: str, key: str = "") -> dict[str, Any]:
        return dict(self.owner.ask("GET", self.path("state", kind) + f"/{quote(key)}"))

    def put_state(self, kind: str, content: dict[str, Any], key: str = "") -> None:
        self.owner.ask("PUT", self.path("state", kind) + f"/{quote(key)}", content)

    def membership(self, who: Person) -> str:
        return str(self.state("m.room.member", who.id)["membership"])

    def level(self, who: Person) -> int:
        users = self.state("m.room.power_levels").get("users", {})
        return int(users.get(who.id, 0))

    def promote(self, who: Person, level: int) -> None:
        levels = self.state("m.room.power_levels")
        levels["users"] = {**levels.get("users", {}), who.id: level}
        self.put_state("m.room.power_levels", levels)

    def history(self) -> Iterator[dict[str, Any]]:
        """Every event, the newest first."""
        start: dict[str, str] = {}
        while True:
            found = self.owner.ask("GET", self.path("messages"), dir="b", limit=1000, **start)
            yield from found["chunk"]
            if not found.get("end"):
                return
            start = {"from": found["end"]}

    def notices(self) -> list[str]:
        found = self.owner.ask("GET", self.path("messages"), dir="b", limit=100)["chunk"]
        return [e["content"]["body"] for e in found if e["content"].get("msgtype") == "m.notice"]
