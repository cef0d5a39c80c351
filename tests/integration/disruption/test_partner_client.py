"""The example client and receiver against real processes: server, worker, and a kill -9."""

import io
import json
import signal
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import pytest

from examples.partner_client.client import DirectLine, Problem
from examples.partner_client.receiver import Receiver
from tests.city import City, a_city, free_port, wait_until


# "keep the data" is looked at by nobody afterwards: nothing here goes out to a real site
PREPARE = """
import json
from django.db import transaction
from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.casework.actions import Part, store_parts
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Partner
unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
chief = User.objects.create(username="chief", name="Ахметова А.", role=Role.CHIEF, unit=unit, post="майор")
by = chief.actor
actions.register_known_partners(unit=unit, by=by)
olx, krisha = (Partner.objects.get(slug=slug) for slug in ("olx", "krisha"))
Partner.objects.filter(pk__in=[olx.pk, krisha.pk]).update(channel="api")
webhook = actions.set_webhook(partner=olx, url="{url}", by=by)
keys = [actions.issue_partner_key(partner=p, label="модерация", by=by)[1] for p in (olx, krisha)]
files = store_parts([Part("page.png", "image/png", b"picture", outgoing=True), Part("note.txt", "text/plain", b"inner")])
sent = []
for number in range({count}):
    with transaction.atomic():
        row = actions.draft_request(
            unit=unit, url=f"https://www.olx.kz/d/obyavlenie/iphone-IDr9{{number:03d}}.html",
            kind="preserve_data", reason="Предоплата без товара", by=by, user=chief,
        ).request
        actions.seal_capture(request=row, files=files, seen_at=now(), facts={{}}, by=by)
        actions.approve(request=row, user=chief)
    sent.append(row.public_id)
print(json.dumps({{"keys": keys, "secret": webhook.secret, "sent": sent}}))
"""
COUNT = """
import json
from collections import Counter
from tereze.disruption.models import Request, RequestStep
rows = RequestStep.objects.filter(event__in=["answered", "delivered"]).values_list("request__public_id", "event")
print(json.dumps([[key, event, n] for (key, event), n in Counter(rows).items()]))
"""


@dataclass
class Line:
    city: City
    receiver: Receiver
    client: DirectLine
    other: DirectLine
    server: "subprocess.Popen[bytes]"
    sent: list[str]  # requests the police signed; each test takes its own

    def news(self, type_: str, request_id: str) -> dict[str, Any]:
        while True:
            came = self.receiver.news.get(timeout=30)
            about = came["data"].get("request", {}).get("id")
            if (came["type"], about) == (type_, request_id):
                return came

    def serve(self) -> None:
        port = self.city.url.rpartition(":")[2]
        self.server = self.city.start("serve", "--port", port)
        up = f"{self.city.url}/healthz"
        wait_until(lambda: httpx.get(up).is_success, what="the server", seconds=90)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    port = free_port()
    with a_city(TEREZE_STANDINS=f"127.0.0.1:{port}") as city:
        made = json.loads(
            city.python(PREPARE.format(url=f"http://127.0.0.1:{port}/hooks", count=43))
        )
        receiver = Receiver(port, made["secret"])
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        base = f"{city.serve()}/api/partner/v1"
        city.start("worker")
        client, other = (DirectLine(base, key, tries=30) for key in made["keys"])
        yield Line(city, receiver, client, other, city.processes[0], made["sent"])
        receiver.shutdown()
        receiver.server_close()


