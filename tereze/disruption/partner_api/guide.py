"""The guides for partners, from the files in docs/, as pages of our own."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt


FOLDER = Path(settings.BASE_DIR) / "docs" / "partners"
GUIDES = ("moderator", "developer", "mail", "file")


@cache
def as_html(name: str) -> SafeString | None:
    """None where this installation has no such file. Written by us: no HTML in it is let through."""
    file = FOLDER / f"{name}.md"
    if name not in GUIDES or not file.is_file():
        return None
    text = file.read_text(encoding="utf-8").replace("{server}", settings.PUBLIC_URL)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    # what scrolls sideways on a phone must be reachable by keyboard
    for tag in ("<pre>", "<table>"):
        html = html.replace(tag, f'{tag[:-1]} tabindex="0">')
    return SafeString(html)  # rendered from our own file with HTML switched off
