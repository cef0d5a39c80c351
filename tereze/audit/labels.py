"""What a kind of audit event is called on screen. Each app names its own kinds."""

from typing import Any


LABELS: dict[str, Any] = {}


def register(labels: dict[str, Any]) -> None:
    LABELS.update(labels)


def label_of(kind: str) -> str:
    return str(LABELS.get(kind, kind))
