"""What an assessment costs, everything included, beside stacks of ready-made libraries.

    python bench/engine.py [FILE.jsonl[.gz]] [--peers PYTHON] [--make-peers]

JSON bytes in; normalise, rules, model, indicators, a fingerprint of what is flagged; JSON bytes
out. All in CPU time of one core and in one run, so that ratios mean something on a busy computer.
Peers need an environment with bench/peers/requirements.txt: ``--peers`` names its Python,
``--make-peers`` makes one in var/bench-peers. Without a file, a city's chat is put together of
corpus/voices.tsv: one text in twenty a fraud, one in ten a warning, a story or an advert, the rest
harmless, with names and numbers that are never the same.
"""

import argparse
import gc
import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tereze.detection import Outcome, assess, assess_many
from tereze.detection.fingerprints import fingerprint
from tereze.detection.ruleset import default_rules
from tereze.indicators.documents import Entry, read_documents
from tereze.indicators.jsonlines import decode, encode


HERE = Path(__file__).parent
VOICES = HERE.parent / "corpus" / "voices.tsv"
PEERS = HERE.parent / "var" / "bench-peers"
COUNT, LENGTH = 6_000, 4_000
STEPS = (0, 50, 100, 200, 500, 1_000)  # lengths by which the times of one text are told
FLAGGED = {Outcome.ILLEGAL, Outcome.SUSPICIOUS}


def city_chat() -> list[str]:
    chance = random.Random(20261122)
    rows = [line.split("\t") for line in VOICES.read_text("utf-8").splitlines() if line]
    frauds = [text for outcome, _, text in rows if outcome == "illegal"]
    others = [text for outcome, _, text in rows if outcome not in {"illegal", "harmless"}]
    harmless = [text for outcome, _, text in rows if outcome == "harmless"]
    made = []
    for number in range(COUNT):
        kind = frauds if number % 20 == 0 else others if number % 10 == 5 else harmless
        text = chance.choice(kind)
        if number % 4 == 0:
            text = f"{chance.choice('АБВГДЕЖ')}{chance.randrange(10**4)}, {text}"
        if number % 7 == 0:
            text += f" +7 70{chance.randrange(10)} {chance.randrange(10**7):07}"
        made.append(text)
    return made


def hostile() -> dict[str, str]:
    """Texts made to be slow, each of :data:`LENGTH` characters."""
    chance = random.Random(20261122)
    words = sorted({start.rstrip("$") for p in default_rules().phrases for start in p.starts})
    letters = "абвгдежзиклмнопрст"
    made = {
        "rule words": " ".join(chance.choice(words) for _ in range(900)),
        "one phrase": "куплю карту " * 400,
        "one word": "а" * LENGTH,
        "spaces": " " * LENGTH,
        "digits": "8" * LENGTH,
        "8 8 8": "8 " * LENGTH,
        "10 000": "10 000 " * 700,
        "spaced": "к у п л ю " * 400,
        "dotted": "к." * LENGTH,
        "mixed": "кaрту " * 700,
        "zero width": "к\u200b" * LENGTH,
        "leet": "к4" * LENGTH,
        "quotes": "«" * LENGTH,
        "broken": "а-\n" * LENGTH,
        "hosts": "kaspi-a.top " * 400,
        "codes": "назовите код из смс " * 300,
        "random": " ".join("".join(chance.choices(letters, k=6)) for _ in range(700)),
    }
    return {name: text[:LENGTH] for name, text in made.items()}


def judge_lines(lines: Sequence[bytes]) -> list[bytes]:
    """The whole way: JSON in, JSON out."""
    items = [decode(line.decode()) for line in lines]
    assessments = assess_many([item["text"] for item in items])
    out = []
    for item, assessment in zip(items, assessments, strict=True):
        answer = {"id": item["id"], **assessment.to_json()}
        if assessment.outcome in FLAGGED:
            answer["fingerprint"] = fingerprint(item["text"]).hex()
        out.append(encode(answer))
    return out


def seconds(work: Callable[[], object], times: int = 5) -> float:
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def in_batches(lines: Sequence[bytes], size: int) -> float:
    """Texts a second."""
    batches = [lines[at : at + size] for at in range(0, len(lines), size)]
    return len(lines) / sum(seconds(lambda b=batch: judge_lines(b), 3) for batch in batches)


def one_by_one(lines: Sequence[bytes]) -> list[float]:
    """Seconds of each line."""
    taken = []
    for line in lines:
        begun = time.thread_time()
        judge_lines([line])
        taken.append(time.thread_time() - begun)
    return taken


def by_length(texts: Sequence[str], taken: Sequence[float]) -> None:
    """Where the slow ones are: texts of like length, the flagged ones apart."""
    groups: dict[tuple[int, bool], list[float]] = {}
    for text, assessment, seconds_ in zip(texts, assess_many(texts), taken, strict=True):
        shortest = max((n for n in STEPS if n <= len(text)), default=0)
        groups.setdefault((shortest, assessment.outcome in FLAGGED), []).append(seconds_)
    for (shortest, flagged), own in sorted(groups.items()):
        kind = "flagged" if flagged else "others"
        p50, p99 = percentile(own, 0.5), percentile(own, 0.99)
        print(
            f"    from {shortest:4} characters, {kind:8} {len(own):5} texts, p50 {p50:5.0f} µs, p99 {p99:5.0f} µs"
        )


