"""What was found in a report, as marks in its text."""

from collections.abc import Iterator
from typing import Any

from tereze.core.templatetags.tereze import indicator_name


SHOWN = 60  # more marks than this hide the text instead of explaining it


def marks(assessment: dict[str, Any], lang: str) -> list[tuple[int, int, str, str]]:
    """(start, end, kind, label) for `{% highlight %}`: indicators and every reason, in place."""
    return [*indicator_marks(assessment.get("indicators", ())), *reason_marks(assessment, lang)][
        :SHOWN
    ]


def indicator_marks(found: Any) -> Iterator[tuple[int, int, str, str]]:
    for item in found:
        start, end = item["span"]
        value = item["value"] if not item.get("own") else "–"
        yield start, end, "indicator", f"{indicator_name(item['type'])} {value}".strip()


def reason_marks(assessment: dict[str, Any], lang: str) -> Iterator[tuple[int, int, str, str]]:
    for reason in assessment.get("reasons", ()):
        label = reason["text"].get(lang) or reason["text"].get("ru", reason["name"])
        kind = reason["kind"] if reason["kind"] in {"rule", "ngram", "disguise"} else "indicator"
        for start, end in reason["spans"]:
            yield start, end, kind, label
