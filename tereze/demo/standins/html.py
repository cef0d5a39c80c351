"""HTML from plain functions: whatever is not `Markup` is escaped."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias, Union


class Markup(str):
    """Text that is already HTML."""

    __slots__ = ()


Node: TypeAlias = Union[Markup, str, int, Iterable["Node"], None]  # noqa: UP007 - recursive

VOID = {"img", "input", "br", "link", "meta", "hr"}


def render(node: Node) -> Markup:
    if node is None:
        return Markup()
    if isinstance(node, Markup):
        return node
    if isinstance(node, str | int):
        return Markup(escape(str(node)))
    return Markup("".join(render(child) for child in node))


def tag(name: str, /, *children: Node, **attributes: str | int | bool | None) -> Markup:
    """`tag("a", "text", href="/", class_="x", data_id=1)`; False and None leave an attribute out."""
    written = []
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {attribute}")
        elif value is not None and value is not False:
            written.append(f' {attribute}="{escape(str(value))}"')
    opening = f"<{name}{''.join(written)}>"
    return Markup(opening if name in VOID else f"{opening}{render(children)}</{name}>")


def document(*, lang: str, title: str, head: Node = None, body: Node, class_: str = "") -> str:
    meta = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        head,
    )
    page = tag("html", tag("head", meta), tag("body", body, class_=class_ or None), lang=lang)
    return f"<!doctype html>\n{page}\n"
