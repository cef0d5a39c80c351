"""Every type through every disguise: what is hidden in a text is found, in its canonical form."""

import re
import string
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tereze.indicators import TYPES, extract, normalise
from tereze.indicators.ids import control_digit_valid, kind_of_id
from tereze.indicators.money import luhn_valid


Disguise = Callable[[str], str]
QUICK = settings(max_examples=15, deadline=None)

KEYCAPS = {str(n): f"{n}\ufe0f\u20e3" for n in range(10)}
CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
WIDE = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)}
RUSSIAN = {
    "0": "ноль",
    "1": "один",
    "2": "два",
    "3": "три",
    "4": "четыре",
    "5": "пять",
    "6": "шесть",
    "7": "семь",
    "8": "восемь",
    "9": "девять",
}
KAZAKH = {
    "0": "нөл",
    "1": "бір",
    "2": "екі",
    "3": "үш",
    "4": "төрт",
    "5": "бес",
    "6": "алты",
    "7": "жеті",
    "8": "сегіз",
    "9": "тоғыз",
}
TWINS = dict(zip("aeopcyxABEKMHOPCTX", "аеорсухАВЕКМНОРСТХ", strict=True))


def each(table: dict[str, str], between: str = "") -> Disguise:
    return lambda text: between.join(table.get(c, c) for c in text)


def grouped(*sizes: int, sign: str = " ") -> Disguise:
    def group(digits: str) -> str:
        parts, at = [], 0
        for size in sizes:
            parts.append(digits[at : at + size])
            at += size
        return sign.join([*parts, digits[at:]] if digits[at:] else parts)

    return group


def letters_for_digits(text: str) -> str:
    """O for 0 and the like, never at the first place, never more than a few."""
    return text[0] + re.sub(r"(?<=\d)0(?=\d)", "О", text[1:], count=3)


INVISIBLE: dict[str, Disguise] = {
    "plain": str,
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
    "struck through": each({}, "\u0336"),
}
DIGITS: dict[str, Disguise] = {
    "keycap": each(KEYCAPS),
    "circled": each(CIRCLED),
    "full width": each(WIDE),
    "spaced": " ".join,
    "dotted": ".".join,
    "starred": "*".join,
    "letters": letters_for_digits,
}
PHONE: dict[str, Disguise] = {
    "brackets": lambda d: f"{d[0]} ({d[1:4]}) {d[4:7]}-{d[7:9]}-{d[9:]}",
    "lines": lambda d: f"{d[:4]}\n{d[4:]}",
    "plus": lambda d: f"+7{d[1:]}",
    "bare": lambda d: f"{d[1:4]} {d[4:7]} {d[7:9]} {d[9:]}",
    "russian": each(RUSSIAN, " "),
    "kazakh": each(KAZAKH, " "),
    "half in words": lambda d: f"{RUSSIAN[d[0]]} {d[1:4]} {' '.join(RUSSIAN[c] for c in d[4:])}",
}
FOURS: dict[str, Disguise] = {
    "fours": grouped(4, 4, 4, 4),
    "dashes": grouped(4, 4, 4, 4, sign="-"),
}
LINK: dict[str, Disguise] = {
    "brackets": lambda t: t.replace(".", "[.]"),
    "said": lambda t: t.replace(".", " точка "),
    "english": lambda t: t.replace(".", " (dot) "),
    "capitals": str.upper,
    "full width": each({c: w for c, w in WIDE.items() if c.isalnum()}),
}
NAME: dict[str, Disguise] = {
    "twins": each(TWINS),
    "mathematical": each(
        {c: chr(0x1D41A + n) for n, c in enumerate(string.ascii_lowercase)}
        | {c: chr(0x1D7CE + n) for n, c in enumerate(string.digits)}
    ),
}


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def with_check_digit(valid: Callable[[str], bool]) -> Callable[[str], str]:
    return lambda stem: next((stem + d for d in "0123456789" if valid(stem + d)), "")


def iban_of(account: str) -> str:
    number = "".join(str(int(c, 36)) for c in account + "KZ00")
    return f"KZ{98 - int(number) % 97:02}{account}"


phones = st.builds(
    lambda prefix, rest: f"8{prefix}{rest}",
    st.sampled_from(["700", "701", "705", "707", "747", "771", "775", "778"]),
    digits(7).filter(lambda rest: not rest.endswith("000000")),
)
cards = (
    st.builds(
        lambda issuer, rest: issuer + rest,
        st.sampled_from(["440043", "516949", "400303"]),
        digits(9),
    )
    .map(with_check_digit(luhn_valid))
    .filter(lambda card: len(set(card)) > 2)
)
people = (
    st.builds(
        lambda y, m, d, s, rest: f"{y:02}{m:02}{d:02}{s}{rest}",
        st.integers(0, 99),
        st.integers(1, 12),
        st.integers(1, 28),
        st.integers(1, 6),
        digits(4),
    )
    .map(with_check_digit(control_digit_valid))
    .filter(lambda number: bool(number) and kind_of_id(number) == "iin")
)
accounts = st.text(string.digits + string.ascii_uppercase, min_size=13, max_size=13).map(
    lambda rest: iban_of("722" + rest)
)
words = st.from_regex(r"[a-z][a-z0-9]{3,9}", fullmatch=True)
hosts = st.builds(
    lambda a, b, ending: f"{a}-{b}.{ending}",
    words,
    words,
    st.sampled_from(["top", "kz", "com", "site"]),
)
names = st.builds(lambda a, b: f"{a}_{b}", words, words)


