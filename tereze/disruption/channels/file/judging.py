"""What each row of a filled file would do, before it does anything."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tereze.disruption.models import FileIn, Request
from tereze.disruption.models.request import SEEN_BY_PARTNER, WITH_PARTNER, Answer, Refusal
from tereze.disruption.vocabulary import ACKNOWLEDGED, answer_in, refusal_in


GOOD = "good"
NEEDS_WORDS = {Answer.REFUSED, Answer.NEED_MORE}


@dataclass(frozen=True)
class Judged:
    line: int
    number: str
    written: str  # the answer as it stands in the file
    verdict: str
    request: Request | None = None
    answer: str = ""
    refusal: str = ""
    words: str = ""

    @property
    def is_good(self) -> bool:
        return self.verdict == GOOD


def judge(file: FileIn) -> list[Judged]:
    """Against the requests as they are now: the file may have been applied, or they answered."""
    rows = list(file.rows)
    numbers = [str(row["number"]) for row in rows]
    known = Request.objects.filter(partner=file.partner, number__in=set(numbers) - {""})
    requests = {row.number: row for row in known.select_related("partner") if is_theirs(row)}
    counts = Counter(numbers)
    return list(judged(file, rows, requests, counts))


def is_theirs(request: Request) -> bool:
    return request.delivered_at is not None or request.state in SEEN_BY_PARTNER


def judged(
    file: FileIn, rows: Iterable[dict[str, Any]], requests: dict[str, Request], counts: Counter[str]
) -> Iterator[Judged]:
    said: dict[str, set[tuple[str, str, str]]] = {}
    rows = list(rows)
    for row in rows:
        said.setdefault(row["number"], set()).add((row["answer"], row["code"], row["comment"]))
    met: set[str] = set()
    for row in rows:
        number = row["number"]
        request = requests.get(number)
        repeated = number in met
        met.add(number)
        found = verdict_of(row, request)
        verdict = found[0]
        if row["line"] in file.applied:
            verdict = "applied"
        elif verdict not in {"unknown", "empty"} and counts[number] > 1:
            verdict = "conflict" if len(said[number]) > 1 else "repeated" if repeated else verdict
        yield Judged(row["line"], number, row["answer"], verdict, request, *found[1:])


def verdict_of(row: dict[str, Any], request: Request | None) -> tuple[str, str, str, str]:
    """Verdict, answer, code of refusal, words."""
    words = str(row["comment"])
    if request is None:
        return ("unknown" if row["number"] else "no_number"), "", "", words
    if not row["answer"]:
        return "empty", "", "", words
    answer = answer_in(row["answer"], request.kind_of)
    if not answer:
        return "wrong_answer", "", "", words
    refusal = ""
    if answer == Answer.REFUSED:
        refusal = refusal_in(row["code"]) if row["code"] else Refusal.OTHER
        if not refusal:
            return "wrong_code", answer, "", words
        words = words or str(row["code"])
    if answer in NEEDS_WORDS and not words:
        return "no_words", answer, refusal, words
    return state_of(request, answer), answer, refusal, words


def state_of(request: Request, answer: str) -> str:
    if answer == ACKNOWLEDGED:
        if request.acknowledged_at is not None:
            return "same"
    elif request.answer == answer and request.state not in WITH_PARTNER:
        return "same"
    if request.state in WITH_PARTNER:
        return GOOD
    return "answered" if request.answer else "not_their_turn"
