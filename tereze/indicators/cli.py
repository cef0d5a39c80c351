"""The command ``tereze extract``: the indicators of texts, as JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tereze.indicators.documents import Entry, answer_documents
from tereze.indicators.extraction import extract


def main(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its name) and return its exit code."""
    return answer_documents(
        argv,
        command="tereze extract",
        purpose="Find phones, cards, accounts, links and other identifiers in texts.",
        answer=lambda documents: map(_indicators, documents),
    )


def _indicators(document: Entry) -> dict[str, Any]:
    return {"indicators": [indicator.to_json() for indicator in extract(document.text)]}
