"""The glossary is what every catalogue is translated by: it has to be whole and lawful."""

import tomllib
from pathlib import Path

import pytest


GLOSSARY = Path(__file__).parents[3] / "tereze/core/glossary.toml"
TERMS = [
    (f"{group}.{key}", term)
    for group, terms in tomllib.loads(GLOSSARY.read_text(encoding="utf-8")).items()
    for key, term in terms.items()
]


def test_the_glossary_covers_the_vocabulary() -> None:
    assert len(TERMS) >= 200


@pytest.mark.parametrize(("key", "term"), TERMS, ids=[key for key, _ in TERMS])
def test_a_term_has_three_languages_and_no_word_of_another_procedure(
    key: str, term: dict[str, str]
) -> None:
    assert set(term) == {"ru", "kk", "en"}
    assert all(text.strip() == text and text for text in term.values())
    joined = " ".join(term.values()).lower()
    assert not any(word in joined for word in ("обращени", "жолданым", "предписани"))
