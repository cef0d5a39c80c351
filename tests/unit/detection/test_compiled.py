"""A second start finds the rules compiled; nothing that happens to the kept file changes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from tereze.detection import compiled
from tereze.detection.patterns import Phrase
from tereze.detection.rule import Rule
from tereze.detection.ruleset import RULES, RuleSet, load_rules


KEY = "0" * 64


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(RULES)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEREZE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _store(rules: RuleSet) -> None:
    compiled.store(KEY, rules.rules, rules.phrases, rules.version)


def _loaded() -> tuple[list[Rule], list[Phrase], str] | None:
    return compiled.load(KEY)


def test_what_was_kept_is_what_was_compiled(rules: RuleSet) -> None:
    assert _loaded() is None
    _store(rules)
    assert _loaded() == (list(rules.rules), rules.phrases, rules.version)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace("карт".encode(), "корт".encode(), 1),
        lambda content: b"",
        lambda content: b"\x80\x04.",
        lambda content: sha256(b"[]").hexdigest().encode() + b"\n[]",
        lambda content: sha256(b'{"rules":[1]}').hexdigest().encode() + b'\n{"rules":[1]}',
    ],
)
def test_a_damaged_file_is_not_believed(damage: object, rules: RuleSet, folder: Path) -> None:
    _store(rules)
    (file,) = folder.glob("*.json")
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert _loaded() is None
    _store(rules)
    assert _loaded() is not None


def test_many_may_write_at_once(rules: RuleSet, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _store(rules), range(8)))
    assert _loaded() is not None
    assert [file.suffix for file in folder.iterdir()] == [".json"]


def test_without_a_place_to_keep_it_nothing_breaks(
    rules: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for place in ("off", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        monkeypatch.setenv("TEREZE_CACHE", place)
        _store(rules)
        assert _loaded() is None


def test_the_name_changes_with_what_it_is_made_from(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("a")
    first = compiled.key_of([file])
    file.write_text("b")
    assert compiled.key_of([file]) != first


def test_old_ones_go(rules: RuleSet, folder: Path) -> None:
    for number in range(5):
        compiled.store(str(number) * 64, rules.rules[:1], [], "v")
    assert len(list(folder.iterdir())) == 3
