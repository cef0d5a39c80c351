"""Every type through every disguise: what is hidden in a text is found, in its canonical form."""

import json
import string
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tereze.indicators import TYPES, extract, normalise
from tereze.indicators.extraction import extract_thoroughly
from tereze.indicators.ids import control_digit_valid, kind_of_id, parse_plate
from tereze.indicators.money import luhn_valid
from tereze.indicators.wallets import parse_wallet

from .disguises import (
    BOLD,
    DIGITS,
    FOURS,
    INVISIBLE,
    LINK,
    NAME,
    PHONE,
    TWINS,
    WIDE,
    Disguise,
    each,
    grouped,
)


QUICK = settings(max_examples=15, deadline=None)


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
firms = (
    st.builds(
        lambda y, m, kind, head, rest: f"{y:02}{m:02}{kind}{head}{rest}",
        st.integers(0, 24),
        st.integers(1, 12),
        st.sampled_from("456"),
        st.sampled_from("01"),
        digits(5),
    )
    .map(with_check_digit(control_digit_valid))
    .filter(lambda number: bool(number) and kind_of_id(number) == "bin")
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
    indicators = extract(text)
    assert indicators == extract_thoroughly(text)
    found = {(i.type, i.value): i for i in indicators}
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


@pytest.mark.parametrize(
    "disguise", pairs(INVISIBLE, DIGITS, {"threes": grouped(3, 3, 3), "halves": grouped(6)})
)
@QUICK
@given(number=people)
def test_iin(disguise: Disguise, number: str) -> None:
    check("iin", disguise(number), number, "ИИН")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, DIGITS))
@QUICK
@given(number=firms)
def test_bin(disguise: Disguise, number: str) -> None:
    check("bin", disguise(number), number, "БИН")


@pytest.mark.parametrize("disguise", pairs(INVISIBLE, FOURS, {"twins": each(TWINS)}))
@QUICK
@given(account=accounts)
@example("KZ03722000000000K200")  # its last group looks like a dressed country
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


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58check(version: int, payload: bytes) -> str:
    body = bytes([version]) + payload
    body += sha256(sha256(body).digest()).digest()[:4]
    number, letters = int.from_bytes(body, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        letters = BASE58[digit] + letters
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + letters


def written_and_value(kind: str) -> st.SearchStrategy[tuple[str, str]]:
    """How a value of *kind* is plainly written, and its canonical form."""
    twenty = st.binary(min_size=20, max_size=20).filter(any)
    number = st.integers(100_000_000, 799_999_999)
    code = st.from_regex(r"[0-9A-Za-z]{5,6}", fullmatch=True)
    letters = st.text("ABCDEFHKLMNOPSTXYZ", min_size=3, max_size=3)
    plain: dict[str, st.SearchStrategy[tuple[str, str]]] = {
        "phone": phones.map(lambda p: (p, "+7" + p[1:])),
        "whatsapp": phones.map(lambda p: (f"wa.me/7{p[1:]}", "+7" + p[1:])),
        "card": cards.map(lambda c: (c, c)),
        "iban": accounts.map(lambda a: (a, a)),
        "iin": people.map(lambda n: (n, n)),
        "bin": firms.map(lambda n: (n, n)),
        "url": hosts.map(lambda h: (f"https://{h}/a?b=1", f"https://{h}/a?b=1")),
        "domain": hosts.map(lambda h: (h, h)),
        "email": st.tuples(words, hosts).map(lambda p: (f"{p[0]}@{p[1]}",) * 2),
        "telegram": names.map(lambda n: (f"@{n}", n)),
        "telegram_invite": st.from_regex(r"[0-9A-Za-z]{16}", fullmatch=True)
        .filter(lambda h: not h.isdigit())
        .map(lambda h: (f"t.me/+{h}", h)),
        "instagram": names.map(lambda n: (f"instagram.com/{n}", n)),
        "listing": st.one_of(
            code.map(lambda c: (f"olx.kz/d/obyavlenie/divan-ID{c}.html", f"olx:{c}")),
            number.map(lambda n: (f"m.kolesa.kz/a/show/{n}", f"kolesa:{n}")),
            number.map(lambda n: (f"https://krisha.kz/a/show/{n}", f"krisha:{n}")),
            number.map(lambda n: (f"obyavleniya.kaspi.kz/a/divan-{n}", f"kaspi:{n}")),
        ),
        "btc": twenty.map(lambda b: (base58check(0, b),) * 2),
        "eth": twenty.map(lambda b: (parse_wallet("0x" + b.hex()) or ("", ""))[1]).map(
            lambda a: (a, a)
        ),
        "trx": twenty.map(lambda b: (base58check(0x41, b),) * 2),
        "plate": st.tuples(digits(3), letters, st.sampled_from(["01", "03", "16", "20"]))
        .map("".join)
        .filter(lambda p: p[3:6] not in {"SMS", "AMD"} and parse_plate(p) is not None)
        .map(lambda p: (p, p)),
        "lookalike": words.map(lambda w: (f"kaspi-{w}.top", f"kaspi-{w}.top")),
    }
    return plain[kind]


NAMED = {"card": "карта", "iin": "ИИН", "bin": "БИН", "plate": "госномер", "telegram": "тг"}
COSTUMES: dict[str, Disguise] = INVISIBLE | {
    "word joiner": "\u2060".join,
    "full width": each(WIDE),
    "mathematical": each(
        {c: chr(0x1D41A + n) for n, c in enumerate(string.ascii_lowercase)}
        | {c: chr(0x1D400 + n) for n, c in enumerate(string.ascii_uppercase)}
        | BOLD
    ),
}


@pytest.mark.parametrize("disguise", pairs(COSTUMES))
@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_type_in_every_costume(kind: str, disguise: Disguise, data: st.DataObject) -> None:
    written, value = data.draw(written_and_value(kind))
    check(kind, disguise(written), value, NAMED.get(kind, "звоните"))


@pytest.mark.parametrize("kind", ["btc", "eth", "trx"])
@QUICK
@given(data=st.data())
def test_a_wallet_over_two_lines(kind: str, data: st.DataObject) -> None:
    written, value = data.draw(written_and_value(kind))
    check(kind, f"{written[:17]}\n{written[17:]}", value, "кошелёк")


@pytest.mark.parametrize("disguise", pairs(DIGITS, FOURS))
@QUICK
@given(text=st.text("0123456789 о.-+вкЗlKZ@/\n", max_size=60), phone=phones, card=cards)
def test_a_glance_loses_nothing(disguise: Disguise, text: str, phone: str, card: str) -> None:
    for written in (text, f"{text} {disguise(phone)}", f"{disguise(card)}{text}"):
        assert extract(written) == extract_thoroughly(written)


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


def test_a_glance_loses_nothing_of_the_corpus() -> None:
    corpus = Path(__file__).parents[3] / "corpus" / "indicators"
    for path in corpus.glob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            text = json.loads(line)["text"]
            assert extract(text) == extract_thoroughly(text)
