"""What stands beside an author's own words: a quotation brought from elsewhere, the own account.

Each is judged apart and never lets the machine act: quoting an advert is not writing one. But who
brings another chat's advert here under a harmless word, or offers in the profile what the message
leaves out, goes to people.
"""

from collections import OrderedDict
from dataclasses import dataclass

from tereze.detection import Assessment, Outcome, assess
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.indicators import extract
from tereze.watch.models.messages import Hint
from tereze.watch.received import Incoming


SHORTEST = 12  # letters; below this a name or a quotation offers nothing
REMEMBERED = 5_000  # words judged lately, by a number that tells nothing of them
AWAY = {"url", "domain", "telegram", "telegram_invite", "whatsapp", "instagram", "lookalike"}
ACCUSED = {Outcome.ILLEGAL, Outcome.SUSPICIOUS}


@dataclass(frozen=True)
class Beside:
    hint: str
    words: str
    assessment: Assessment


def beside(item: Incoming, rules: RuleSet | None = None) -> Beside | None:
    """The first part beside the own words that is an advert by itself."""
    if item.is_foreign and (found := accused(item.quoted, rules)):
        return Beside(Hint.FOREIGN, item.quoted, found)
    found = accused(item.profile, rules)
    # a doubtful name with every message would bury people: only a plain advert counts
    if found and (found.outcome == Outcome.ILLEGAL or item.is_passing):
        return Beside(Hint.PROFILE, item.profile, found)
    if item.media == "reaction" and leads_away(item.profile):
        return Beside(Hint.PROFILE, item.profile, assess(item.profile, rules=rules))
    return None


def leads_away(profile: str) -> bool:
    """Whoever only puts reactions is looked up by those who wonder who that is: a link is the
    whole advert."""
    return any(found.type in AWAY for found in extract(profile))


harmless: OrderedDict[int, None] = OrderedDict()


def accused(words: str, rules: RuleSet | None = None) -> Assessment | None:
    """The assessment of words that alone would go to people or be deleted; nothing otherwise."""
    if sum(letter.isalnum() for letter in words) < SHORTEST:
        return None
    rules = rules or default_rules()
    key = hash(
        (words, rules.version)
    )  # not the words: names of people who did nothing are not kept
    if key in harmless:
        return None
    found = assess(words, rules=rules)
    if found.outcome in ACCUSED:
        return found
    harmless[key] = None
    while len(harmless) > REMEMBERED:
        harmless.popitem(last=False)
    return None
