"""The table of a chat, a row a scheme: what is chosen, and what it comes to, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tereze.detection.typology import SCHEMES
from tereze.watch.actions import trial
from tereze.watch.actions.deciding import policy_of
from tereze.watch.actions.trial import Trial
from tereze.watch.forms import SchemeForm
from tereze.watch.models import Source
from tereze.watch.policy import Policy
from tereze.watch.reasons import scheme_name


@dataclass(frozen=True, kw_only=True)
class Row:
    slug: str
    name: str
    form: SchemeForm
    comes_to: str
    differs: bool
    trial: Trial | None


def rows(source: Source, language: str, data: Any = None) -> list[Row]:
    """Every scheme that has a law article; those that differ from the chat stand first."""
    trials = trial.schemes_of(source)
    found = [
        Row(
            slug=slug,
            name=scheme_name(slug, language),
            form=SchemeForm(data, prefix=slug, initial=source.schemes.get(slug, {})),
            comes_to=words_of(policy_of(source, slug)),
            differs=slug in source.schemes,
            trial=trials.get(slug),
        )
        for slug, scheme in SCHEMES.items()
        if scheme.law.get("ru")
    ]
    return sorted(found, key=lambda row: (not row.differs, row.name))


def chosen(found: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Only what differs from the chat is kept."""
    typed = {row.slug: row.form.cleaned_data for row in found}
    kept = {
        slug: {name: value for name, value in cell.items() if value not in {"", None}}
        for slug, cell in typed.items()
    }
    return {slug: cell for slug, cell in kept.items() if cell}


def words_of(policy: Policy) -> str:
    threshold = f"{policy.threshold:.2f}".replace(".", ",")
    words = {
        "off": _("не трогаем и не показываем"),
        "shadow": _("с %(threshold)s записываем, что было бы удалено; остальное – людям"),
        "review": _("решают люди"),
        "automatic": _("с %(threshold)s удаляем сразу и объясняем; остальное – людям"),
    }
    return words[policy.mode] % {"threshold": threshold}
