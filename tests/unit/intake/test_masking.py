"""What the working copy hides, and that hiding moves no character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.indicators import extract
from tereze.intake.masking import masked, own_in, shown_in, without_name


def working_copy(text: str) -> str:
    found = extract(text)
    return masked(text, found, own_in(text, found))


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("карта 4400 4302 1234 5679", "карта 4400 43•• •••• 5679"),
        ("карта 4400430212345678", "карта 440043••••••5678"),  # the check digit is wrong
        ("мой номер 8 701 222 33 44", "мой номер • ••• ••• •• 44"),
        ("Менің нөмірім +77012223344", "Менің нөмірім +•••••••••44"),
        ("ИИН 850312400123", "ИИН ••••••••••23"),  # the check digit is wrong
        ("его ИИН 900101300017", "его ИИН 900101300017"),
        ("моя почта a.b@example.kz", "моя почта •.•@•••••••.kz"),
        ("позвонили с +7 701 555 66 77", "позвонили с +7 701 555 66 77"),
        ("мой знакомый дал номер +77015556677", "мой знакомый дал номер +77015556677"),
    ],
)
def test_cards_and_own_numbers_are_masked(text: str, copy: str) -> None:
    assert working_copy(text) == copy


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("мой ИИН 900101300017", True),
        ("ИИН 900101300017", True),
        ("ИИН получателя 900101300017", False),
        ("с моей карты 4400 4302 1234 5679", True),
        ("перевела на карту 4400 4302 1234 5679", False),
        ("мне на номер 87012223344 пришёл код", True),
        ("my phone 87012223344", True),
        ("87012223344 – менің нөмірім", True),
    ],
)
def test_whose_number_it_is(text: str, is_own: bool) -> None:
    found = [item for item in extract(text) if item.type in {"iin", "card", "phone"}]
    assert found, text
    assert bool(own_in(text, found)) is is_own


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        ("звонили с номера 87015556677", True),
        ("маған 87015556677 нөмірінен қоңырау шалды", True),
        ("перевёл на 87015556677", False),
        ("қоңырау шалған нөмір 87015556677", True),
    ],
)
def test_a_number_that_a_telephone_showed_may_be_imitated(text: str, is_shown: bool) -> None:
    assert bool(shown_in(text, extract(text))) is is_shown


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("Я Иванова Айгүл", "Я ••••••• •••••"),
        ("звонили Ивановой, назвались банком", "звонили ••••••••, назвались банком"),
        ("назвался Иваном Петровым", "назвался Иваном Петровым"),
    ],
)
def test_the_name_that_was_given_is_hidden_in_any_case(text: str, copy: str) -> None:
    assert without_name(text, "Иванова Айгүл Ли") == copy


@given(st.text(max_size=120))
def test_the_copy_has_the_length_of_the_original(text: str) -> None:
    assert len(working_copy(text)) == len(text)
