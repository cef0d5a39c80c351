"""What ``train.py`` learns from: texts with labels, as a matrix of features."""

from __future__ import annotations

import json
import tomllib
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse

from tereze.detection import letters
from tereze.detection.assessment import Outcome
from tereze.detection.disguises import DISGUISES
from tereze.detection.features import BITS, features
from tereze.detection.model import FEWEST
from tereze.detection.parts import evidence_in
from tereze.detection.ruleset import default_rules
from tereze.detection.scoring import signs, sums, worths
from tereze.detection.skeleton import fold
from tereze.indicators.documents import Entry, read_documents


CORPUS = Path(__file__).parents[1] / "corpus"
# GPL-3.0, MIT, CC BY 4.0 and CC BY-SA sets; the others serve local evaluation only.
LICENSED = frozenset({
    "tizh_telegram_ru",
    "umputun_tgspam",
    "fsoc_spam",
    "aiantispam_confirmed",
    "monalenka_telegram",
    "nktkln_news",
    "kaznu_gov_kk",
})  # fmt: skip
SPLITS = tomllib.loads((CORPUS / "splits.toml").read_text("utf-8"))
PARTS = 5  # whole batches of writers are held out together
MOST_PUBLIC = 9_000  # honest public texts; more teach little and take long
MOST_BANNED = 4_000
BANNED = "banned"  # by a moderator: wider than illegal
# but these kinds of it are frauds; of some the scheme is certain
CLEAR = {
    "auto:account_sale_hack": "", "auto:call_fraud": "", "auto:phishing_giveaway": "",
    "auto:casino_betting": "online_casino", "auto:crypto_invest": "fake_broker",
    "auto:dropper_cards": "dropper_recruitment", "auto:drugs": "drug_sale",
    "auto:forged_docs": "fake_documents",
}  # fmt: skip
DISGUISE, DISGUISED = "spaced_evenly", 6  # one text of so many is learned disguised as well


@dataclass(frozen=True)
class Row:
    """A text with what is known of it; ``source`` is a batch of ours, a public set or "rules"."""

    text: str
    outcome: str
    scheme: str
    source: str
    group: str

    @property
    def part(self) -> int:
        """The part that this row is held out with."""
        return zlib.crc32(self.group.encode()) % PARTS

    @property
    def known_to_rules(self) -> bool:
        """Whether the rules' authors knew it: what rules say of it is no measure of them."""
        return self.source in {"rules", "voices"}

    @property
    def unread(self) -> bool:
        """Whether it is ours and the rules' authors have not read it."""
        return self.source in SPLITS["unread"]

    @property
    def public(self) -> bool:
        """Whether it comes from a public set."""
        return self.source in LICENSED

    @property
    def ordinary(self) -> bool:
        """Whether it is of the kind that no desk has to look at, and honest."""
        return self.source in SPLITS["ordinary"] or (self.public and self.outcome == "harmless")