def percentile(taken: Sequence[float], share: float) -> float:
    """In microseconds."""
    return 1e6 * sorted(taken)[int(share * (len(taken) - 1))]


def started(*arguments: str, cache: str) -> float:
    """CPU seconds of a Python process with these arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "TEREZE_CACHE": cache}
    subprocess.run(
        [sys.executable, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def starts() -> None:
    explain = ("-m", "tereze.detection", "explain", "Куплю карту, оплата сразу")
    with tempfile.TemporaryDirectory() as cache:
        first = started(*explain, cache=cache)
        second = min(started(*explain, cache=cache) for _ in range(3))
        bare = min(started("-c", "", cache=cache) for _ in range(3))
        imported = min(started("-c", "import tereze.detection", cache=cache) for _ in range(3))
    print(f"  import tereze.detection       {imported - bare:6.2f} s")
    print(f"  command line, first start     {first:6.2f} s (compiles the rules and keeps them)")
    print(f"  command line, second start    {second:6.2f} s")


def peers(python: str, texts: list[str]) -> dict[str, Any]:
    phrases = [p.expression for p in default_rules().phrases if p.starts]
    given = json.dumps({"texts": texts, "phrases": phrases})
    done = subprocess.run(
        [python, str(HERE / "peers" / "stacks.py")], input=given, text=True, stdout=subprocess.PIPE, check=True
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def find_peers(options: argparse.Namespace) -> str:
    made = PEERS / "bin" / "python"
    if options.make_peers and not made.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        wanted = str(HERE / "peers" / "requirements.txt")
        subprocess.run([str(made), "-m", "pip", "install", "-q", "-r", wanted], check=True)
    return options.peers or (str(made) if made.exists() else "")


def decode_rate(lines: Sequence[bytes]) -> float:
    """Lines a second that msgspec decodes into a typed object: the floor under any Python."""
    try:
        import msgspec
    except ImportError:
        return 0.0
    typed = msgspec.defstruct("Line", [("id", int), ("text", str)], gc=False)
    read = msgspec.json.Decoder(typed).decode
    return len(lines) / seconds(lambda: [read(line) for line in lines])


def compare(python: str, texts: list[str], lines: Sequence[bytes]) -> None:
    if not python:
        print("peers: none. --make-peers installs them, --peers names a Python that has them")
        return
    before, all_peers, after = measured(lines), peers(python, texts), measured(lines)
    ours, p99 = (math.sqrt(a * b) for a, b in zip(before, after, strict=True))
    print(
        "peers, in the same run             texts/s   p99 µs   engine's throughput   engine's p99"
    )
    for name, found in all_peers.items():
        rate, theirs = found["rate"], percentile(found["seconds"], 0.99)
        without = f", without {', '.join(found['missing'])}" if found["missing"] else ""
        print(
            f"  {name + ' stack' + without:<30} {rate:9,.0f} {theirs:8,.0f}"
            f" {ours / rate:18.1f} times {p99 / theirs:13.2f} times"
        )


def measured(lines: Sequence[bytes]) -> tuple[float, float]:
    """Texts a second in batches, and the p99 of one."""
    return in_batches(lines, 256), percentile(one_by_one(lines), 0.99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--peers", metavar="PYTHON", default="")
    parser.add_argument("--make-peers", action="store_true")
    options = parser.parse_args()
    if options.file:
        texts = [e.text for e in read_documents([options.file]) if isinstance(e, Entry)]
    else:
        texts = city_chat()
    lines = [encode({"id": number, "text": text}) for number, text in enumerate(texts)]
    judge_lines(lines)  # words and phrases are met once before anything is measured
    gc.collect()
    gc.freeze()
    flagged = sum(a.outcome in FLAGGED for a in assess_many(texts)) / len(texts)
    print(
        f"{len(texts)} texts, {sum(map(len, texts)) / len(texts):.0f} characters on average, "
        f"{100 * flagged:.0f} % flagged; one core, CPU time"
    )
    rates = {size: in_batches(lines, size) for size in (256, 64)}
    taken = one_by_one(lines)
    p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
    for size, rate in rates.items():
        print(f"  batches of {size:<4} {rate:12,.0f} texts/s {1e6 / rate:8.0f} µs a text")
    print(
        f"  one by one      {1 / (sum(taken) / len(taken)):12,.0f} texts/s, p50 {p50:.0f} µs, p99 {p99:.0f} µs"
    )
    by_length(texts, taken)
    floor = decode_rate(lines)
    if floor:
        print(
            f"  share of msgspec's decode rate ({floor:,.0f} lines/s): {100 * rates[256] / floor:.1f} %"
        )
    print(
        f"  memory at its highest {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB"
    )
    starts()
    compare(find_peers(options), texts, lines)
    print(f"hostile texts of {LENGTH} characters, and repeated to 1 MB (of which 100,000 are read)")
    for name, text in hostile().items():
        small = seconds(lambda t=text: assess(t), 3)
        large = seconds(lambda t=text: assess(t * (1_000_000 // LENGTH)), 1)
        print(f"  {name:12} {small * 1e3:7.1f} ms {large:8.2f} s")


if __name__ == "__main__":
    main()
