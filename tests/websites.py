"""A real HTTP server on this machine whose pages, feeds and faults a test decides."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


ROBOTS = "User-agent: *\nAllow: /\n"


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0  # seconds


@dataclass
class Website:
    address: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    at_once: int = 0  # requests at the same time, the most there were
    now: int = 0

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def put(self, path: str, body: str | bytes, **more: Any) -> str:
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = Answer(body=content, **more)
        return self.address + path

    def visits(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.asked if asked == path]


@contextlib.contextmanager
def running_website() -> Iterator[Website]:
    site = Website()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                site.now += 1
                site.at_once = max(site.at_once, site.now)
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            found = site.answers.get(self.path, Answer(status=404))
            if found.hang:
                time.sleep(found.hang)
            tag = found.headers.get("ETag")
            same = tag is not None and self.headers.get("If-None-Match") == tag
            with lock:
                site.now -= 1
            self.send_response_only(304 if same else found.status)  # without a Date of its own
            for name, value in {
                "Content-Type": "text/html; charset=utf-8",
                **found.headers,
            }.items():
                self.send_header(name, value)
            body = b"" if same else found.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    site.put("/robots.txt", ROBOTS)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def comment(number: int, text: str, *, author: str = "Айгүл", at: str = "") -> str:
    when = f'<time datetime="{at}"></time>' if at else ""
    return (
        f'<li class="comment" id="comment-{number}"><cite class="fn">{author}</cite>{when}'
        f'<div class="comment-content"><p>{text}</p></div></li>'
    )


def page(*comments: str, title: str = "Новости акимата") -> str:
    listed = "".join(comments)
    return f'<!doctype html><title>{title}</title><ol class="comment-list">{listed}</ol>'


def rss(*entries: tuple[str, str]) -> str:
    items = "".join(
        f'<item><guid isPermaLink="false">{guid}</guid><description>{text}</description></item>'
        for guid, text in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Лента</title>{items}</channel></rss>'
