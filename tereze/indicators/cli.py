"""The command ``tereze extract``: the indicators of texts, as JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tereze.indicators.answering import answer_documents
from tereze.indicators.documents import SPOKEN, Entry
from tereze.indicators.extraction import extract


_PARTS = (*SPOKEN, "quoted", "profile")


def main(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its name) and return its exit code."""
    return answer_documents(
        argv,
        command="extract",
        purpose="Find phones, cards, accounts, links and other identifiers in texts.",
        answer=lambda documents: map(_indicators, documents),
    )


def _indicators(document: Entry) -> dict[str, Any]:
    """Those of the text, or of what stands for it, and by name those of the parts beside it."""
    return {"indicators": _found(document.own)} | beside(document)


def beside(document: Entry) -> dict[str, Any]:
    """The finds in the parts beside a document's own text, by the part's name."""
    parts = {name: document.fields.get(name) for name in _PARTS} if document.fields else {}
    found = {
        name: finds
        for name, part in parts.items()
        if isinstance(part, str) and part is not document.own and (finds := _found(part))
    }
    return {"parts": found} if found else {}


def _found(text: str) -> list[dict[str, Any]]:
    return [indicator.to_json() for indicator in extract(text)]
