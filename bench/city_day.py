"""A day of a large city through the wall, one message in a hundred illegal: what would it have done?

    python bench/city_day.py FOLDER [--messages 20000] [--share 0.01] [--threshold 0.9]

`FOLDER` holds the public sets (`dev.jsonl.gz`, `train.jsonl.gz`; rows with `set`, `text`, `label`).
Their ordinary texts are the talk, of `train` only those of sets of which nothing was learned; the illegal ones are texts of the test split of `corpus/`, with their schemes. Every
text goes through the whole wall of a fresh city, its chat on automatic (nobody is there to act
upon). Prints, beside the progress: flagged for each 1,000 harmless ones, missed, automatic deletions
right and wrong, and each scheme.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.city import a_city


CORPUS = Path(__file__).resolve().parent.parent / "corpus"
# sets without a licence, of which nothing was learned: all of their splits are unseen
NOT_LEARNED = {
    "radiot_samples", "venture_citychat_ads", "krisha_rental_ads", "nurkz_headlines",
    "allag_vk_comments", "kazsandra_reviews", "zhaksylykd_kz_synthetic",
}  # fmt: skip
DJANGO = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")
django.setup()
"""
CITY = """
import json, sys
from collections import Counter
from pathlib import Path
from tereze.accounts.models import Unit
from tereze.watch import replay
from tereze.watch.models import CALM, FLAGGED, Message
unit = Unit.objects.create(slug="day", name="Day")
class Out:
    def __init__(self, to): self.to = to
    def isatty(self): return False
    def flush(self): pass
    def write(self, text="", ending="\\n"): self.to.write(text + ending); self.to.flush()
class Nowhere(Out):
    def write(self, text="", ending=""): pass
tally = replay.run(file=Path("{file}"), rate=0, mode="automatic", threshold={threshold},
                   unit="day", limit=0, out=Nowhere(sys.stdout), progress=Out(sys.stderr))
truth = {{row["id"]: row for row in map(json.loads, open("{file}", encoding="utf-8"))}}
calm, bad, schemes = Counter(), Counter(), {{}}
found = Message.objects.values_list("external_id", "outcome", "standing", "scheme")
for key, outcome, standing, scheme in found:
    row = truth[key]
    seen = "deleted" if standing == "blocked" else "flagged" if outcome in FLAGGED else "passed"
    if row["label"] == "ok":
        calm[seen] += 1
        continue
    bad[seen] += 1
    counts = schemes.setdefault(row["scheme"], Counter())
    counts[seen] += 1
    counts["named"] += scheme == row["scheme"]
every, wrong = calm.total(), bad.total()
print(f"{{every}} harmless and {{wrong}} illegal messages in {{tally.seconds:.0f}} s")
print(f"flagged for 1,000 harmless: {{1000 * (every - calm['passed']) / max(every, 1):.1f}}")
print(f"illegal ones missed: {{bad['passed']}} of {{wrong}} ({{bad['passed'] / max(wrong, 1):.0%}})")
print(f"automatic deletions: {{bad['deleted']}} right, {{calm['deleted']}} wrong")
print(f"\\n{{'scheme':<36}}{{'texts':>7}}{{'deleted':>9}}{{'to people':>11}}{{'missed':>8}}{{'named':>7}}")
for name, n in sorted(schemes.items(), key=lambda one: -one[1].total() + one[1]["named"]):
    total = n["deleted"] + n["flagged"] + n["passed"]
    print(f"{{name:<36}}{{total:>7}}{{n['deleted']:>9}}{{n['flagged']:>11}}{{n['passed']:>8}}{{n['named']:>7}}")
"""


def main() -> int:
    options = arguments()
    with a_city() as city, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "day.jsonl"
        write(file, options)
        program = DJANGO + CITY.format(file=file, threshold=options.threshold)
        return city.start_python("-c", program).wait()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--threshold", type=float, default=0.9)
    return parser.parse_args()


def write(file: Path, options: argparse.Namespace) -> None:
    rng = random.Random(20261128)
    bad = illegal()
    talk = ordinary(options.folder)
    rng.shuffle(talk)
    chosen = talk[: options.messages]  # each once: a text said again is a raid, not a day
    number = min(len(bad), round(len(chosen) * options.share / (1 - options.share)))
    rows: list[dict[str, Any]] = [{"text": text, "label": "ok", "scheme": ""} for text in chosen]
    rows += rng.sample(bad, number)
    rng.shuffle(rows)
    lines = (json.dumps({**row, "id": str(n)}, ensure_ascii=False) for n, row in enumerate(rows))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def ordinary(folder: Path) -> list[str]:
    found = []
    for name in ("dev", "train"):
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = map(json.loads, lines)
            fresh = [r for r in rows if name == "dev" or r["set"] in NOT_LEARNED]
            found += [row["text"] for row in fresh if row["label"] == "ok"]
    return list(dict.fromkeys(found))


def illegal() -> list[dict[str, Any]]:
    splits = tomllib.loads((CORPUS / "splits.toml").read_text(encoding="utf-8"))
    rows = [
        json.loads(line)
        for name in splits["test"]
        for line in (CORPUS / "texts" / f"{name}.jsonl").open(encoding="utf-8")
    ]
    found = [row for row in rows if row["outcome"] == "illegal" and row["scheme"]]
    return [{"text": r["text"], "label": "bad", "scheme": r["scheme"]} for r in found]


if __name__ == "__main__":
    raise SystemExit(main())
