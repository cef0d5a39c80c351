"""The words before a number that say what it counts.

A telephone number, a card and the number of an order can be the same digits; only the words before
them tell. The words are in ``data/context.toml``.
"""

from __future__ import annotations

from tereze.indicators.reading import data


_LABEL_ENDS = " \t\n:.,-(«\"'=№#"
_COUNTED = data("context")["counted"]
_WORDS = frozenset(_COUNTED["words"])
_STEMS = tuple(_COUNTED["stems"])
_OF_A_PHONE = tuple(_COUNTED["but_not"])
_PHRASES = tuple(_COUNTED["phrases"])
_FILLERS = frozenset(_COUNTED["fillers"])


def is_counted(before: str) -> bool:
    """Whether the words *before* a number say that it numbers an order, a case, a meter.

    before: what stands before the number, in lower case.
    """
    label = before.rstrip(_LABEL_ENDS)
    if label.endswith(_PHRASES):
        return True
    words = label.rsplit(None, 3)[-3:]
    if before.rstrip()[-1:] in {"№", "#"}:
        return not (words and words[-1].startswith(_OF_A_PHONE))
    while words:
        word = words.pop().strip(_LABEL_ENDS)
        if word in _WORDS or word.startswith(_STEMS):
            return True
        if word not in _FILLERS:
            return False
    return False
