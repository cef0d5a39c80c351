"""The real `tereze watch`, killed in the middle, and the commands beside it."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.city import City, a_city, wait_until
from tests.watching import ADVERT, STORY, TOKEN, WARNING, Chat, StandIn


UNIT = """
from tereze.accounts.models import Unit
unit, _ = Unit.objects.get_or_create(slug="balqash", defaults={"name": "Балхаш"})
"""
SOURCE = """
from tests.watching import Chat, StandIn, watched
watched(unit, Chat(StandIn("%s"), %d), author_act="restrict", server="")
"""
SETTLED = """
import json, time
from tereze.watch import sealing
from tereze.watch.models import Act, Decision, Message, Seal
end = time.monotonic() + 60
while Act.objects.filter(state="waiting").exists() and time.monotonic() < end:
    time.sleep(0.2)
print(json.dumps({
    "messages": list(Message.objects.values_list("external_id", flat=True)),
    "blocked": list(Decision.objects.blocking().values_list("message__external_id", flat=True)),
    "open": Act.objects.filter(state="waiting").count(),
    "seals": {s.message.external_id: s.at.timestamp() for s in Seal.objects.select_related("message")},
    "broken": sealing.verify().broken_at,
}))
"""


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city(PYTHONPATH=str(Path(__file__).parents[3])) as made:
        made.python(UNIT)
        yield made


@pytest.fixture
def chat(city: City, tmp_path: Path) -> Chat:
    url = city.start_botapi(tmp_path)
    standin = StandIn(url)
    bot = standin.bot(TOKEN)
    people = [standin.resident(f"Житель {number}") for number in range(40)]
    chat = standin.chat("Балхаш объявления", bot=bot, members=people)
    city.python(UNIT + SOURCE % (url, chat.id))
    return chat


@pytest.mark.timeout(300)  # three starts of a process on a busy machine
def test_killed_again_and_again_it_loses_nothing_and_decides_once(city: City, chat: Chat) -> None:
    people = [m["user"]["id"] for m in chat.city.ask("GET", f"/chats/{chat.id}/members")]
    residents = [person for person in people if person >= 500000000][:30]
    # every third answer to a deletion comes late, so that the process dies with acts under way
    chat.city.faults({"method": "deleteMessage", "code": 500, "after": True, "times": 3})
    adverts, others = [], []
    for number, person in enumerate(residents):
        if number % 3 == 0:
            adverts.append(chat.post(person, f"{ADVERT} {number}"))
        else:
            others.append(chat.post(person, f"{(WARNING, STORY)[number % 2]} {number}"))
    for deaths in range(2):
        process = city.start("watch")
        wait_until(
            lambda least=deaths * 3 + 1: sum(not chat.is_there(n) for n in adverts) >= least,
            what="some deletions",
            seconds=90,
        )
        process.kill()
        process.wait()
    city.start("watch")
    wait_until(lambda: not any(map(chat.is_there, adverts)), what="the rest", seconds=90)
    found = json.loads(city.python(SETTLED))
    assert found["open"] == 0
    assert sorted(found["messages"]) == sorted(map(str, adverts + others))
    assert sorted(found["blocked"]) == sorted(map(str, adverts))
    assert all(map(chat.is_there, others))
    assert found["broken"] is None
    deleted = {str(m["message_id"]): m["deleted_at"] for m in chat.messages()}
    assert all(found["seals"][str(n)] < deleted[str(n)] for n in adverts)
    assert city.run("watch", "verify").returncode == 0


def test_a_file_is_streamed_through_the_wall(city: City, tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl.gz"
    rows = [
        {"id": "1", "text": ADVERT},
        {"id": "2", "text": WARNING},
        {"id": "3", "text": STORY},
        {"id": "4", "text": "Доброе утро, соседи!"},
    ]
    lines = "\n".join([*(json.dumps(row, ensure_ascii=False) for row in rows), "not json", ""])
    file.write_bytes(gzip.compress(lines.encode()))
    done = city.run("watch", "replay", str(file), "--mode", "automatic", "--threshold", "0.85")
    assert done.returncode == 0, done.stderr
    assert "4 messages" in done.stdout
    assert "unreadable lines: 1" in done.stdout
    rows_shown = {
        line.split()[0]: line.split() for line in done.stdout.splitlines() if line[:1].isalpha()
    }
    assert rows_shown["illegal"][1] == "1"
    assert rows_shown["warning_or_quotation"][1] == "1"
    assert rows_shown["incident_report"][1] == "1"
    assert rows_shown["blocked"][1] == "1"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.txt", None, "no such file"),
        ("empty.jsonl", b"", "no messages"),
        ("rubbish.bin", bytes(range(256)) * 20, "not text"),
        ("rubbish.jsonl.gz", b"no gzip at all", "gzip"),
        ("other.jsonl", b'{"message": "text is missing"}\n', "1 lines could not be read"),
    ],
)
def test_a_replay_says_what_is_wrong_with_its_file(
    city: City, tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    done = city.run("watch", "replay", str(file))
    assert done.returncode != 0
    assert why in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf8.txt", f"{ADVERT}\nДоброе утро\n".encode()),
        ("windows.txt", f"{ADVERT}\nДоброе утро\n".encode("cp1251")),
        ("mark.jsonl", b"\xef\xbb\xbf" + json.dumps({"text": ADVERT}).encode()),
        (
            "result.json",
            json.dumps({"messages": [{"id": 7, "text": [ADVERT, {"text": "!"}]}]}).encode(),
        ),
    ],
)
def test_a_newcomers_file_is_read_as_it_is(
    city: City, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = city.run("watch", "replay", str(file))
    assert done.returncode == 0, done.stderr
    assert re.search(r"^illegal +1 ", done.stdout, re.MULTILINE), done.stdout
