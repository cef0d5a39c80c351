"""The commands ``tereze scan``, ``explain``, ``evaluate`` and ``backtest``.

None of them needs a database, settings or network.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from operator import itemgetter
from pathlib import Path

from tereze.detection.assessment import Document
from tereze.detection.backtesting import compare
from tereze.detection.batches import judged
from tereze.detection.calibration_plot import calibration_svg
from tereze.detection.disguises import DISGUISES
from tereze.detection.engine import assess, assess_many
from tereze.detection.evaluation import FALSE_ALARMS, Evaluation
from tereze.detection.evaluation_report import report
from tereze.detection.explaining import explanation
from tereze.detection.fingerprints import fingerprint
from tereze.detection.ruleset import RuleError, load_rules
from tereze.detection.terminal import printable, wants_colour, write
from tereze.indicators.answering import (
    BAD_USAGE,
    INTERRUPTED,
    RAN,
    SOME_UNREADABLE,
    add_column,
    answer_documents,
    unopenable,
)
from tereze.indicators.cli import beside
from tereze.indicators.documents import STDIN, Entry, Unreadable, read_documents, set_name
from tereze.indicators.invocation import program, replace_closed_outputs
from tereze.indicators.progress import Progress


Command = Callable[[Sequence[str]], int]


def as_command(work: Command) -> Command:
    """What all commands have in common: exit codes, files that fail, readers that leave early."""

    @wraps(work)
    def run(argv: Sequence[str]) -> int:
        replace_closed_outputs()
        try:
            code = work(argv)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader, `head` for one, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return RAN
        except (OSError, RuleError) as error:
            return _refuse(work.__name__.removeprefix("main_"), error)
        except KeyboardInterrupt:
            return INTERRUPTED
        except SystemExit as stop:  # argparse has said why
            return int(stop.code or 0)
        return code

    return run


def main_scan(argv: Sequence[str]) -> int:
    """``tereze scan``: an assessment of every document, as JSON Lines. Returns the exit code."""
    return answer_documents(
        argv,
        command="scan",
        purpose="Judge texts: outcome, probabilities, schemes, reasons, indicators.",
        answer=lambda entries: [
            found.to_json() | beside(entry)
            for entry, found in zip(entries, assess_many(map(document_of, entries)), strict=True)
        ],
        flags={"--fingerprint": ("add a near-duplicate fingerprint, in hexadecimal", _fingerprint)},
    )


def _fingerprint(entry: Entry) -> dict[str, str]:
    return {"fingerprint": fingerprint(entry.own).hex()}


def document_of(entry: Entry) -> Document:
    """The document of a line of input, with its surroundings where it names them."""
    parts = ("quoted", "caption", "profile", "transcript", "ocr")
    fields = {name: entry.fields.get(name) for name in parts}
    context, earlier = entry.fields.get("context"), entry.fields.get("earlier")
    if isinstance(context, str):
        context = {"source": context}
    if isinstance(earlier, str):
        earlier = [earlier]
    return Document(
        entry.text,
        **{name: value for name, value in fields.items() if isinstance(value, str)},
        context=context if isinstance(context, Mapping) else None,
        earlier=tuple(filter(_is_text, earlier)) if isinstance(earlier, list) else (),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


@as_command
def main_explain(argv: Sequence[str]) -> int:
    """``tereze explain TEXT``: one assessment in words for a person. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"{program()} explain",
        description="Explain what is thought of one text, and why. Words that speak are coloured "
        "on a terminal (unless NO_COLOR is set), and the sum behind p_illegal is shown.",
    )
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the text; none: standard input")
    parser.add_argument("--lang", choices=("ru", "kk"), default="ru", help="language of the answer")
    parser.add_argument("--json", action="store_true", help="the assessment as JSON")
    options = parser.parse_args(argv)
    words = [] if options.text == [STDIN] else options.text
    given = (
        Entry("", " ".join(words), "", 1) if words else next(read_documents([STDIN], jsonl=False))
    )
    if isinstance(given, Unreadable):
        return _code([given], "explain")
    if not given.text.strip():
        return _refuse("explain", ValueError("there is no text"))
    assessment = assess(given.text)
    if options.json:
        write(json.dumps(assessment.to_json(), ensure_ascii=False, indent=2))
    else:
        write(explanation(given.text, assessment, options.lang, colour=wants_colour()))
    return RAN


