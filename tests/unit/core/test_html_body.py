"""Strangers' HTML as a tree: what it costs, and that its words stay."""

from time import monotonic

import pytest

from tereze.core.html_body import DEEPEST, body_of


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<li><ul></li>",
        "<div></li>",
        "<form><div></form>",
        "<a><div></a>",
        "<div><!--</div>-->",
        "<div><x a='</div>'>",
        "<x>",
    ],
)
def test_however_deep_it_costs_no_more_than_its_length(unit: str) -> None:
    html = f'{unit * (600_000 // len(unit))}<b>Куплю</b> <a href="https://x.kz">карту</a>'
    html += "</y>" * 100_000
    begun = monotonic()
    body = body_of(html)
    assert monotonic() - begun < 15  # minutes otherwise
    assert body is not None
    assert "".join(body.text().split()).endswith(("Куплюhttps://x.kzкарту", "Куплюкарту"))


@pytest.mark.parametrize("rows", ["<p>да", "<li>да", "<tr><td>да", "<div>да</div>", "<br>да"])
def test_what_is_long_and_not_deep_stays_a_tree(rows: str) -> None:
    body = body_of(f"<table>{rows * 3 * DEEPEST}</table><blockquote>нет</blockquote>")
    assert body is not None
    assert body.css_first("blockquote") is not None


def test_what_is_flattened_says_what_it_said() -> None:
    deep = "<div>" * (DEEPEST + 1)
    body = body_of(f'{deep}<style>p {{}}</style><p>раз<p title="два">5 &lt; 7')
    assert body is not None
    assert body.text(separator=" ").split() == ["раз", "два", "5", "<", "7"]
