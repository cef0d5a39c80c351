"""Geometry of the charts; the drawing is in core/components. Every axis starts at zero."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tereze.core.wording import NARROW


Row = Mapping[str, Any] | Sequence[Any]
TOP, BOTTOM = 18.0, 170.0  # pixels of the plot; widths are in percent, so that type keeps its size


@dataclass(frozen=True)
class Point:
    label: str
    value: float
    text: str
    url: str
    width: float = 0
    x: float = 0
    y: float = 0
    shown: bool = False  # its label stands on the axis
    anchor: str = "middle"


def number(value: float) -> str:
    digits = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return digits.replace(",", NARROW).replace(".", ",")


def read(rows: Iterable[Row]) -> list[tuple[str, float, str]]:
    """Each row is {label, value, url} or (label, value[, url])."""
    read_rows = []
    for row in rows:
        if isinstance(row, Mapping):
            label, value, url = row["label"], row["value"], row.get("url") or ""
        else:
            label, value, url = row[0], row[1], row[2] if len(row) > 2 else ""
        read_rows.append((str(label), float(value or 0), str(url)))
    return read_rows


def bars(rows: Iterable[Row]) -> list[Point]:
    data = read(rows)
    most = max((value for _, value, _ in data), default=0) or 1
    return [
        Point(label, value, number(value), url, width=round(max(0, value) / most * 100, 2))
        for label, value, url in data
    ]


def ceiling(most: float) -> int:
    """The round number above: 7 → 8, 161 → 200."""
    step = 1
    while True:
        for factor in (1, 2, 4, 6, 8, 10, 12, 14, 16):
            if most <= factor * step:
                return factor * step
        step *= 10


def line(rows: Iterable[Row]) -> tuple[list[Point], list[dict[str, Any]]]:
    data = read(rows)
    top = ceiling(max((value for _, value, _ in data), default=1))
    every = max(1, -(-len(data) // 6))
    points = []
    for index, (label, value, url) in enumerate(data):
        share = index / (len(data) - 1) if len(data) > 1 else 0.5
        points.append(
            Point(
                label,
                value,
                number(value),
                url,
                x=round(8 + share * 88, 2),
                y=round(BOTTOM - value / top * (BOTTOM - TOP), 1),
                shown=(len(data) - 1 - index) % every == 0,
                anchor="end" if index == len(data) - 1 and index else "middle",
            )
        )
    ticks = [
        {"y": round(BOTTOM - part * (BOTTOM - TOP), 1), "text": number(top * part)}
        for part in (0, 0.5, 1)
        if top > 1 or part != 0.5
    ]
    return points, ticks
