"""Where the demo's processes listen. A taken port is said, and the next free one is used."""

import os
import socket
from dataclasses import dataclass


FIRST = {"desk": 8000, "botapi": 8081, "platform": 8082, "mail": 8083, "smtp": 8025, "time": 8084}
HOOK = 8090  # nobody's of ours: where a newcomer's own program may take webhooks


@dataclass(frozen=True)
class Ports:
    desk: int
    botapi: int
    platform: int
    mail: int
    smtp: int
    time: int

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{getattr(self, name)}"


def is_free(port: int) -> bool:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose() -> tuple[Ports, list[str]]:
    """Ports for everybody, and a sentence for each that was taken."""
    chosen: dict[str, int] = {}
    said = []
    for name, first in FIRST.items():
        variable = f"TEREZE_{name.upper()}_PORT"
        wanted = int(os.environ.get(variable) or first)
        taken = {*chosen.values(), HOOK}
        port = next(p for p in range(wanted, wanted + 200) if p not in taken and is_free(p))
        if port != wanted:
            said.append(
                f"Port {wanted} is taken by another program, so {port} is used ({variable}=… chooses)."
            )
        chosen[name] = port
    return Ports(**chosen), said
