"""What a higher app shows on a lower app's page, without the lower one knowing it.

    panels.register("report", "casework:report_panel", permission=Permission.CASE_READ, topics=["cases"])

The page places `{% panels "report" report.public_id %}`; each panel is fetched by an ordinary GET
from the address named, and again whenever one of its topics is announced.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Panel:
    place: str
    url_name: str
    permission: str | None
    order: int
    topics: tuple[str, ...]


PANELS: list[Panel] = []


def register(
    place: str,
    url_name: str,
    *,
    permission: str | None = None,
    order: int = 50,
    topics: Sequence[str] = (),
) -> None:
    """Show the fragment at `url_name` (one argument: the page's public id) on pages of `place`."""
    PANELS.append(
        Panel(
            place=place,
            url_name=url_name,
            permission=permission,
            order=order,
            topics=tuple(topics),
        )
    )
    PANELS.sort(key=lambda panel: panel.order)
