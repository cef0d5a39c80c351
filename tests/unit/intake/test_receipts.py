import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.intake.receipts import (
    LENGTH,
    WrongReceiptError,
    in_groups,
    new_receipt,
    read_receipt,
    receipt_hash,
    spoken,
)


def test_a_receipt_is_seven_groups_of_four_digits() -> None:
    receipt = new_receipt()
    assert re.fullmatch(r"\d{28}", receipt)
    assert [len(group) for group in in_groups(receipt)] == [4] * 7
    assert read_receipt(spoken(receipt)) == receipt


def test_receipts_hold_at_least_80_random_bits() -> None:
    assert 10 ** (LENGTH - 1) > 2**80
    assert len({new_receipt() for _ in range(500)}) == 500


@pytest.mark.parametrize("between", [" ", "-", " - ", ".", "\n", "\u00a0", ""])
def test_it_may_be_typed_with_anything_between(between: str) -> None:
    receipt = new_receipt()
    assert read_receipt(between.join(in_groups(receipt))) == receipt


@pytest.mark.parametrize(("typed", "reason"), [("", "length"), ("123", "length"), ("😀", "length")])
def test_what_is_too_short_says_how_many_digits_came(typed: str, reason: str) -> None:
    with pytest.raises(WrongReceiptError) as wrong:
        read_receipt(typed)
    assert wrong.value.reason == reason


@given(st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(place: int, change: int) -> None:
    receipt = new_receipt()
    wrong = str((int(receipt[place]) + change) % 10)
    with pytest.raises(WrongReceiptError) as error:
        read_receipt(receipt[:place] + wrong + receipt[place + 1 :])
    assert error.value.reason == "digit"


@given(st.integers(0, LENGTH - 2))
def test_every_exchange_of_neighbours_is_noticed(place: int) -> None:
    receipt = new_receipt()
    if receipt[place] == receipt[place + 1]:
        return
    swapped = receipt[:place] + receipt[place + 1] + receipt[place] + receipt[place + 2 :]
    with pytest.raises(WrongReceiptError):
        read_receipt(swapped)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    receipt = new_receipt()
    assert read_receipt(receipt.replace("0", "О").replace("3", "З")) == receipt


@pytest.mark.parametrize(
    "pasted",
    [
        "https://kiberpol.kz/appeal/{code}/",
        "http://127.0.0.1:8000/appeal/{code}/?lang=kk",
        "Код: {spoken}.",
        "\u200e{code}\n",
    ],
)
def test_a_pasted_link_is_its_code(pasted: str) -> None:
    """Its letters look like digits, and its port is one."""
    code = new_receipt()
    assert read_receipt(pasted.format(code=code, spoken=spoken(code))) == code


def test_the_hash_tells_nothing_of_the_receipt() -> None:
    receipt = new_receipt()
    assert receipt[:6] not in receipt_hash(receipt)
