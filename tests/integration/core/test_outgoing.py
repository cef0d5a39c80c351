"""The guarded room against a real server and a real browser."""

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Error, sync_playwright

from tereze.core import chromium, outgoing
from tereze.core.outgoing import FetchError, Guard, proxy


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/loop"):
            self.redirect(f"/loop{time.monotonic_ns()}")
        elif self.path.startswith("/to/"):
            self.redirect(self.path.removeprefix("/to/"))
        elif self.path == "/big":
            self.reply(b"x" * 200_000)
        elif self.path == "/packed":
            self.packed_twice(b"\0" * 50_000_000)
        elif self.path == "/drip":
            self.drip()
        else:
            self.reply(b"<title>hello</title><h1>hello</h1>")

    def redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def reply(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Asked", self.headers.get("User-Agent", ""))
        self.end_headers()
        self.wfile.write(body)

    def packed_twice(self, body: bytes) -> None:
        packed = gzip.compress(gzip.compress(body))
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip, gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(200):
            try:
                self.wfile.write(b"X-Slow: 1\r\n")
                self.wfile.flush()
            except OSError:
                return
            if self.server.stopping.wait(0.05):  # type: ignore[attr-defined]
                return

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    httpd.stopping = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{httpd.server_port}"
    httpd.stopping.set()  # type: ignore[attr-defined]
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_an_allowed_server_answers_and_learns_who_asks(server: str) -> None:
    found = outgoing.fetch(f"http://{server}/", guard=Guard.allowing([server]))
    assert (found.status, "hello" in found.text) == (200, True)
    assert "Tereze" in found.headers["x-asked"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/to/http://127.0.0.1:1/", "refused"),
        ("/to/http://[::ffff:127.0.0.1]:22/", "refused"),
        ("/to/http://169.254.169.254/latest/meta-data/", "refused"),
        ("/to/file:///etc/passwd", "refused"),
        ("/loop", "redirects"),
    ],
)
def test_every_redirect_is_checked_again(server: str, path: str, reason: str) -> None:
    with pytest.raises(FetchError) as caught:
        outgoing.fetch(f"http://{server}{path}", guard=Guard.allowing([server]))
    assert caught.value.reason == reason


def test_size_and_the_whole_time_are_bounded(server: str) -> None:
    guard = Guard.allowing([server])
    found = outgoing.fetch(f"http://{server}/big", guard=guard, limit=1000)
    assert (len(found.body), found.truncated) == (1000, True)
    started = time.monotonic()
    with pytest.raises(FetchError, match="timeout"):
        outgoing.fetch(f"http://{server}/drip", guard=guard, seconds=0.5)
    assert time.monotonic() - started < 3
    with pytest.raises(FetchError, match="more than once"):
        outgoing.fetch(f"http://{server}/packed", guard=guard)


def test_the_chain_of_redirects_is_kept(server: str) -> None:
    found = outgoing.fetch(f"http://{server}/to//end", guard=Guard.allowing([server]))
    assert [hop.status for hop in found.chain] == [302, 200]
    assert found.url == f"http://{server}/end"


def test_the_client_refuses_too(server: str, settings: object) -> None:
    settings.ALLOWED_PRIVATE = []  # type: ignore[attr-defined]
    with outgoing.client() as http, pytest.raises(outgoing.RefusedError):
        http.get(f"http://{server}/")
    settings.ALLOWED_PRIVATE = [server]  # type: ignore[attr-defined]
    with outgoing.client() as http:
        assert http.get(f"http://{server}/").status_code == 200


def test_the_proxy_lets_only_the_allowed_through(server: str) -> None:
    with proxy.running(Guard.allowing([server])) as running:
        through = httpx.Client(proxy=running.address, trust_env=False)
        with through:
            assert through.get(f"http://{server}/").status_code == 200
            assert through.get("http://127.0.0.1:1/").status_code == 403
            with pytest.raises(httpx.ProxyError, match="403"):
                through.get("https://10.0.0.1/")
        assert running.proxy.refused == ["127.0.0.1:1", "10.0.0.1:443"]


def test_a_browser_goes_through_the_proxy_even_to_this_machine(server: str) -> None:
    with proxy.running(Guard.allowing([server])) as running, sync_playwright() as playwright:
        browser = chromium.launch(
            playwright, proxy={"server": running.address, "bypass": "<-loopback>"}
        )
        page = browser.new_page()
        page.goto(f"http://{server}/")
        assert page.title() == "hello"
        for closed in ("http://localhost:8799/", "https://127.0.0.1:8799/"):
            with pytest.raises(Error):
                page.goto(closed)
        browser.close()
        assert set(running.proxy.refused) == {"localhost:8799", "127.0.0.1:8799"}


def test_a_page_that_takes_too_much_is_cut_off(server: str) -> None:
    with (
        proxy.running(Guard.allowing([server]), budget=50_000) as running,
        httpx.Client(proxy=running.address, trust_env=False) as through,
        pytest.raises(httpx.HTTPError),
    ):
        through.get(f"http://{server}/big")
