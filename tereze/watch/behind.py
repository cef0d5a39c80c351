"""An advert behind a warning in one message: the warning must not hide it.

A text that warns is judged as one, whatever it repeats. What is left of it from a sentence on to its
end, without what stands in quotation marks, is judged apart here; so is its beginning, where that
names a contact. Found this way it goes to people: the machine never acts on a text that warns.
"""

import re
from itertools import chain

from tereze.detection import Assessment, Outcome, assess
from tereze.detection.ruleset import RuleSet


SENTENCES = 6  # the last and the first that are looked at
END = re.compile(r"(?<=[.!?…\n])\s+")
QUOTED = re.compile(r"[«\"“„][^»\"”“]*[»\"”“]")


def behind_warning(text: str, rules: RuleSet | None = None) -> Assessment | None:
    """What stands behind or before the warning and is an advert by itself.

    >>> behind_warning("Мошенники пишут «куплю карту, оплата сразу». Не верьте им!")
    >>> behind_warning("Мошенники пишут такое. Не верьте им! А я куплю карту, оплата сразу").outcome
    <Outcome.ILLEGAL: 'illegal'>
    """
    places = [found.end() for found in END.finditer(text)]
    tails = ((text[place:], False) for place in places[-SENTENCES:])
    heads = ((text[:place], True) for place in places[:SENTENCES])
    for words, must_name_contact in chain(tails, heads):
        found = assess(QUOTED.sub(" ", words), rules=rules)
        if found.outcome == Outcome.ILLEGAL and (found.indicators or not must_name_contact):
            return found
    return None
