"""The radar finds what is new, and only that."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tereze import cli
from tereze.detection.hiding import hide_people
from tereze.detection.radar import FLOOR, Told, Topic, find_topics, growth
from tests.unit.detection.radar_texts import (
    BANK,
    LIFT,
    THINGS,
    UNTIL,
    filled,
    ordinary,
    spread,
    told,
)


@pytest.fixture(scope="module")
def city() -> list[Told]:
    """Five hundred ordinary texts of this week, and as many in each of the four before."""
    return [*ordinary(500, 0, 7, seed=1), *ordinary(2000, 7, 35, seed=2)]


def bank(count: int) -> list[Told]:
    rng = random.Random(5)
    return spread([filled(BANK[i % len(BANK)], rng) for i in range(count)], "bank")


def found(*texts: Told) -> tuple[Topic, ...]:
    return find_topics(texts, until=UNTIL)


def test_a_new_scheme_comes_first_in_both_languages(city: list[Told]) -> None:
    first, *_ = found(*city, *spread(LIFT, "lift"))
    assert first.people == len(LIFT)
    assert first.texts == tuple(f"lift.{i}" for i in range(len(LIFT)))
    assert first.languages == ("ru", "kk")
    assert "проверка лифта" in first.words
    assert (first.before, first.weeks) == (0, (0, 0, 0, 0, len(LIFT)))
    assert first.first_seen == UNTIL - timedelta(days=6)
    assert len(first.examples) == 3
    assert {"ru", "kk"} <= {"kk" if "тексер" in e.text else "ru" for e in first.examples}


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([], id="an ordinary week"),
        pytest.param(bank(30), id="the wave of a known scheme"),
        pytest.param(
            spread([f"{LIFT[i % 8]} {THINGS[i % 20]}" for i in range(50)], "flood", author="one"),
            id="one author fifty times",
        ),
        pytest.param(
            spread([f"{LIFT[0]} {THINGS[i % 20]} {i}" for i in range(50)], "copies"),
            id="near copies by many authors",
        ),
        pytest.param(spread(LIFT[: FLOOR - 1], "few"), id="two voices"),
        pytest.param(
            [replace(t, scheme="intercom_code") for t in spread(LIFT, "named")],
            id="a person named its scheme",
        ),
        pytest.param(
            [*spread(LIFT, "now"), *(told(t, 9 + 3 * i, f"b{i}") for i, t in enumerate(LIFT))],
            id="said in the weeks before as well",
        ),
        pytest.param(
            spread([f"Набор в кружок шахмат, школа {i}, {THINGS[i]}" for i in range(12)], "chess"),
            id="harmless life that grows",
        ),
    ],
)
def test_what_is_not_new_does_not_appear(city: list[Told], texts: list[Told]) -> None:
    assert found(*city, *texts) == ()


def test_a_known_wave_does_not_hide_what_is_new(city: list[Told]) -> None:
    first, *rest = found(*city, *bank(30), *spread(LIFT, "lift"))
    assert first.people == len(LIFT)
    assert rest == []


def test_reports_count_whatever_the_engine_thinks_of_them(city: list[Told]) -> None:
    texts = [
        "На двери листовка: подписка на сантехника, 2900 в месяц, заплатила и никто не пришёл",
        "Сантехника по подписке предлагают, у листовки нет адреса, брат внёс 2900",
        "Листовка про сантехника за 2900, телефон недоступен",
        "Сантехник по листовке: подписка оплачена, мастера нет",
    ]
    reports = [replace(t, vouched=True) for t in spread(texts, "sub")]
    assert [topic.people for topic in found(*city, *reports)] == [4]


def test_with_nothing_to_compare_there_is_no_topic() -> None:
    assert found(*spread(LIFT, "lift")) == ()
    assert found() == ()


def test_the_order_of_the_texts_changes_nothing(city: list[Told]) -> None:
    texts = [*city, *spread(LIFT, "lift")]
    shuffled = random.Random(1).sample(texts, len(texts))
    assert found(*texts) == found(*shuffled)


def test_what_is_shown_names_nobody(city: list[Told]) -> None:
    private = " Звонила Айгуль Серикова, +7 701 555 66 77, карта 4400 4301 2345 6789"
    topics = found(*city, *spread([text + private for text in LIFT], "lift"))
    shown = json.dumps(
        [[t.words, [e.text for e in t.examples]] for t in topics], ensure_ascii=False
    )
    assert "лифт" in shown
    assert not any(secret in shown for secret in ("Айгуль", "Серик", "555", "4400", "6789"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Айбек Серикович пропал", "••••• ••••••••• пропал"),
        ("меня зовут марина", "меня зовут ••••••"),
        ("Сотрудник Иванов А.С. ждёт", "Сотрудник •••••• •••• ждёт"),
        ("Нұрлановаға хат келді", "••••••••••• хат келді"),
        ("Оплатите 1 200 000 тенге на Каспи", "Оплатите 1 200 000 тенге на Каспи"),
        ("тел. 32-44-55", "тел. ••••••••"),
        ("пишите @lift_pay", "пишите •••••••••"),
        ("Лифт проверяет КСК. Жильцы платят", "Лифт проверяет КСК. Жильцы платят"),
    ],
)
def test_hiding(text: str, shown: str) -> None:
    assert hide_people(text) == shown


@pytest.mark.parametrize(
    ("counts", "g2"),
    [
        ((8, 508, 0, 2000), 25.6),  # 2·(8·ln(8/1.62) + 500·ln(500/506.38) + 2000·ln(2000/1993.62))
        ((5, 500, 20, 2000), 0.0),  # no more than before
        ((1, 500, 20, 2000), 0.0),  # less than before
        ((0, 10, 0, 10), 0.0),
    ],
)
def test_growth_is_dunnings_ratio(counts: tuple[int, int, int, int], g2: float) -> None:
    assert growth(*counts) == pytest.approx(g2, abs=0.05)


def write(path: Path, texts: list[Told]) -> str:
    rows = [
        {"id": t.id, "text": t.text, "date": t.at.isoformat(), "author": t.author} for t in texts
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return str(path)


def test_the_command_prints_a_ranked_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [*ordinary(60, 0, 7, 3), *ordinary(240, 7, 35, 4), *spread(LIFT, "lift")]
    file = write(tmp_path / "texts.jsonl", texts)
    assert cli.main(["radar", file]) == 0
    assert "проверка лифта" in capsys.readouterr().out.splitlines()[0]
    assert cli.main(["radar", file, "--json", "--since", "2026-11-21"]) == 0
    topic = json.loads(capsys.readouterr().out)
    assert (topic["people"], len(topic["examples"])) == (8, 3)


def test_what_the_command_prints_is_fit_for_every_terminal(tmp_path: Path) -> None:
    lift = [replace(one, text=f"\x1b[31m{one.text}") for one in spread(LIFT, "lift")]
    texts = [*ordinary(60, 0, 7, 3), *ordinary(240, 7, 35, 4), *lift]
    argv = [sys.executable, "-m", "tereze", "radar", write(tmp_path / "texts.jsonl", texts)]
    russian = os.environ | {"PYTHONIOENCODING": "cp1251"}
    done = subprocess.run(argv, capture_output=True, env=russian, check=True)
    assert "лифт" in done.stdout.decode()
    assert b"\x1b" not in done.stdout
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()  # `head` has seen enough
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.parametrize(
    ("line", "arguments", "code", "said"),
    [
        ('{"text": "а"}', [], 3, 'line 1: no "date"'),
        ('{"text": "а", "date": "вчера"}', [], 3, "line 1: the date is none"),
        ('{"text": "а", "date": "2026-11-20"}', [], 0, "to compare with"),
        ('{"text": "а", "date": 1790000000}', ["--since", "2030-01-01"], 2, "no text since"),
        ('{"text": "а", "date": "2026-11-20"}', ["--since", "завтра"], 2, "завтра"),
    ],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    line: str,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(line + "\n")
    assert cli.main(["radar", str(file), *arguments]) == code
    assert said in capsys.readouterr().err