def check(kind: str, written: str, value: str, prefix: str) -> None:
    text = f"Саламатсыз ба! {prefix} {written} осылай, жду"
    found = {(i.type, i.value): i for i in extract(text)}
    assert (kind, value) in found, text
    start, end = found[kind, value].span
    assert text[start:end] == found[kind, value].raw
    assert start >= text.index(prefix)


def pairs(*tables: dict[str, Disguise]) -> list[pytest.param]:
    return [pytest.param(d, id=name) for table in tables for name, d in table.items()]


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, DIGITS, PHONE))
@QUICK
@given(phone=phones)
def test_phone(disguise: Disguise, phone: str) -> None:
    check("phone", disguise(phone), "+7" + phone[1:], "звоните")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, DIGITS, FOURS))
@QUICK
@given(card=cards)
def test_card(disguise: Disguise, card: str) -> None:
    check("card", disguise(card), card, "скинь на карту")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, DIGITS))
@QUICK
@given(number=people)
def test_iin(disguise: Disguise, number: str) -> None:
    check("iin", disguise(number), number, "ИИН")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, FOURS, {"twins": each(TWINS)}))
@QUICK
@given(account=accounts)
def test_iban(disguise: Disguise, account: str) -> None:
    check("iban", disguise(account), account, "счёт")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, LINK))
@QUICK
@given(host=hosts)
def test_domain(disguise: Disguise, host: str) -> None:
    check("domain", disguise(host), host, "сайт")


@QUICK
@given(host=hosts, path=st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True))
def test_url(host: str, path: str) -> None:
    for written in (f"https://{host}/{path}", f"hxxps://{host.replace('.', '[.]')}/{path}"):
        check("url", written, f"https://{host}/{path}", "ссылка")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, {"said": lambda t: t.replace("@", " собака ")}, {"defanged": lambda t: t.replace("@", "[at]").replace(".", "[.]")}))  # fmt: skip
@QUICK
@given(name=words, host=hosts)
def test_email(disguise: Disguise, name: str, host: str) -> None:
    check("email", disguise(f"{name}@{host}"), f"{name}@{host}", "почта")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, NAME))
@QUICK
@given(name=names.filter(lambda n: any(c.isalpha() and c not in TWINS for c in n)))
def test_telegram(disguise: Disguise, name: str) -> None:
    check("telegram", disguise("@" + name), name, "тг")


@QUICK
@given(text=st.text(max_size=300), kind=st.sampled_from(TYPES))
def test_any_text_is_survived(text: str, kind: str) -> None:
    for indicator in extract(text):
        assert indicator.raw == text[indicator.span[0] : indicator.span[1]] != ""
    normalise(kind, text)


@QUICK
@given(text=st.text("+78 0123456789()-.\n@:/akzt[]точка\u200b", max_size=200))
def test_hostile_alphabets_are_survived(text: str) -> None:
    for indicator in extract(text):
        assert indicator.raw == text[indicator.span[0] : indicator.span[1]] != ""


@QUICK
@given(phone=phones, host=hosts, name=names)
def test_reading_a_canonical_form_again_changes_nothing(phone: str, host: str, name: str) -> None:
    for kind, value in (
        ("phone", "+7" + phone[1:]),
        ("domain", host),
        ("url", f"https://{host}/a?b=1"),
        ("telegram", name),
        ("email", f"{name}@{host}"),
    ):
        again = normalise(kind, value)
        assert again is not None
        assert again.value == value


@pytest.mark.parametrize(
    "piece",
    [
        "1 ", "4 ", "8-", "8\n", "7 0 1 ", "87011234567 ", "4400 4301 2345 6789 ", "850315400213 ",
        "+7 701 ", "восемь ", "жүз ", "a.", "a-", "a", "@", "a@", "а0", "t.me/", "a.kz ", "a.kz,",
        "http://a.kz/)", "a[.]", "a точка ", "a собака ", "h t t p ", "KZ12 ", "\u200b", "a\u0336",
        "😀", " ", ".", "(", "123ABC02 ", "тг: aaaaa_b ", "tel:1", "https://a@", "xn--a.", "_",
    ],
)  # fmt: skip
def test_work_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    """A square would take minutes for what takes a fraction of a second."""
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    extract(text)
    assert time.process_time() - begun < 4
