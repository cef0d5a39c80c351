"""The typology: whole, in every language, and in the right order when money is leaving."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from tereze.detection import typology
from tereze.detection.typology_loader import load
from tereze.detection.typology_reader import TypologyError
from tereze.detection.typology_types import Confidence


EXPECTED = json.loads((Path(__file__).parent / "schemes.json").read_text(encoding="utf-8"))
DATA = Path(typology.__file__).parent / "typology_data"
KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
SAME_IN_BOTH = {
    *("SMS", "WhatsApp", "Telegram", "Instagram", "TikTok", "Полиция", "Мессенджер"),
    *("Пирамида", "Дипфейк", "Онлайн-казино", "SIM-ферма"),
}
NUMBERS_WITH_A_SOURCE = {"", "102", "1414", "1477", "+7 707 907 1507"}


def texts(thing: object, where: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text in several languages that hangs below a thing, with its place."""
    if isinstance(thing, dict) and {"ru", "kk"} <= set(thing):
        yield where, thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from texts(value, f"{where}.{key}")
    elif isinstance(thing, tuple):
        for number, value in enumerate(thing, start=1):
            yield from texts(value, f"{where} {number}")
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts(getattr(thing, field.name), f"{where}.{field.name}")


ALL_TEXTS = [
    (where, text) for where, text in texts(typology.TYPOLOGY, "") if isinstance(text["ru"], str)
]


def test_the_schemes_are_exactly_those_agreed_with_their_names() -> None:
    assert {slug: found.name["ru"] for slug, found in typology.SCHEMES.items()} == EXPECTED


def test_every_text_has_its_languages_and_no_loose_ends() -> None:
    for where, text in ALL_TEXTS:
        for lang, words in text.items():
            assert words.strip() == words, (where, lang)
            assert words, (where, lang)
            assert "  " not in words, (where, lang)


def test_kazakh_texts_are_kazakh() -> None:
    for where, text in ALL_TEXTS:
        assert text["kk"] != text["ru"] or text["ru"] in SAME_IN_BOTH, where
        long_enough = len(text["kk"]) > 30
        assert not long_enough or KAZAKH_LETTERS & set(text["kk"]), where
        assert not re.search(r"[ыэъё]й\b|\bчто\b|\bесли\b", text["kk"]), where


def test_english_texts_are_english() -> None:
    for where, text in ALL_TEXTS:
        letters = re.sub(r"КУИ|ЕРДР|МРП", "", text.get("en", ""))
        assert not re.search("[а-яё]", letters, re.IGNORECASE), where


def test_no_word_of_another_legal_procedure() -> None:
    for path in DATA.glob("*.toml"):
        lines = path.read_text(encoding="utf-8").lower().splitlines()
        for line in lines:
            if not line.startswith("#"):
                assert not re.search("обращени|жолданым|предписани", line), (path.name, line)


@pytest.mark.parametrize("slug", EXPECTED)
def test_a_scheme_gives_the_operator_and_the_resident_enough(slug: str) -> None:
    found = typology.scheme(slug)
    assert 3 <= len(found.questions) <= 5
    assert 2 <= len(found.advice) <= 5
    assert found.playbook in typology.PLAYBOOKS
    assert "police" in found.contacts
    assert set(found.contacts) <= set(typology.CONTACTS)
    assert all(found.signals[lang] for lang in ("ru", "kk"))
    assert found.source
    assert found.law["ru"].startswith("ст. ")
    assert found.law["kk"].startswith("ҚР ")
    assert all(len(line["ru"]) <= 160 for line in found.advice), "a line a pensioner can keep"


def test_an_unconfirmed_article_says_so() -> None:
    for found in typology.SCHEMES.values():
        for article in found.articles:
            unsure = article.confidence is not Confidence.HIGH
            assert ("требует проверки юристом" in article.shown("ru")) is unsure
            assert ("заңгердің тексеруі қажет" in article.shown("kk")) is unsure


def test_phone_numbers_are_only_published_ones() -> None:
    assert {contact.phone for contact in typology.CONTACTS.values()} <= NUMBERS_WITH_A_SOURCE


def test_every_legal_fact_is_dated_and_sourced() -> None:
    facts = [*typology.CLOCKS.values(), *typology.GROUNDS.values()]
    assert len(facts) > 20
    for fact in facts:
        assert fact.source
        assert fact.checked.year >= 2026


def test_data_checks_and_holds_need_a_registration_number() -> None:
    for ground in typology.GROUNDS.values():
        if ground.kind in ("provide_data", "check_number", "hold_money", "restrict_site"):
            assert {"kui_number", "erdr_number"} & set(ground.needs), ground.slug


def test_the_caller_script_never_makes_kazakh_a_proof() -> None:
    russian = " ".join(line.text["ru"] for line in typology.CALLER_SCRIPT.lines)
    kazakh = " ".join(line.text["kk"] for line in typology.CALLER_SCRIPT.lines)
    assert "не доказательство" in russian
    assert "дәлел емес" in kazakh
    spoken = [line for line in typology.CALLER_SCRIPT.lines if line.kind != "do"]
    assert all(len(sentence) < 90 for line in spoken for sentence in line.text["ru"].split(". "))


