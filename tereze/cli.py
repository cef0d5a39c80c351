"""The `tereze` command. The library's commands run without database, settings or network."""

import importlib
import os
import sys


# name -> (module, function); these never import Django
LIBRARY = {
    "extract": ("tereze.indicators.cli", "main"),
    "scan": ("tereze.detection.cli", "main_scan"),
    "explain": ("tereze.detection.cli", "main_explain"),
    "evaluate": ("tereze.detection.cli", "main_evaluate"),
    "backtest": ("tereze.detection.cli", "main_backtest"),
}
# our own management commands; Django's stay under `python manage.py`
DESK = {
    "init": "start a real, empty city",
    "up": "supervise serve, worker, clock and watch",
    "serve": "pages and the live stream",
    "worker": "do the work that is due",
    "clock": "do what time asks for",
    "watch": "read the watched sources; `watch replay FILE` streams a file through the wall",
    "demo": "the example city, with its stand-ins",
    "figures": "figures since the start of the year",
    "audit": "`audit verify` checks the tamper-evident chain",
    "mail": "`mail check` connects to the mail server both ways and says what is wrong",
    "evidence": "`evidence verify FILE` checks an exported package",
    "backup": "copy database, evidence and keys, and prove that the copy opens",
    "restore": "bring a backup back",
    "migrate": "bring the database up to date",
}
LIBRARY_HELP = {
    "extract": "indicators from text or JSONL",
    "scan": "assessments of text or JSONL",
    "explain": "one assessment for a person",
    "evaluate": "quality figures on a labelled data set",
    "backtest": "effect of a rule change",
}


def usage() -> str:
    rows = [f"  {name:<10} {text}" for name, text in {**LIBRARY_HELP, **DESK}.items()]
    return "usage: tereze COMMAND [OPTION…]\n\n" + "\n".join(rows)


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(usage())  # noqa: T201
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if name in LIBRARY:
        module, function = LIBRARY[name]
        return int(getattr(importlib.import_module(module), function)(rest))
    if name in DESK:
        return run_desk(name, rest)
    print(f"tereze: there is no command '{name}'\n\n{usage()}", file=sys.stderr)  # noqa: T201
    return 2


def run_desk(name: str, rest: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")
    if name == "demo":  # never in the folder of a real city
        os.environ.setdefault("TEREZE_DATA", os.path.join("var", "demo"))
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["tereze", name, *rest])
    except ImproperlyConfigured as error:
        print(f"tereze: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0
