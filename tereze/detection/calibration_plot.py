"""A reliability diagram as SVG: what was said against what was seen, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from tereze.detection.measures import BASE_RATE, Bin, calibration_error


_SIDE, _LEFT, _TOP = 440, 64, 56  # of the square, in pixels
_WORDS = {
    "ru": {
        "title": "Сказанная и действительная вероятность",
        "said": "сказано",
        "seen": "оказалось",
        "p_illegal": "p_illegal: текст незаконен",
        "score": "score: нужен взгляд человека",
        "error": "ошибка калибровки",
        "rate": "при доле {rate} %; столбики: интервалы 95 %",
    },
    "kk": {
        "title": "Айтылған және шын ықтималдық",
        "said": "айтылғаны",
        "seen": "шын болғаны",
        "p_illegal": "p_illegal: мәтін заңсыз",
        "score": "score: адам қарауы керек",
        "error": "калибрлеу қатесі",
        "rate": "үлесі {rate} % болғанда; бағандар: 95 % аралық",
    },
    "en": {
        "title": "Probability said and seen",
        "said": "said",
        "seen": "seen",
        "p_illegal": "p_illegal: the text is illegal",
        "score": "score: a person should look",
        "error": "calibration error",
        "rate": "at a base rate of {rate} %; bars: 95 % intervals",
    },
}
_STYLE = """
  svg { --paper: #ffffff; --ink: #1c2330; --faint: #d5dae2; --p_illegal: #b3261e; --score: #1f5fae }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #14181f; --ink: #e6e9ef; --faint: #3a4250; --p_illegal: #ff8a80; --score: #8ab8ff }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink) }
  .title { font-size: 16px; font-weight: 600 }
  .small { font-size: 11px }
  .paper { fill: var(--paper) }
  .grid { stroke: var(--faint) }
  .p_illegal { stroke: var(--p_illegal); fill: var(--p_illegal) }
  .score { stroke: var(--score); fill: var(--score) }
  .curve { fill: none; stroke-width: 2 }
"""


def calibration_svg(curves: Mapping[str, Sequence[Bin]], lang: str = "ru") -> str:
    """The diagram of ``curves``, keyed ``p_illegal`` and ``score``; ``lang``: ru, kk or en."""
    words = _WORDS[lang]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 640" role="img" lang="{lang}">',
        f"<title>{escape(words['title'])}</title>",
        f"<style>{_STYLE}</style>",
        '<rect class="paper" width="540" height="640"/>',
        _text(_LEFT, 28, words["title"], "title"),
        *_axes(words),
    ]
    for number, (name, bins) in enumerate(curves.items()):
        lines += _curve(name, bins)
        error = f" · {words['error']} {calibration_error(bins):.3f}" if bins else ""
        y = _TOP + _SIDE + 66 + 22 * number
        lines.append(f'<circle class="{name}" cx="{_LEFT + 5}" cy="{y - 4}" r="5"/>')
        lines.append(_text(_LEFT + 18, y, words[name] + error))
    rate = words["rate"].format(rate=f"{100 * BASE_RATE:g}")
    lines += [_text(_LEFT, _TOP + _SIDE + 112, rate, "small"), "</svg>"]
    return "\n".join(lines) + "\n"


def _axes(words: Mapping[str, str]) -> Iterator[str]:
    for step in range(5):
        at = step / 4
        yield _line("grid", (at, 0), (at, 1))
        yield _line("grid", (0, at), (1, at))
        x, y = _place(at, at)
        yield _text(x, _TOP + _SIDE + 18, f"{at:g}", "small", "middle")
        yield _text(_LEFT - 8, y + 4, f"{at:g}", "small", "end")
    yield _line("grid", (0, 0), (1, 1))
    yield _text(_LEFT + _SIDE / 2, _TOP + _SIDE + 38, words["said"], "", "middle")
    middle = _TOP + _SIDE / 2
    label = _text(20, middle, words["seen"], "", "middle")
    yield f'<g transform="rotate(-90 20 {middle:.1f})">{label}</g>'


def _curve(name: str, bins: Sequence[Bin]) -> Iterator[str]:
    points = [_place(part.said, part.seen) for part in bins]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline class="curve {name}" style="fill:none" points="{path}"/>'
    for part, (x, y) in zip(bins, points, strict=True):
        yield _line(name, (part.said, part.interval[0]), (part.said, part.interval[1]))
        told = f"{part.said:.3f} → {part.seen:.3f} (n = {part.n})"
        yield f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{told}</title></circle>'


def _place(said: float, seen: float) -> tuple[float, float]:
    return _LEFT + _SIDE * said, _TOP + _SIDE * (1 - seen)


def _line(name: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = _place(*start), _place(*end)
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, name: str = "", anchor: str = "start") -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
