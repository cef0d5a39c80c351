"""Reading in a process of its own: a line of JSON and the body in, a line of JSON out.

    python -m tereze.watch.webreading.apart

What a page cannot do there: take more than its seconds and memory, or hold the interpreter that
decides about messages. A crash is an answer too: that page cannot be read.
"""

import json
import resource
import subprocess
import sys
from datetime import datetime
from typing import Any

from tereze.indicators.alphabets import text_of
from tereze.watch.webreading.found import Sheet


SECONDS = 10  # of a processor
PATIENCE = 20.0  # seconds until it is killed
MEMORY = 1024 * 1024 * 1024
LARGEST = 64 * 1024 * 1024  # bytes of its answer


class UnreadableError(Exception):
    """It took too much, or is no text at all."""


class WrongRecipeError(Exception):
    """A selector that is no CSS; the words are the field's name."""


def read(
    body: bytes,
    *,
    url: str,
    at: datetime,
    zone: str,
    headers: dict[str, str] | None = None,
    encoding: str = "utf-8",
    recipe: dict[str, str] | None = None,
    kind: str = "",
    pictures: bool = False,
) -> Sheet:
    """What stands there. `kind`: feed, page, or empty to find out; without a recipe it is guessed.
    `pictures`: where those of each entry lie, too; without that, one that says nothing is none."""
    job = {
        "url": url,
        "at": at.isoformat(),
        "zone": zone,
        "headers": headers or {},
        "encoding": encoding,
        "recipe": recipe,
        "kind": kind,
        "pictures": pictures,
    }
    given = json.dumps(job).encode() + b"\n" + body
    command = [sys.executable, "-m", "tereze.watch.webreading.apart"]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=PATIENCE)
        answer = json.loads(done.stdout[:LARGEST])
    except (subprocess.TimeoutExpired, ValueError):
        raise UnreadableError("too_much") from None
    if "wrong" in answer:
        raise WrongRecipeError(answer["wrong"])
    return Sheet.from_json(answer)


def answer(job: dict[str, Any], body: bytes) -> dict[str, Any]:
    from tereze.watch.webreading import feeds, guessing, pages

    at, url, pictures = datetime.fromisoformat(job["at"]), job["url"], job.get("pictures", False)
    if job["kind"] == "feed" or (not job["kind"] and feeds.is_likely(body, job["headers"])):
        found = feeds.read_feed(body, url, job["headers"], at, job["zone"], pictures=pictures)
        if found is not None:
            return found.to_json()
        if job["kind"] == "feed":
            return Sheet(what="other").to_json()
    html = text_of(body, job["encoding"]).replace("\0", "")
    page = pages.Page(html, url, zone=job["zone"], at=at, pictures=pictures)
    try:
        sheet = page.read(job["recipe"]) if job["recipe"] else guessing.guess(page)
    except pages.BadSelectorError as error:
        return {"wrong": str(error)}
    return sheet.to_json()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    job = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(answer(job, sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
