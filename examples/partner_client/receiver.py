"""A webhook receiver: verifies, remembers what it has seen, answers at once, works afterwards.

    python receiver.py 8090 whsec_…

Written from docs/partners/developer.md alone. What it remembers lies in memory here; a real system
keeps the ids in its database, in the same transaction as the work.
"""

import base64
import hmac
import json
import queue
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


OLDEST = 300  # seconds between their clock and ours
LARGEST = 1024 * 1024


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, *, at: float) -> bool:
    webhook_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    if not webhook_id or not stamp.isdecimal() or abs(at - int(stamp)) > OLDEST:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{webhook_id}.{stamp}.".encode() + body
    wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    given = [part.removeprefix("v1,") for part in headers.get("webhook-signature", "").split()]
    return any(hmac.compare_digest(wanted, each) for each in given)


class Receiver(ThreadingHTTPServer):
    """`news` is what came, each once; whoever works takes from it."""

    daemon_threads = True

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.secret = secret
        self.seen: set[str] = set()
        self.repeated = 0
        self.news: queue.Queue[dict[str, Any]] = queue.Queue()
        self.lock = threading.Lock()

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status to answer with."""
        if not is_genuine(self.secret, headers, body, at=time.time()):
            return 401
        with self.lock:
            if headers["webhook-id"] in self.seen:
                self.repeated += 1
            else:
                self.seen.add(headers["webhook-id"])
                self.news.put(json.loads(body))
        return 204


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length) if length <= LARGEST else b""
        self.send_response(self.server.take(self.headers, body))
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Quiet."""


def main() -> None:
    port, secret = int(sys.argv[1]), sys.argv[2]
    receiver = Receiver(port, secret)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    while True:
        news = receiver.news.get()
        sys.stdout.write(json.dumps(news, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