@pytest.mark.parametrize(
    ("slug", "hours", "urgent", "leads", "first_contact"),
    [
        (None, None, False, "PB5", "police"),
        (None, 0.5, True, "PB1", "bank"),
        ("no_such_scheme", 1.0, True, "PB1", "bank"),
        ("bank_security_call", None, False, "PB5", "police"),
        ("bank_security_call", 0.0, True, "PB1", "bank"),
        ("bank_security_call", 24.0, True, "PB1", "bank"),
        ("malicious_apk", 2.0, True, "PB1", "bank"),
        ("malicious_apk", None, False, "PB5", "police"),
        ("drug_sale", 3.0, True, "PB1", "bank"),
        ("sextortion", None, False, "PB6", "police"),
        ("sextortion", 5.0, True, "PB1", "bank"),
        ("mistaken_transfer", None, False, "PB7", "bank"),
    ],
)
@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_advice_leads_with_what_cannot_wait(
    slug: str | None, hours: float | None, urgent: bool, leads: str, first_contact: str, lang: str
) -> None:
    advice = typology.advice_for(slug, money_left_hours=hours, lang=lang)
    playbook = typology.PLAYBOOKS[leads]
    assert advice.urgent is urgent
    assert advice.title == playbook.title[lang]
    assert advice.steps == tuple(step[lang] for step in playbook.steps)
    assert advice.contacts[0].slug == first_contact
    assert advice.rules == tuple(rule[lang] for rule in typology.FOUR_RULES)


def test_bank_and_antifraud_come_before_everything_when_money_is_leaving() -> None:
    for slug in typology.SCHEMES:
        advice = typology.advice_for(slug, money_left_hours=1, lang="ru")
        assert advice.urgent
        assert "банк" in advice.steps[0]
        assert "Антифрод" in advice.steps[1]
        assert [contact.slug for contact in advice.contacts][:3] == ["bank", "police", "antifraud"]


def test_money_that_left_days_ago_is_calm_but_still_reported() -> None:
    advice = typology.advice_for("car_deposit", money_left_hours=72, lang="kk")
    assert not advice.urgent
    assert advice.title.startswith("Ақшаның кеткеніне бір тәуліктен асты")
    assert "102" in " ".join(advice.steps)


def test_what_may_also_apply_is_introduced_by_its_condition() -> None:
    advice = typology.advice_for("intercom_code", money_left_hours=None, lang="ru")
    assert [block.condition for block in advice.if_also] == [
        "Если вы назвали код из SMS, пароль или данные карты:"
    ]


def test_advice_as_a_message_numbers_the_steps_and_names_the_phones() -> None:
    advice = typology.advice_for("safe_account", money_left_hours=1, lang="ru")
    assert advice.plain().startswith(advice.title + "\n1. Позвоните в свой банк")
    assert "\nПолиция: 102\n" in advice.plain()
    assert len(advice.sms) <= 200


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("schemes_1_calls.toml", 'name.kk = "«Қ', 'name.xx = "«Қ', "[safe_account]: 'name.kk'"),
        ("schemes_1_calls.toml", 'law = ["uk190"]', 'law = ["uk999"]', "'law' names 'uk999'"),
        ("schemes_1_calls.toml", "playbooks = ", "playbook = ", "'playbooks' is missing"),
        ("schemes_1_calls.toml", "[safe_account]", "[intercom_code]", "[intercom_code]"),
        ("law.toml", '= "high"', '= "sure"', "[uk190]: 'confidence' must be one of"),
        ("clocks.toml", "hours = 24", "hours = -24", "[kui_to_erdr]: 'hours' must be a number"),
        ("clocks.toml", "hours = 24\n", "", "either 'hours' or 'working_days'"),
        ("contacts.toml", 'phone = "102"', "phone = 102", "[police]: 'phone' must be a text"),
        ("contacts.toml", 'phone = "102"', 'phone = "102"\nfax = "1"', "unknown key 'fax'"),
        ("playbooks.toml", "urgent = true", 'urgent = "yes"', "[PB1]: 'urgent' must be"),
        ("grounds.toml", "checked = 2026", 'checked = "2026"\n#', "must be a date"),
        ("leaflet.toml", "[leaflet]", "[leaflet", "leaflet.toml: "),
        ("rules_of_four.toml", "[personal_data]", "stray = 1\n[personal_data]", "'stray' stands"),
    ],
)
def test_a_broken_entry_is_named(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    folder = tmp_path / "typology_data"
    shutil.copytree(DATA, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TypologyError) as caught:
        load(folder)
    assert complaint in str(caught.value)
    assert file.split("_")[0] in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "typology_data"
    shutil.copytree(DATA, folder)
    (folder / "contacts.toml").unlink()
    with pytest.raises(TypologyError, match=r"contacts\.toml"):
        load(folder)
