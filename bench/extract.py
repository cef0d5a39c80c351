"""How fast `extract` reads, beside what else one would use, on the same texts in the same run.

    python bench/extract.py [FILE.jsonl[.gz]]

Peers are `phonenumbers` (phones only), `iocextract`, `ioc-finder` and `iocsearcher`, measured where
they are installed (they are no dependencies: `pip install` them into an environment of their own), and
a dozen plain expressions without check digits, disguises or platforms. Machines are shared, so read the
ratios. Without a file the texts are those of `corpus/` and some made up here.
"""

import contextlib
import gzip
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tereze.indicators import extract


CORPUS = Path(__file__).parent.parent / "corpus"

BASELINE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:\+?7|8)[\s\-(]{0,3}\d{3}[\s\-)]{0,3}\d{3}[\s\-]?\d{2}[\s\-]?\d{2}",
        r"\b(?:\d[ -]?){15,18}\d\b",
        r"\bKZ\d{2}[A-Z0-9]{16}\b",
        r"\b\d{12}\b",
        r"https?://\S+",
        r"\b(?:[a-z0-9-]+\.)+(?:kz|ru|com|net|org|top|site|xyz)\b",
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?:t\.me/|@)[a-z]\w{4,31}",
        r"wa\.me/\d+",
        r"instagram\.com/[\w.]+",
        r"\b(?:bc1|[13])[a-z0-9]{25,60}\b|\b0x[0-9a-f]{40}\b|\bT[a-z0-9]{33}\b",
        r"\b\d{3}\s?[a-z]{2,3}\s?\d{2}\b",
    )
]

HOSTILE = {
    "digits": "1" * 4000,
    "1 1 1": "1 " * 2000,
    "4 4 4": "4 " * 2000,
    "8-8-8": "8-" * 2000,
    "8 by line": "8\n" * 2000,
    "7 0 1": "7 0 1 " * 666,
    "333 phones": "87011234567 " * 333,
    "200 cards": "4400 4301 2345 6789 " * 200,
    "300 ids": "850315400213 " * 307,
    "+7 701": "+7 701 " * 571,
    "number words": "восемь " * 571,
    "hundreds": "жүз " * 1000,
    "a.a.a": "a." * 2000,
    "a-a-a": "a-" * 2000,
    "one word": "a" * 4000,
    "@@@": "@" * 4000,
    "a@a@": "a@" * 2000,
    "leet": "а0" * 2000,
    "t.me/": "t.me/" * 800,
    "hosts": "".join(f"a{n}.kz " for n in range(600)),
    "punycode": "xn--a." * 666 + "kz",
    "brackets": "http://a.kz/" + ")" * 3988,
    "defanged": "a[.]" * 1000,
    "spelled": "a точка " * 500,
    "scheme": "h t t p " * 500,
    "iban": "KZ12 " * 800,
    "eth": "".join(f"0x{n:040x} ".replace("a", "A") for n in range(93)),
    "zero width": "\u200b" * 4000,
    "zalgo": "a\u0336" * 2000,
    "emoji": "😀" * 4000,
    "spaces": " " * 4000,
    "plates": "123ABC02 " * 444,
    "handles": "тг: aaaaa_b " * 333,
    "tel": "tel:1" * 800,
    "single letters": "a b c " * 666,
    "wallets": "Taaaaaaaa1 " * 363,
    "cut wallets": "1aaaaaaaa\n" * 400,
    "named": "инст аккаунт " * 300,
    "t . me": "t . me / " * 444,
    "a @ a": "a @ a.kz " * 444,
    "K Z": "K Z 1 2 " * 500,
    "dressed": "87|" * 1333,
    "said": "восемь семьсот шестьсот пятьдесят " * 120,
    "said aloud": "восемь семьсот два шестьсот пятьдесят сорок тридцать, ое " * 75,
    "sums": "7=7=" * 1000,
    "official": "kaspi.kz." * 440,
    "imitations": "".join(f"kaspi-{n}.top " for n in range(280)),
}


def baseline(text: str) -> int:
    return sum(len(pattern.findall(text)) for pattern in BASELINE)


def peers() -> dict[str, Callable[[str], object]]:
    """The extractors that are installed here, by name."""
    found: dict[str, Callable[[str], object]] = {"plain re": baseline}
    with contextlib.suppress(ImportError):
        import phonenumbers

        found["phonenumbers"] = lambda t: list(phonenumbers.PhoneNumberMatcher(t, "KZ"))
    with contextlib.suppress(ImportError):
        import iocextract

        found["iocextract"] = lambda t: list(iocextract.extract_iocs(t))
    with contextlib.suppress(ImportError):
        import ioc_finder

        found["ioc-finder"] = ioc_finder.find_iocs
    with contextlib.suppress(ImportError):
        from iocsearcher.searcher import Searcher

        found["iocsearcher"] = Searcher().search_data
    return found


