"""The commands ``tereze scan``, ``explain``, ``evaluate`` and ``backtest``.

None of them needs a database, settings or network.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tereze.detection.assessment import Assessment, Document, Reason
from tereze.detection.backtesting import compare
from tereze.detection.engine import assess
from tereze.detection.evaluation import Evaluation
from tereze.detection.fingerprints import fingerprint
from tereze.detection.ruleset import RuleError, load_rules
from tereze.indicators.documents import (
    BAD_USAGE,
    INTERRUPTED,
    RAN,
    SOME_UNREADABLE,
    STDIN,
    Entry,
    Unreadable,
    answer_documents,
    read_documents,
)


_OUTCOMES = {
    "illegal": ("Похоже на незаконный текст", "Заңсыз мәтінге ұқсайды"),
    "suspicious": ("Подозрительно: пусть посмотрит человек", "Күдікті: адам қарауы керек"),
    "incident_report": ("Рассказ о случившемся", "Болған оқиға туралы әңгіме"),
    "job_or_promo": ("Обычная вакансия или реклама", "Кәдімгі жұмыс не жарнама"),
    "warning_or_quotation": ("Предупреждение или цитата", "Ескерту не дәйексөз"),
    "harmless": ("Ничего подозрительного", "Күдікті ештеңе жоқ"),
}


def main_scan(argv: Sequence[str]) -> int:
    """``tereze scan``: an assessment of every document, as JSON Lines. Returns the exit code."""
    return answer_documents(
        argv,
        command="tereze scan",
        purpose="Judge texts: outcome, probabilities, schemes, reasons, indicators.",
        answer=lambda entry: assess(document_of(entry)).to_json(),
        flags={"--fingerprint": ("add a near-duplicate fingerprint, in hexadecimal", _fingerprint)},
    )


def _fingerprint(entry: Entry) -> dict[str, str]:
    return {"fingerprint": fingerprint(entry.text).hex()}


def document_of(entry: Entry) -> Document:
    """The document of a line of input, with its surroundings where it names them."""
    fields = {name: entry.fields.get(name) for name in ("quoted", "caption", "profile")}
    context = entry.fields.get("context")
    return Document(
        entry.text,
        **{name: value for name, value in fields.items() if isinstance(value, str)},
        context=context if isinstance(context, Mapping) else None,
    )


def main_explain(argv: Sequence[str]) -> int:
    """``tereze explain TEXT``: one assessment in words for a person. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="tereze explain", description="Explain what is thought of one text, and why."
    )
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the text; none: standard input")
    parser.add_argument("--lang", choices=("ru", "kk"), default="ru", help="language of the answer")
    parser.add_argument("--json", action="store_true", help="the assessment as JSON")
    options = _options(parser, argv)
    if isinstance(options, int):
        return options
    words = [] if options.text == [STDIN] else options.text
    text = " ".join(words) if words else sys.stdin.read()
    assessment = assess(text)
    if options.json:
        _say(json.dumps(assessment.to_json(), ensure_ascii=False, indent=2))
    else:
        _say(explanation(text, assessment, options.lang))
    return RAN


def explanation(text: str, assessment: Assessment, lang: str) -> str:
    """The assessment of ``text`` in words; ``lang`` is ``ru`` or ``kk``."""
    from tereze.detection.typology import SCHEMES

    kazakh = lang == "kk"
    lines = [
        _OUTCOMES[assessment.outcome][kazakh],
        f"  p_illegal {assessment.p_illegal:.2f}, score {assessment.score:.2f}",
        *(f"  {SCHEMES[s.slug].name[lang]}: {s.score:.2f}" for s in assessment.schemes[:3]),
    ]
    if assessment.reasons:
        lines.append("Неге:" if kazakh else "Почему:")
    lines += [
        f"  {reason.weight:+.1f}  {_in_words(reason, text, lang)}" for reason in assessment.reasons
    ]
    lines += [f"  {indicator.type}: {indicator.value}" for indicator in assessment.indicators]
    return "\n".join(lines)


def _in_words(reason: Reason, text: str, lang: str) -> str:
    quotes = ", ".join(f"«{text[start:end]}»" for start, end in reason.spans[:3])
    return reason.text[lang] + (f": {quotes}" if quotes else "")


def main_evaluate(argv: Sequence[str]) -> int:
    """``tereze evaluate DATASET…``: quality on labelled texts. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="tereze evaluate",
        description="Precision, recall and false alarms on labelled texts, by label, language, "
        "set and scheme.",
        epilog='A data set is JSON Lines with "text" and a "label": "bad" or "ok", or an outcome; '
        '"scheme", "lang" and "set" are used where they are given.',
    )
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="show the N worst errors"
    )
    parser.add_argument("--threshold", type=float, default=0.9, help="p_illegal of automatic acts")
    parser.add_argument("--rules", metavar="FOLDER", help="judge by the rules of this folder")
    options = _options(parser, argv)
    if isinstance(options, int):
        return options
    try:
        rules = load_rules(Path(options.rules)) if options.rules else None
        evaluation = Evaluation(threshold=options.threshold, worst=options.errors)
        for entry in _labelled(options.datasets, evaluation.unreadable):
            evaluation.add(assess(document_of(entry), rules=rules), entry.text, entry.fields)
    except (OSError, RuleError) as error:
        return _refuse("evaluate", error)
    except KeyboardInterrupt:
        return INTERRUPTED
    figures = evaluation.figures()
    _say(json.dumps(figures, ensure_ascii=False, indent=2) if options.json else evaluation.report())
    return _code(evaluation.unreadable, "evaluate")


def main_backtest(argv: Sequence[str]) -> int:
    """``tereze backtest OLD NEW DATASET``: what a change of rules does. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="tereze backtest",
        description="Judge the same texts by two folders of rules and show what changes: newly "
        "flagged, no longer flagged.",
    )
    parser.add_argument("old", metavar="OLD", help="folder with the rules as they are")
    parser.add_argument("new", metavar="NEW", help="folder with the changed rules")
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    parser.add_argument(
        "--show", type=int, default=20, metavar="N", help="texts shown of each kind"
    )
    parser.add_argument("--json", action="store_true", help="every change as a JSON line")
    options = _options(parser, argv)
    if isinstance(options, int):
        return options
    unreadable: list[Unreadable] = []
    try:
        old, new = load_rules(Path(options.old)), load_rules(Path(options.new))
        comparison = compare(old, new, _labelled(options.datasets, unreadable), document_of)
    except (OSError, RuleError) as error:
        return _refuse("backtest", error)
    except KeyboardInterrupt:
        return INTERRUPTED
    if options.json:
        for change in comparison.changes:
            _say(json.dumps(change.to_json(), ensure_ascii=False))
    else:
        _say(comparison.report(options.show))
    return _code(unreadable, "backtest")


def _options(parser: argparse.ArgumentParser, argv: Sequence[str]) -> Any:
    """Parsed options, or the exit code where argparse wants to leave."""
    try:
        return parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)


def _labelled(paths: Sequence[str], unreadable: list[Unreadable]) -> Any:
    for document in read_documents(paths):
        if isinstance(document, Unreadable):
            unreadable.append(document)
        else:
            yield document


def _refuse(command: str, error: Exception) -> int:
    print(f"tereze {command}: {error}", file=sys.stderr)  # noqa: T201
    return BAD_USAGE


def _code(unreadable: Sequence[Unreadable], command: str) -> int:
    for line in unreadable:
        _refuse(command, ValueError(f"{line.source}, line {line.line}: {line.reason}"))
    return SOME_UNREADABLE if unreadable else RAN


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
