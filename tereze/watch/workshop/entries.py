"""What a rule of the house may be: bounded, of a scheme with a law article, with its examples.

The form asks the same; what does not pass here is not written down by any other way either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tereze.detection import Outcome
from tereze.detection.house import Entry, word_sets
from tereze.detection.patterns import MOST_WAYS, PatternError, compile_phrase
from tereze.detection.ruleset import Reader
from tereze.detection.typology import SCHEMES


MOST_PHRASES = 120
LONGEST_PHRASE = 800
WEIGHT = (0.1, 7.0)  # as far as shipped rules go
MOST_WITHIN = 300
MOST_EXAMPLES = 30
LONGEST_EXAMPLE = 1_000
FEWEST_EXAMPLES = 2
FEWEST_COUNTER_EXAMPLES = 2
LONGEST_REASON = 120
LANGUAGES = ("ru", "kk", "both")
# an honest sign takes away from a suspicion and names no scheme
OUTCOMES = tuple(str(outcome) for outcome in Outcome)
_NAMING = {Outcome.ILLEGAL, Outcome.SUSPICIOUS, Outcome.INCIDENT_REPORT}


@dataclass(frozen=True)
class Wrong:
    """One fault: the field, what is wrong (a code of `words`), and the words concerned."""

    field: str
    code: str
    part: str = ""
    where: str = ""


class EntryError(ValueError):
    """A rule that may not be written down."""

    def __init__(self, faults: list[Wrong]) -> None:
        self.faults = faults
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))


def made(values: Mapping[str, Any]) -> dict[str, Any]:
    """A rule in the fields of the rule files, from what a form or a file says.

    Raises :class:`EntryError` with everything that is wrong with it.
    """
    entry = {
        "scheme": values["scheme"],
        "language": values["language"],
        "outcome": values["outcome"],
        "weight": values["weight"],
        "scheme_weight": scheme_weight(values),
        "any": list(values["any"]),
        "with": [list(group) for group in values["with"]],
        "unless": list(values["unless"]),
        "within": values["within"],
        "text": {"ru": values["reason_ru"], "kk": values["reason_kk"]},
        "examples": list(values["examples"]),
        "counter_examples": list(values["counter_examples"]),
    }
    if faults := faults_of(entry):
        raise EntryError(faults)
    return entry


def scheme_weight(values: Mapping[str, Any]) -> float:
    """As the rule had it while its weight is the same; else as strong as its weight."""
    if Outcome(values["outcome"]) not in _NAMING:
        return 0.0
    return float(values.get("scheme_weight") or values["weight"])


def faults_of(entry: Entry) -> list[Wrong]:
    found = [*faults_of_scheme(entry), *faults_of_patterns(entry), *faults_of_numbers(entry)]
    for field in ("examples", "counter_examples"):
        fewest = FEWEST_EXAMPLES if field == "examples" else FEWEST_COUNTER_EXAMPLES
        texts = entry[field]
        if len(set(texts)) < fewest:
            found.append(Wrong(field, "too_few", str(fewest)))
        if len(texts) > MOST_EXAMPLES:
            found.append(Wrong(field, "too_many", str(MOST_EXAMPLES)))
        if any(len(text) > LONGEST_EXAMPLE for text in texts):
            found.append(Wrong(field, "too_long", str(LONGEST_EXAMPLE)))
    for language in ("ru", "kk"):
        reason = entry["text"].get(language, "")
        if not reason.strip() or len(reason) > LONGEST_REASON:
            found.append(Wrong(f"reason_{language}", "reason", str(LONGEST_REASON)))
    return found


def faults_of_scheme(entry: Entry) -> list[Wrong]:
    """Only what a law article names may be looked for: no free keywords."""
    if not has_article(entry["scheme"]):
        return [Wrong("scheme", "no_article")]
    if entry["outcome"] not in OUTCOMES:
        return [Wrong("outcome", "unknown")]
    return []


def has_article(slug: str) -> bool:
    scheme = SCHEMES.get(slug)
    return scheme is not None and bool(scheme.articles and scheme.law.get("ru"))


def faults_of_numbers(entry: Entry) -> list[Wrong]:
    found = []
    if not WEIGHT[0] <= entry["weight"] <= WEIGHT[1]:
        found.append(Wrong("weight", "weight"))
    if not 0 <= entry["within"] <= MOST_WITHIN:
        found.append(Wrong("within", "within", str(MOST_WITHIN)))
    return found


def faults_of_patterns(entry: Entry) -> list[Wrong]:
    places = [("any", entry["any"]), ("unless", entry["unless"])]
    places += [("with", group) for group in entry["with"]]
    found: list[Wrong] = []
    if not entry["any"]:
        found.append(Wrong("any", "empty_field"))
    if sum(len(phrases) for _, phrases in places) > MOST_PHRASES:
        return [Wrong("any", "too_many", str(MOST_PHRASES))]
    words = Reader(word_sets()).words
    ways = 0
    for field, phrases in places:
        for source in phrases:
            if len(source) > LONGEST_PHRASE:
                found.append(Wrong(field, "too_long", str(LONGEST_PHRASE), source[:40]))
                continue
            try:
                ways += compile_phrase(source, words).ways
            except PatternError as error:
                found.append(Wrong(field, error.code, error.part, source))
    if ways > MOST_WAYS and not found:
        found.append(Wrong("any", "too_many_ways"))
    return found


def values_of(written: Entry) -> dict[str, Any]:
    """What the form shows of a rule."""
    return {
        **{key: written[key] for key in ("scheme", "outcome", "weight", "within", "any", "unless")},
        "language": written.get("language", "both"),
        "scheme_weight": written.get("scheme_weight", written["weight"]),
        "with": written["with"],
        "reason_ru": written["text"].get("ru", ""),
        "reason_kk": written["text"].get("kk", ""),
        "examples": written["examples"],
        "counter_examples": written["counter_examples"],
    }


def difference(old: Entry | None, new: Entry | None) -> list[tuple[str, list[str], list[str]]]:
    """(field, what went, what came) of each field that changed; ``None`` is no rule at all."""
    before, after = lines(old), lines(new)
    found = []
    for field in dict.fromkeys([*before, *after]):
        gone, come = before.get(field, []), after.get(field, [])
        if gone != come:
            went = [line for line in gone if line not in come]
            found.append((field, went, [line for line in come if line not in gone]))
    return found


def lines(entry: Entry | None) -> dict[str, list[str]]:
    if entry is None:
        return {}
    return {
        **{key: [str(entry[key])] for key in ("scheme", "outcome", "weight", "within")},
        "language": [str(entry.get("language", "both"))],
        "any": list(entry["any"]),
        "with": [" | ".join(group) for group in entry["with"]],
        "unless": list(entry["unless"]),
        "reason_ru": [entry["text"].get("ru", "")],
        "reason_kk": [entry["text"].get("kk", "")],
        "examples": list(entry["examples"]),
        "counter_examples": list(entry["counter_examples"]),
    }


def groups(text: str) -> list[list[str]]:
    """Lines as groups that an empty line parts."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return [group for group in found if group]
