"""How fast `extract` reads: ordinary messages against a plain-regex baseline, and hostile ones.

    python bench/extract.py [FILE.jsonl[.gz]]

The baseline is what one would write first: a dozen regular expressions over the text, without
check digits, disguises or platforms. Both run in this process on the same texts, so their ratio
says more than either figure. Without a file the texts are made up here.
"""

import gzip
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tereze.indicators import extract


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
}


def baseline(text: str) -> int:
    return sum(len(pattern.findall(text)) for pattern in BASELINE)


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


def main() -> None:
    texts = read(sys.argv[1]) if len(sys.argv) > 1 else made_up(5000)
    ours, theirs = best_seconds(extract, texts), best_seconds(baseline, texts)
    print(f"{len(texts)} texts, {sum(map(len, texts)) / len(texts):.0f} characters on average")
    for name, seconds in (("extract", ours), ("plain re", theirs)):
        each = seconds / len(texts)
        print(f"  {name:9} {each * 1e6:8.1f} µs a text {1 / each:10,.0f} texts/s")
    print(f"  ratio     {theirs / ours:.2f} times the plain expressions' throughput")
    print("hostile texts of 4,000 characters, and repeated to 1 MB")
    for name, text in HOSTILE.items():
        small = best_seconds(extract, [text])
        large = best_seconds(extract, [text * (1_000_000 // len(text))], times=1)
        print(f"  {name:12} {small * 1e3:7.2f} ms {large:8.2f} s")


if __name__ == "__main__":
    main()
