"""The `tereze` command. The library's commands run without database, settings or network."""

import importlib
import io
import os
import sys


# name -> (module, function); these ask for no settings
PLAIN = {
    "extract": ("tereze.indicators.cli", "main"),
    "scan": ("tereze.detection.cli", "main_scan"),
    "explain": ("tereze.detection.cli", "main_explain"),
    "evaluate": ("tereze.detection.cli", "main_evaluate"),
    "backtest": ("tereze.detection.cli", "main_backtest"),
    "radar": ("tereze.detection.radar_cli", "main_radar"),
    "restore": ("tereze.core.restoring", "main"),
}
# our own management commands; Django's stay under `python manage.py`
DESK = {
    "init": "start a real, empty city",
    "up": "supervise serve, worker, clock and watch",
    "serve": "pages and the live stream",
    "worker": "do the work that is due",
    "clock": "do what time asks for",
    "stream": "the watch over several machines: lag and workers; `stream work` is a worker",
    "watch": "read the watched sources; `watch replay FILE` streams a file through the wall",
    "demo": "the example city, with its stand-ins",
    "figures": "figures since the start of the year",
    "audit": "`audit verify` checks the tamper-evident chain",
    "mail": "`mail check` connects to the mail server both ways and says what is wrong",
    "evidence": "`evidence verify FILE` checks an exported package",
    "backup": "copy database, evidence and keys, and prove that the copy opens",
    "migrate": "bring the database up to date",
}
PLAIN_HELP = {
    "extract": "indicators from text or JSONL",
    "scan": "assessments of text or JSONL",
    "explain": "one assessment for a person",
    "evaluate": "quality figures on a labelled data set",
    "backtest": "effect of a rule change",
    "radar": "what grows this week and fits no known scheme",
    "restore": "bring a backup back",
}

ADVICE = """A new city begins with `tereze init`; after an update run `tereze migrate`.
Of the example city, which `make demo` opens, speak with TEREZE_DATA=var/demo before the command."""


def usage() -> str:
    rows = [f"  {name:<10} {text}" for name, text in {**PLAIN_HELP, **DESK}.items()]
    return "usage: tereze COMMAND [OPTION ...]\n\n" + "\n".join(rows)


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(usage())  # noqa: T201
        return 0 if argv else 2
    try:
        return run(argv[0], argv[1:])
    except KeyboardInterrupt:
        return 130


def run(name: str, rest: list[str]) -> int:
    if name in PLAIN:
        module, function = PLAIN[name]
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
    from django.db import DatabaseError

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a demo that writes to a log is read as well
    try:
        execute_from_command_line(["tereze", name, *rest])
    except ImproperlyConfigured as error:
        return fail(str(error))
    except DatabaseError as error:
        if "--traceback" in rest:
            raise
        return fail(f"the database: {str(error).strip()}\n{ADVICE}")
    return 0


def fail(why: str) -> int:
    print(f"tereze: {why}", file=sys.stderr)  # noqa: T201
    return 1