def test_the_whole_line_with_the_example_client(line: Line) -> None:
    sent = line.sent[0]
    came = line.news("request.created", sent)
    assert came["data"]["request"]["listing"] == "olx:r9000"
    request = line.client.request(sent)
    assert (request["status"], request["your_turn"]) == ("new", True)
    assert request["clock"]["act_by"]
    assert line.client.evidence(request) == {"page.png": b"picture"}
    with zipfile.ZipFile(io.BytesIO(line.client.package(sent))) as package:
        assert (
            sha256(package.read("manifest.json")).hexdigest()
            == (request["evidence"]["manifest_sha256"])
        )
        assert "files/note.txt" not in package.namelist()

    rehearsed = line.client.answer(sent, "done", token="trial", test=True)
    assert (rehearsed["status"], rehearsed["id"]) == ("validated", None)
    assert line.client.request(sent)["status"] == "new"

    line.client.acknowledge(sent, token=f"ack-{sent}")
    asked = line.client.ask(sent, "Это магазин?", token=f"ask-{sent}", correlation_id="case-17")
    done = line.client.answer(sent, "done", token=f"answer-{sent}", who="Дана Ким")
    assert asked["correlation_id"] == "case-17"
    assert [row["id"] for row in line.client.operations(correlation_id="case-17")] == [asked["id"]]
    assert line.client.operation(done["id"])["items"][0]["request_id"] == sent
    request = line.client.request(sent)
    assert (request["status"], request["answer"]["by"]) == ("answered", "Дана Ким")
    assert [word["text"] for word in request["thread"]] == ["Это магазин?"]
    assert line.client.reasons(sent)["territorial_scope"] == ["KZ"]
    assert sent not in [row["id"] for row in line.client.requests(your_turn=True)]


def test_news_sent_again_is_the_same_news(line: Line) -> None:
    event = line.client.ping()
    wait_until(lambda: event["id"] in line.receiver.seen, what="the ping")
    before = line.receiver.repeated
    wait_until(
        lambda: {e["id"]: e["state"] for e in line.client.events()}[event["id"]] == "delivered",
        what="its acceptance on record",
    )
    line.client.replay(event["id"])
    wait_until(lambda: line.receiver.repeated == before + 1, what="the repetition")


def test_another_partners_key_opens_nothing(line: Line) -> None:
    sent = line.sent[1]
    line.client.ask(sent, "?", token=f"ask-{sent}")
    (event, *_) = list(line.client.events())
    (operation, *_) = list(line.client.operations())
    assert list(line.other.requests()) == []
    assert list(line.other.events()) == []
    assert list(line.other.operations()) == []
    attempts = [
        lambda: line.other.request(sent),
        lambda: line.other.package(sent),
        lambda: line.other.call("GET", f"/requests/{sent}/files/page.png"),
        lambda: line.other.reasons(sent),
        lambda: line.other.acknowledge(sent, token="t1"),
        lambda: line.other.answer(sent, "done", token="t2"),
        lambda: line.other.ask(sent, "?", token="t3"),
        lambda: line.other.appeal(sent, "!", token="t4"),
        lambda: line.other.operation(operation["id"]),
        lambda: line.other.replay(event["id"]),
    ]
    for attempt in attempts:
        with pytest.raises(Problem) as refused:
            attempt()
        assert (refused.value.status, refused.value.code) == (404, "not_found")
    bulk = line.other.answer_many([{"request_id": sent, "answer": "done"}], token="t5")
    assert bulk["items"][0]["problem"] == "not_found"
    assert line.client.request(sent)["status"] == "new"


def test_one_token_acts_once_among_twins(line: Line) -> None:
    sent = line.sent[2]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: line.client.answer(sent, "done", token="twins"), range(8))
        )
    assert len({answer["id"] for answer in answers}) == 1
    assert {answer["items"][0]["status"] for answer in answers} == {"done"}
    assert [answer["replayed"] for answer in answers].count(False) == 1
    with pytest.raises(Problem, match="idempotency_key_reused"):
        line.client.answer(sent, "already_gone", token="twins")


def test_a_server_killed_in_the_middle_loses_and_doubles_nothing(line: Line) -> None:
    """Requests one by one and in a batch; the client repeats with the same tokens until it knows."""
    single, batch = line.sent[3:23], line.sent[23:]

    def one_by_one() -> None:
        for number, sent in enumerate(single):
            if number == 3:
                line.server.send_signal(signal.SIGKILL)
            line.client.answer(sent, "done", token=f"answer-{sent}")

    def together() -> dict[str, Any]:
        answers = [{"request_id": sent, "answer": "done"} for sent in batch]
        return line.client.answer_many(answers, token="batch")

    with ThreadPoolExecutor(2) as pool:
        second, first = pool.submit(together), pool.submit(one_by_one)
        line.server.wait(60)
        line.serve()
        first.result()
        assert [item["status"] for item in second.result()["items"]] == ["done"] * 20
    counted = {(key, event): n for key, event, n in json.loads(line.city.python(COUNT))}
    for sent in (*single, *batch):
        assert (counted[sent, "delivered"], counted[sent, "answered"]) == (1, 1)