@as_command
def main_evaluate(argv: Sequence[str]) -> int:
    """``tereze evaluate DATASET…``: quality on labelled texts. Returns the exit code."""
    options = _evaluate_parser().parse_args(argv)
    rules = load_rules(Path(options.rules)) if options.rules else None
    disguise = DISGUISES[options.disguise] if options.disguise else str
    evaluation = Evaluation(options.threshold, options.false_alarms, options.errors)
    unreadable: list[Unreadable] = []
    given = (
        (entry, replace(document_of(entry), text=disguise(entry.text)))
        for entry in _labelled(options, unreadable, "evaluate")
    )
    for (entry, document), found in judged(given, itemgetter(1), rules=rules):
        evaluation.add(found, document.text, entry.fields, set_name(entry.source))
    if not evaluation.rows:
        _code(unreadable, "evaluate")
        return _refuse("evaluate", ValueError('no text with a "label" or an "outcome"'))
    figures = evaluation.figures()
    if options.plot:
        drawing = calibration_svg(evaluation.calibration(), options.lang)
        Path(options.plot).write_text(drawing, "utf-8")
    if options.json:
        write(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        write(printable(report(figures, sorted(evaluation.errors, reverse=True)[: options.errors])))
    return _code(unreadable, "evaluate")


def _evaluate_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{program()} evaluate",
        description="Recall, false alarms, automatic acts, schemes and calibration on labelled "
        "texts, by set, language, genre, form and scheme, with intervals of 95 %.",
        epilog='A data set is JSON Lines or CSV with "text" and a "label" ("bad" or "ok") or an '
        '"outcome"; "scheme", "lang", "genre", "form" and "set" are used where they are given. '
        "Exit code: 0 ran, 2 bad usage, 3 some lines could not be read.",
    )
    parser.add_argument("datasets", nargs="+", metavar="DATASET", help="a file; - standard input")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--errors", type=_count, default=0, metavar="N", help="the N worst errors")
    parser.add_argument("--threshold", type=_share, default=0.9, help="p_illegal of automatic acts")
    parser.add_argument(
        "--false-alarms",
        type=_share,
        default=FALSE_ALARMS,
        metavar="SHARE",
        help="tell recall where at most this share of the calm texts is found as well; 0.02",
    )
    parser.add_argument("--rules", metavar="FOLDER", help="judge by the rules of this folder")
    parser.add_argument(
        "--disguise",
        choices=DISGUISES,
        metavar="NAME",
        help=f"disguise every text first: {', '.join(DISGUISES)}",
    )
    parser.add_argument(
        "--plot", metavar="FILE.svg", help="draw what was said against what was seen"
    )
    parser.add_argument(
        "--lang", choices=("ru", "kk", "en"), default="ru", help="language of the drawing"
    )
    add_column(parser)
    return parser


def _share(said: str) -> float:
    share = float(said)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{said} is not between 0 and 1")
    return share


def _count(said: str) -> int:
    count = int(said)
    if count < 0:
        raise argparse.ArgumentTypeError(f"{said} is less than nothing")
    return count


@as_command
def main_backtest(argv: Sequence[str]) -> int:
    """``tereze backtest OLD NEW DATASET``: what a change of rules does. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"{program()} backtest",
        description="Judge the same texts by two folders of rules and show what changes: newly "
        "flagged, no longer flagged, by set and scheme.",
        epilog="Exit code: 0 ran, 2 bad usage, 3 some lines could not be read.",
    )
    parser.add_argument("old", metavar="OLD", help="folder with the rules as they are")
    parser.add_argument("new", metavar="NEW", help="folder with the changed rules")
    parser.add_argument("datasets", nargs="+", metavar="DATASET", help="a file; - standard input")
    parser.add_argument(
        "--show", type=_count, default=20, metavar="N", help="texts shown of each kind"
    )
    parser.add_argument("--json", action="store_true", help="every change as a JSON line")
    add_column(parser)
    options = parser.parse_args(argv)
    unreadable: list[Unreadable] = []
    old, new = load_rules(Path(options.old)), load_rules(Path(options.new))
    entries = _labelled(options, unreadable, "backtest")
    comparison = compare(old, new, entries, document_of)
    if options.json:
        for change in comparison.changes:
            write(json.dumps(change.to_json(), ensure_ascii=False))
    else:
        write(printable(comparison.report(options.show)))
    return _code(unreadable, "backtest")


def _labelled(
    options: argparse.Namespace, unreadable: list[Unreadable], command: str
) -> Iterator[Entry]:
    if problem := unopenable(options.datasets):
        raise OSError(problem)
    progress = Progress(f"{program()} {command}")
    for document in read_documents(options.datasets, column=options.column):
        if isinstance(document, Unreadable):
            unreadable.append(document)
        else:
            yield document
        progress.step()
    progress.finish()


def _refuse(command: str, error: Exception) -> int:
    print(f"{program()} {command}: {error}", file=sys.stderr)  # noqa: T201
    return BAD_USAGE


def _code(unreadable: Sequence[Unreadable], command: str) -> int:
    for line in unreadable:
        _refuse(command, ValueError(f"{line.source}, line {line.line}: {line.reason}"))
    return SOME_UNREADABLE if unreadable else RAN
