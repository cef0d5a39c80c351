"""Words hidden from a filter are still words to a reader, and to us."""

from __future__ import annotations

import pytest

from tereze.detection import Outcome, assess
from tereze.detection.disguises import CUT, DISGUISES, cut


OFFERS = {
    "ru": "Куплю карту Kaspi, оплата сразу, пишите в личку",
    "kk": "Картаңызды сатып аламын, ақшасын бірден беремін",
}
# Kazakh spelling of Russian words; every word torn in two, without a hyphen: not read yet
UNREAD = {("ru", "kazakh_latin"), ("ru", "line_broken")}
HIDDEN = [(lang, name) for lang in OFFERS for name in DISGUISES if (lang, name) not in UNREAD]


@pytest.mark.parametrize(("lang", "name"), HIDDEN)
def test_an_offer_in_disguise_still_asks_for_a_look(lang: str, name: str) -> None:
    offer = OFFERS[lang]
    assert assess(DISGUISES[name](offer)).outcome in {Outcome.ILLEGAL, Outcome.SUSPICIOUS}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_hides_words_and_leaves_contacts(name: str) -> None:
    contacts = "https://kaspi-id.top/go t.me/abc user@mail.kz 87011234567"
    hidden = DISGUISES[name](f"Сатып аламын картаңызды әзір {contacts}")
    assert contacts.casefold() in " ".join(hidden.split()).casefold()
    assert "Сатып аламын картаңызды әзір" not in hidden


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("text", ["", " ", "\n", "7 + 8", "😀", "\ud800"])
def test_any_text_can_be_disguised(name: str, text: str) -> None:
    assert isinstance(DISGUISES[name](text), str)


def test_a_cut_text_begins_where_it_is_told() -> None:
    assert cut("а" * 100) == "а" * CUT
    assert cut("один два три", 5) == "два три"
