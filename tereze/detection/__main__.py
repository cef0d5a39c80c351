"""The command ``tereze-detect`` of the library installed alone: ``python -m tereze.detection``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tereze.detection import cli, radar_cli
from tereze.indicators.cli import main as main_extract


COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "scan": (cli.main_scan, "assessments of text or JSONL"),
    "extract": (main_extract, "indicators from text or JSONL"),
    "explain": (cli.main_explain, "one assessment for a person"),
    "evaluate": (cli.main_evaluate, "quality figures on a labelled data set"),
    "backtest": (cli.main_backtest, "effect of a rule change"),
    "radar": (radar_cli.main_radar, "what grows this week and fits no known scheme"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of :data:`COMMANDS` and return its exit code; 2 for an unknown one."""
    given = list(sys.argv[1:] if argv is None else argv)
    name = given[0] if given else ""
    if name in COMMANDS:
        return COMMANDS[name][0](given[1:])
    rows = (f"  {command:<10} {text}" for command, (_, text) in COMMANDS.items())
    asked = name in {"-h", "--help", "help"}
    stream = sys.stdout if asked else sys.stderr
    stream.write("usage: tereze-detect COMMAND [OPTION ...]\n\n" + "\n".join(rows) + "\n")
    return 0 if asked else 2


if __name__ == "__main__":
    sys.exit(main())
