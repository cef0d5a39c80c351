"""The platform's side of the direct line, as small as it can be.

Written from docs/partners/developer.md alone, with Python's standard library. It shows what matters:
one token for each act, the same token for every repetition; a page after the other by cursor.

    line = DirectLine("https://tereze.example.kz/api/partner/v1", "trzp_…")
    for request in line.requests(your_turn=True):
        line.answer(request["id"], "done", token=f"answer-{request['id']}-1")
"""

import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any


RETRIED = frozenset({429, 500, 502, 503, 504})
LONGEST_PAUSE = 5.0
SECONDS = 30


class Problem(Exception):  # noqa: N818 - the standard's own word
    """The server refused; `code` says why, `detail` says it in words."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')}: {body.get('detail')}")
        self.status = status
        self.code = str(body.get("code", ""))
        self.body = body


class DirectLine:
    def __init__(self, base: str, key: str, *, language: str = "en", tries: int = 6) -> None:
        self.base = base.rstrip("/")
        self.key = key
        self.language = language
        self.tries = tries

    # reading

    def requests(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        """All of them, however many pages: `your_turn`, `status`, `kind`, `updated_since`."""
        yield from self.pages("/requests", wanted)

    def request(self, request_id: str) -> dict[str, Any]:
        return self.json("GET", f"/requests/{request_id}")

    def events(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        yield from self.pages("/webhooks/events", wanted)

    def operations(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        yield from self.pages("/operations", wanted)

    def operation(self, operation_id: str) -> dict[str, Any]:
        return self.json("GET", f"/operations/{operation_id}")

    def reasons(self, request_id: str) -> dict[str, Any]:
        return self.json("GET", f"/requests/{request_id}/statement-of-reasons")

    def evidence(self, request: dict[str, Any]) -> dict[str, bytes]:
        """The files by name, each compared with its hash."""
        files = {}
        for file in request["evidence"]["files"]:
            content = self.call("GET", file["url"].removeprefix(self.base))
            if hashlib.sha256(content).hexdigest() != file["sha256"]:
                raise ValueError(f"{file['name']} is not what was sealed")
            files[file["name"]] = content
        return files

    def package(self, request_id: str) -> bytes:
        return self.call("GET", f"/requests/{request_id}/package")

    # writing: the token belongs to the act, and is the same in every repetition

    def acknowledge(self, request_id: str, *, token: str, **more: Any) -> dict[str, Any]:
        return self.write(f"/requests/{request_id}/acknowledge", more, token)

    def answer(self, request_id: str, answer: str, *, token: str, **more: Any) -> dict[str, Any]:
        return self.write(f"/requests/{request_id}/answer", {"answer": answer, **more}, token)

    def answer_many(
        self, answers: list[dict[str, Any]], *, token: str, **more: Any
    ) -> dict[str, Any]:
        return self.write("/requests/answers", {"answers": answers, **more}, token)

    def ask(self, request_id: str, text: str, *, token: str, **more: Any) -> dict[str, Any]:
        return self.write(f"/requests/{request_id}/questions", {"text": text, **more}, token)

    def appeal(self, request_id: str, text: str, *, token: str, **more: Any) -> dict[str, Any]:
        return self.write(f"/requests/{request_id}/appeals", {"text": text, **more}, token)

    def notify(self, kind: str, url: str, *, token: str, **more: Any) -> dict[str, Any]:
        return self.write("/notices", {"kind": kind, "url": url, **more}, token)

    def webhook(self) -> dict[str, Any]:
        return self.json("GET", "/webhooks")

    def ping(self) -> dict[str, Any]:
        return self.json("POST", "/webhooks/ping", {})

    def replay(self, event_id: str) -> dict[str, Any]:
        return self.json("POST", f"/webhooks/events/{event_id}/replay", {})

    # how it is done

    def write(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        correlation = body.pop("correlation_id", "")
        headers = {"Idempotency-Key": token}
        if correlation:
            headers["X-Correlation-Id"] = correlation
        return self.json("POST", path, body, headers)

    def pages(self, path: str, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
        query = {name: written(value) for name, value in wanted.items()}
        cursor: str | None = ""
        while cursor is not None:
            more = {**query, **({"cursor": cursor} if cursor else {})}
            page = self.json("GET", f"{path}?{urllib.parse.urlencode(more, doseq=True)}")
            yield from page["items"]
            cursor = page["next_cursor"]

    def json(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.call(method, path, body, headers))
        return answer

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """Once, and again where that can help: no answer, too often, a server in trouble."""
        for attempt in range(self.tries):
            try:
                return self.once(method, path, body, headers or {})
            except Problem as problem:
                if problem.status not in RETRIED or attempt + 1 == self.tries:
                    raise
                time.sleep(float(problem.body.get("retry_after") or pause(attempt)))
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if attempt + 1 == self.tries:
                    raise
                time.sleep(pause(attempt))
        raise AssertionError("unreachable")

    def once(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> bytes:
        sent = urllib.request.Request(  # noqa: S310 - our own base address
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Accept-Language": self.language,
                "Content-Type": "application/json",
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(sent, timeout=SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise Problem(error.code, problem_in(error)) from error


def problem_in(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        body = json.loads(error.read())
    except ValueError:
        body = {}
    wait = error.headers.get("Retry-After")
    return {**(body if isinstance(body, dict) else {}), **({"retry_after": wait} if wait else {})}


def pause(attempt: int) -> float:
    return min(0.25 * 2**attempt, LONGEST_PAUSE)


def written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
