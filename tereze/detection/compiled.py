"""The shipped rules in compiled form, kept in the user's cache folder between two starts.

Reading and compiling the rule files takes a third of a second, loading what came of it a tenth
of that. A file is named by a hash of everything it was made from (rules, typology, the code that
compiles them), so it is never out of date; it begins with a hash of its own contents, so a damaged
one is noticed and made anew; it is written aside and moved into place, so two writers do no harm;
it is JSON, so nothing in it is ever executed. Whatever goes wrong, the rules are compiled as usual.

``TEREZE_CACHE`` names another folder; ``off`` keeps nothing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from tereze.detection.assessment import Outcome
from tereze.detection.patterns import Phrase
from tereze.detection.rule import Rule
from tereze.indicators import folding


_HERE = Path(__file__).parent
_MADE_FROM = ("compiled", "lookalikes", "patterns", "rule", "ruleset", "skeleton", "spelling")


def key_of(files: Iterable[Path]) -> str:
    """The name of what is compiled from the rule ``files`` by this version of the code."""
    digest = sha256()
    code = [_HERE / f"{name}.py" for name in _MADE_FROM]
    typology = sorted((_HERE / "typology_data").glob("*.toml"))
    for file in [*files, *typology, *code, Path(folding.__file__)]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def load(key: str) -> tuple[list[Rule], list[Phrase], str] | None:
    """Rules, phrases and version as they were kept under ``key``; None where they are not."""
    folder = _folder()
    try:
        content = (folder / f"rules-{key[:32]}.json").read_bytes() if folder else b""
        sum_, _, body = content.partition(b"\n")
        if sum_.decode() != sha256(body).hexdigest():
            return None
        data = json.loads(body)
        return [_rule(r) for r in data["rules"]], _phrases(data), data["version"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def store(key: str, rules: Sequence[Rule], phrases: Sequence[Phrase], version: str) -> None:
    """Keep what was compiled, if it can be kept."""
    folder = _folder()
    if folder is None:
        return
    needs = sorted({need for p in phrases for need in (p.starts, *p.needs)}, key=sorted)
    number = {need: n for n, need in enumerate(needs)}
    data = {
        "version": version,
        "rules": [asdict(rule) for rule in rules],
        "needs": [sorted(need) for need in needs],
        "phrases": [
            [p.source, number[p.starts], p.expression, p.open_expression, [number[n] for n in p.needs]]
            for p in phrases
        ],
    }  # fmt: skip
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / f"rules-{key[:32]}.json", sha256(body).hexdigest().encode() + b"\n" + body)
        _forget_old(folder)


def _rule(data: dict[str, Any]) -> Rule:
    tuples = ("any", "unless", "examples", "counter_examples")
    return Rule(
        **data
        | {name: tuple(data[name]) for name in tuples}
        | {"outcome": Outcome(data["outcome"]), "with_": tuple(map(tuple, data["with_"]))}
    )


def _phrases(data: dict[str, Any]) -> list[Phrase]:
    needs = [frozenset(need) for need in data["needs"]]
    return [
        Phrase(source, needs[starts], expression, opened, tuple(needs[n] for n in own))
        for source, starts, expression, opened, own in data["phrases"]
    ]


def _write(file: Path, content: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(aside).replace(file)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise


def _forget_old(folder: Path) -> None:
    """Keep the newest three: versions that run side by side."""
    kept = sorted(folder.glob("rules-*.json"), key=lambda file: file.stat().st_mtime)
    for file in kept[:-3]:
        file.unlink(missing_ok=True)


def _folder() -> Path | None:
    named = os.environ.get("TEREZE_CACHE")
    if named:
        return None if named == "off" else Path(named)
    try:
        home = Path.home()
    except RuntimeError:  # a service without a home
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "tereze"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "tereze"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "tereze"