def read_own(split: str = "train") -> list[Row]:
    """Our texts of one split."""
    rows = []
    for batch in SPLITS[split]:
        for line in (CORPUS / "texts" / f"{batch}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            rows.append(Row(row["text"], row["outcome"], row["scheme"] or "", batch, batch))
    return rows


def read_disguised() -> list[Row]:
    """Some of our texts once more, all letters apart: there words hide in one another."""
    hide = DISGUISES[DISGUISE]
    return [
        replace(row, text=hide(row.text), source="disguised")
        for row in read_own()
        if not row.ordinary and zlib.crc32(row.text.encode()) % DISGUISED == 0
    ]


def read_voices() -> list[Row]:
    """Our first texts, whose words the rules' authors knew: they teach words and not weights."""
    rows = []
    for number, line in enumerate((CORPUS / "voices.tsv").read_text("utf-8").splitlines()):
        outcome, scheme, text = line.split("\t")
        rows.append(Row(text, outcome, scheme, "voices", f"voices-{number}"))
    return rows


def read_examples() -> list[Row]:
    """The rules' own examples: they fire by making, so they teach words and not weights."""
    rows = []
    for rule in default_rules().rules:
        if rule.name.endswith(".signal"):
            continue
        outcome, scheme, harmless = str(rule.outcome), rule.scheme, str(Outcome.HARMLESS)
        rows += [Row(text, outcome, scheme, "rules", rule.name) for text in rule.examples]
        rows += [Row(text, harmless, "", "rules", rule.name) for text in rule.counter_examples]
    return rows


def read_public(folder: Path, without: list[str]) -> list[Row]:
    """Rows of the licensed public sets, the same choice of them each time."""
    chosen: dict[str, list[Row]] = {"clear": [], "bad": [], "ok": []}
    for entry in read_documents([str(folder / "train.jsonl.gz")]):
        if not isinstance(entry, Entry):
            continue
        source, label = str(entry.fields["set"]), str(entry.fields["label"])
        if source in LICENSED and source not in without:
            group = str(entry.fields.get("group") or entry.text[:40])
            kind = str(entry.fields.get("kind"))
            if label == "bad" and kind in CLEAR:
                fraud = str(Outcome.ILLEGAL)
                chosen["clear"].append(Row(entry.text, fraud, CLEAR[kind], source, group))
            else:
                outcome = BANNED if label == "bad" else str(Outcome.HARMLESS)
                chosen[label].append(Row(entry.text, outcome, "", source, group))
    shuffle = np.random.default_rng(20261127)
    for label, most in (("bad", MOST_BANNED), ("ok", MOST_PUBLIC)):
        rows = chosen[label]
        keep = shuffle.permutation(len(rows))[:most]
        chosen[label] = [rows[place] for place in sorted(keep)]
    return chosen["clear"] + chosen["bad"] + chosen["ok"]


def matrix(rows: list[Row], *, shift: int = 0) -> sparse.csr_matrix:
    """A row of the values of features for each text, exactly as the model sums them."""
    columns, values, owners = [], [], []
    for start in range(0, len(rows), 256):
        found = features([fold(row.text).text for row in rows[start : start + 256]])
        counts = np.bincount(found.owner, minlength=found.texts)
        columns.append(found.bucket >> shift)
        values.append(found.value / np.sqrt(np.maximum(FEWEST, counts))[found.owner])
        owners.append(found.owner + start)
    return _matrix(rows, columns, values, owners, BITS - shift)


def letter_matrix(rows: list[Row]) -> sparse.csr_matrix:
    """The same of the runs of letters."""
    columns, values, owners = [], [], []
    for start in range(0, len(rows), 256):
        found = letters.runs([fold(row.text).text for row in rows[start : start + 256]])
        for owner, (a, b) in enumerate(found.bounds, start):
            columns.append(found.bucket[:, a:b].ravel())
            size = len(columns[-1])
            values.append(np.full(size, 1 / np.sqrt(max(FEWEST, size))))
            owners.append(np.full(size, owner))
    return _matrix(rows, columns, values, owners, letters.BITS)


def _matrix(rows: list[Row], columns, values, owners, bits: int) -> sparse.csr_matrix:
    made = sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(owners), np.concatenate(columns))),
        shape=(len(rows), 1 << bits),
    )
    made.sum_duplicates()
    return made


def rules_signs(rows: list[Row]) -> tuple[np.ndarray, list[dict[str, float]]]:
    """What the rules say of each text, and the weights of the schemes they name."""
    found, named = [], []
    for row in rows:
        evidence = evidence_in(row.text[:2_500], default_rules())
        found.append(signs(sums(evidence, worths(evidence)), len(row.text)))
        weights: dict[str, float] = {}
        for item in evidence:
            if item.scheme:
                weights[item.scheme] = weights.get(item.scheme, 0.0) + item.scheme_weight
        named.append(weights)
    return np.array(found), named