def made_up(count: int) -> list[str]:
    """Messages of a city chat: most without an indicator, some with one or two."""
    chance = random.Random(20261122)
    plain = [
        "Добрый день, подскажите, кто знает хорошего сантехника в районе Михайловки?",
        "Бүгін судың қысымы төмен, сағат 15:00-ге дейін жөндеу жұмыстары жүріп жатыр",
        "Продам холодильник, б/у 3 года, 45 000 тг, самовывоз, ул. Абая 15, кв 12",
        "Сегодня в 18:30 собрание жильцов, приходите все, вопрос по парковке",
        "спасибо большое!!!",
    ]
    telling = [
        "звоните 8 (7{a:02}) {b:03}-{c:02}-{d:02}",
        "пишите в ватсап wa.me/77{a:02}{b:03}{c:02}{d:02}",
        "куплю карту, оплата сразу, тг @work_{b}_{c}",
        "ссылка https://olx-pay{a}.top/order/{b}{c}{d}",
        "Каспи 4400 43{a:02} 2345 67{d:02}, Иван И.",
    ]
    texts = []
    for _ in range(count):
        text = chance.choice(plain)
        if chance.random() < 0.3:
            a, b, c, d = (chance.randrange(n) for n in (9, 1000, 100, 100))
            text += " " + chance.choice(telling).format(a=a, b=b, c=c, d=d)
        texts.append(text)
    return texts


def read(path: str) -> list[str]:
    opener = gzip.open if path.endswith(".gz") else open
    with opener(Path(path), "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def best_seconds(work: Callable[[str], object], texts: Iterable[str], times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        begun = time.process_time()
        for text in texts:
            work(text)
        seconds.append(time.process_time() - begun)
    return min(seconds)


def own_texts() -> list[str]:
    """The texts of `corpus/`: frauds, stories, everyday messages, and the hard ones for indicators."""
    voices = (CORPUS / "voices.tsv").read_text("utf-8").splitlines()
    hard = [text for path in sorted(CORPUS.glob("indicators/*.jsonl")) for text in read(str(path))]
    return [line.rsplit("\t", 1)[-1] for line in voices] + hard


def latencies(texts: list[str]) -> list[float]:
    """Microseconds of each text, the best of three, so that a neighbour's turn is not ours."""
    best = [float("inf")] * len(texts)
    for _ in range(3):
        for number, text in enumerate(texts):
            begun = time.perf_counter()
            extract(text)
            best[number] = min(best[number], (time.perf_counter() - begun) * 1e6)
    return best


def by_finds(texts: list[str]) -> None:
    """How long a text takes by how much is in it."""
    timed = list(
        zip(latencies(texts), (len({i.span for i in extract(t)}) for t in texts), strict=True)
    )
    for name, wanted in (("none", {0}), ("one", {1}), ("two", {2}), ("any", set(range(999)))):
        times = sorted(time for time, count in timed if count in wanted)
        if times:
            mean, p99 = sum(times) / len(times), times[int(len(times) * 0.99)]
            print(
                f"  {name:5} {len(times):6} texts: mean {mean:6.1f}, p50 {times[len(times) // 2]:6.1f}, p99 {p99:6.1f} µs"
            )


def hostile() -> None:
    """The worst texts of 4,000 characters, and how their time grows to 100,000 (1 is linear)."""
    growth = 25
    rows = []
    for name, text in HOSTILE.items():
        text = (text * (4_000 // len(text) + 1))[:4_000]
        small = best_seconds(extract, [text])
        rows.append(
            (small * 1e3, best_seconds(extract, [text * growth], times=1) / small / growth, name)
        )
    for milliseconds, ratio, name in sorted(rows, reverse=True)[:12]:
        print(f"  {name:14} {milliseconds:6.2f} ms, x{growth}: {ratio:.2f} of linear")
    print(f"  least linear of {len(rows)}: {max(ratio for _, ratio, _ in rows):.2f}")


def main() -> None:
    texts = read(sys.argv[1]) if len(sys.argv) > 1 else made_up(3000) + own_texts()
    print(f"{len(texts)} texts, {sum(map(len, texts)) / len(texts):.0f} characters on average")
    ours = best_seconds(extract, texts) / len(texts)
    print(f"  {'extract':13} {ours * 1e6:8.1f} µs a text {1 / ours:10,.0f} texts/s")
    for name, peer in peers().items():
        sample = texts[:: max(1, len(texts) // 1500)]
        theirs = best_seconds(peer, sample, times=2) / len(sample)
        same = best_seconds(extract, sample, times=2) / len(sample)
        print(
            f"  {name:13} {theirs * 1e6:8.1f} µs a text; extract is {theirs / same:.1f} times as fast"
        )
    print("by number of finds")
    by_finds([text for text in texts if len(text) <= 600])
    print("hostile texts of 4,000 characters")
    hostile()


if __name__ == "__main__":
    main()
