"""Translations: gather the strings of each app, merge them into its catalogues, compile them.

Babel does the work, so no machine needs gettext's binaries. A string comes from Python
(`gettext`, `ngettext`, `pgettext` and their lazy forms) or from a template (Django turns it into
Python-like text first, as its own `makemessages` does).
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize


LANGUAGES = ("kk", "ru", "en")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NOISE = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Last-Translator',
    b'"Language-Team',
    b"#  ",
    b"# FIRST",
    b'"Project-Id',
    b'"Report-Msgid',
)


def house_apps() -> list[Path]:
    return [Path(c.path) for c in apps.get_app_configs() if c.name.startswith("tereze.")]


def sources(app: Path) -> Iterator[Path]:
    for path in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        if "migrations" not in path.parts:
            yield path


def unindented(text: str) -> str:
    """Python's tokenizer minds indentation, and a template's is no program's."""
    return "\n".join(line.lstrip() for line in text.splitlines())


def gather(app: Path) -> Catalog:
    found = Catalog(charset="utf-8")
    for path in sources(app):
        text = path.read_text()
        if path.suffix != ".py":
            text = unindented(templatize(text, origin=path.name))
        messages = extract(
            "python", BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
        )
        for _line, message, comments, context in messages:
            flags = {"python-format"} if "%(" in str(message) else set()
            found.add(
                message,
                context=context,
                flags=flags,
                auto_comments=comments,
                locations=[(path.relative_to(app).as_posix(), 0)],
            )
    return found


def catalogue_path(app: Path, language: str) -> Path:
    return app / "locale" / language / "LC_MESSAGES" / "django.po"


def load(path: Path, language: str) -> Catalog:
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    return Catalog(locale=language, charset="utf-8")


def merged(app: Path, language: str, found: Catalog) -> Catalog:
    """The app's catalogue in one language, with today's strings and no others."""
    catalogue = load(catalogue_path(app, language), language)
    wanted = Catalog(charset="utf-8")
    for message in found:
        if message.id and (language != "ru" or message.pluralizable):
            wanted.add(
                message.id,
                context=message.context,
                flags=message.flags,
                auto_comments=message.auto_comments,
                locations=message.locations,
            )
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, sort_output=True, omit_header=False, width=100, include_lineno=False)
    # dates and tool names would change with every run
    kept = [line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(NOISE)]
    return b"".join(kept)


def untranslated(catalogue: Catalog) -> list[str]:
    missing = []
    for message in catalogue:
        texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.id and (message.fuzzy or not all(texts)):
            missing.append(str(message.id))
    return missing


def compile_all() -> int:
    count = 0
    for app in house_apps():
        for path in sorted(app.glob("locale/*/LC_MESSAGES/django.po")):
            compiled = path.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
                with compiled.open("wb") as file:
                    write_mo(file, load(path, path.parent.parent.name))
                count += 1
    return count


class Command(BaseCommand):
    help = "Gather strings into the catalogues and compile them; --check only says what is stale."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", help="names of apps; all by default")
        parser.add_argument(
            "--check", action="store_true", help="change nothing, fail on stale or missing"
        )
        parser.add_argument(
            "--compile", action="store_true", help="compile what is there, nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            compile_all()
            return
        problems = []
        for app in house_apps():
            if not options["apps"] or app.name in options["apps"]:
                problems += self.one_app(app, check=options["check"])
        if options["check"] and problems:
            raise CommandError("\n".join(problems))
        for problem in problems:
            self.stderr.write(problem)
        if not options["check"]:
            compile_all()

    def one_app(self, app: Path, *, check: bool) -> list[str]:
        found, problems = gather(app), []
        for language in LANGUAGES:
            path, catalogue = catalogue_path(app, language), merged(app, language, found)
            if len(catalogue) == 0:
                continue
            content = as_po(catalogue)
            if check and (not path.exists() or path.read_bytes() != content):
                problems.append(f"{app.name}/{language}: stale; run `make messages`")
            elif not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            problems += [
                f"{app.name}/{language}: no translation of «{text[:80]}»"
                for text in untranslated(catalogue)
            ]
        return problems
