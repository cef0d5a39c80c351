"""What was found in a report, as marks in its text."""

from collections.abc import Iterator
from typing import Any

from tereze.core.templatetags.tereze import indicator_name


NOTICED = 0.05  # a weight below this moved nothing


def marks(assessment: dict[str, Any], lang: str) -> list[tuple[int, int, str, str]]:
    """(start, end, kind, label) for `{% highlight %}`: indicators and every reason, in place."""
    return [*indicator_marks(assessment.get("indicators", ())), *reason_marks(assessment, lang)]


def reasons_without_place(assessment: dict[str, Any], lang: str) -> list[str]:
    """What counted although no one place of the text shows it."""
    return [
        said(reason, lang)
        for reason in assessment.get("reasons", ())
        if not reason["spans"] and abs(reason["weight"]) >= NOTICED
    ]


def said(reason: dict[str, Any], lang: str) -> str:
    return str(reason["text"].get(lang) or reason["text"].get("ru", reason["name"]))


def indicator_marks(found: Any) -> Iterator[tuple[int, int, str, str]]:
    for item in found:
        start, end = item["span"]
        value = item["value"] if not item.get("own") else "–"
        yield start, end, "indicator", f"{indicator_name(item['type'])} {value}".strip()


def reason_marks(assessment: dict[str, Any], lang: str) -> Iterator[tuple[int, int, str, str]]:
    for reason in assessment.get("reasons", ()):
        kind = reason["kind"] if reason["kind"] in {"rule", "ngram", "disguise"} else "indicator"
        for start, end in reason["spans"]:
            yield start, end, kind, said(reason, lang)
