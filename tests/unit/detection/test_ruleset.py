"""Rule files are checked when they are read: a wrong one stops with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tereze.detection import assess
from tereze.detection.ruleset import RULES, RuleError, load_rules
from tereze.detection.typology import SCHEMES


GOOD = """
scheme = "online_casino"
[[rule]]
name = "spins"
weight = 5.0
any = ["бесплатные вращения"]
text = { ru = "казино", kk = "казино" }
"""


def written(folder: Path, name: str, text: str) -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_every_scheme_of_the_typology_has_rules_in_both_languages() -> None:
    assert {file.stem for file in RULES.glob("[a-z]*.toml")} == set(SCHEMES)
    for file in RULES.glob("[a-z]*.toml"):
        text = file.read_text("utf-8").lower()
        assert set("әғқңөұүі") & set(text), f"{file.name} knows no Kazakh"


def test_a_small_folder_of_rules_works_alone(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path, "online_casino", GOOD))
    assert assess("Бесплатные вращения", rules=rules).schemes[0].slug == "online_casino"


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("no_such", GOOD.replace("online_casino", "no_such"), "typology has no scheme"),
        ("pyramid", GOOD, "file name differs"),
        ("online_casino", GOOD.replace('kk = "казино"', 'kk = ""'), "both languages"),
        ("online_casino", GOOD.replace("weight = 5.0", ""), "weight"),
        ("online_casino", GOOD.replace("weight = 5.0", 'weight = "5x"'), "5x"),
        ("online_casino", GOOD.replace("weight", "wieght"), "unknown fields wieght"),
        ("online_casino", GOOD.replace("вращения", "(вращения"), "is missing"),
        ("online_casino", GOOD + GOOD.split("\n", 2)[2], "named twice"),
        ("online_casino", "scheme = ", "online_casino.toml"),
        ("online_casino", GOOD.replace("weight = 5.0", 'weight = 5.0\noutcome = "x"'), "'x'"),
    ],
)
def test_a_wrong_rule_is_refused(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    with pytest.raises(RuleError, match=complaint):
        load_rules(written(tmp_path, name, text))


def test_an_empty_folder_is_not_taken_for_rules(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no rule files"):
        load_rules(tmp_path)
