"""New-scheme radar: what grows this week and fits no known scheme.

Texts of the last week are compared with those of the weeks before. A *feature* is the stem of a
word, a pair of neighbouring stems, or a contact. It grows when more voices say it than chance
explains: the log-likelihood ratio G² of a 2 by 2 table (T. Dunning, "Accurate methods for the
statistics of surprise and coincidence", Computational Linguistics 19(1), 1993), its probability
multiplied by the number of features that could have been found (C. E. Bonferroni, 1936; only those
that reach the floor are counted, R. E. Tarone, Biometrics 46, 1990).

A *voice* is one author, or one text with its near copies, whoever sends them: a flood counts once.
Features that are said by the same voices make a topic. Texts whose scheme is known serve only to
tell which words belong to it. Plain Python: no clock, no network, the same answer for the same
texts.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tereze.detection.assessment import Assessment, Outcome
from tereze.detection.hiding import hide_people
from tereze.detection.language import detect_language
from tereze.detection.voices import Read, one_voice_each, read_text, said_in


WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
FLOOR = 3  # voices: two neighbours who tell each other are no wave
TIMES = 2  # a topic is said at least twice as often as in a usual week
KNOWN = 0.9  # a scheme named this surely is known
MOST_TOPICS = 20

_CHANCE = 5  # features that may grow by chance, expected over all that were tried
_TOPIC_CHANCE = 0.001
_KNOWN_SHARE = 1 / 4  # from which a word belongs to the wave of a known scheme
_DOUBTED = 2  # voices of a topic at least
_DOUBTED_SHARE = 1 / 5  # of a topic's voices; the rest of the city's life grows too
_TOGETHER = 1 / 2  # of a feature's voices that a topic has already: it belongs there
_THIN = 200  # voices of the weeks before, below which they are too few to measure by
_MOST_FEATURES = 400
_MOST_IN_TOPIC = 40
_EXAMPLES = 3
_WORDS_SHOWN = 6
_MOST_SPELLED = 200  # texts are enough to see how a word is spelled
_LONGEST_EXAMPLE = 400
_ORDINARY = frozenset({Outcome.HARMLESS, Outcome.JOB_OR_PROMO})


@dataclass(frozen=True, slots=True)
class Told:
    """One text with its date and what the engine thinks of it.

    ``id`` comes back with the examples. ``author`` is any name that is the same for the same
    person; empty where nobody knows. ``vouched`` says that a person found the text worth telling
    (a resident's report): it counts as doubted whatever the engine thinks. ``scheme`` is the
    scheme that a person named, which makes the text known.
    """

    id: Any
    text: str
    at: datetime
    assessment: Assessment
    author: str = ""
    vouched: bool = False
    scheme: str = ""

    @property
    def is_known(self) -> bool:
        """Whether its scheme is named, by a person or surely enough by the engine."""
        return bool(self.scheme) or any(s.score >= KNOWN for s in self.assessment.schemes[:1])

    @property
    def is_doubted(self) -> bool:
        """Whether there is something to look at: flagged, a story, a warning, or vouched for."""
        return self.vouched or self.assessment.outcome not in _ORDINARY


@dataclass(frozen=True, slots=True)
class Example:
    """A text of a topic, at most 400 characters of it, without contacts and names."""

    id: Any
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that grows and has no name yet.

    words: what it is known by, as people spell it, strongest first. stems: the same for machines,
    to recognise the topic a week later. people: voices of this week. before: voices in an average
    week of those before. weeks: voices a week, oldest first, this week last. strength: G² of the
    topic as a whole, 10.8 would happen by chance once in a thousand. languages: of this week's
    texts, most frequent first. first_seen: the earliest of all its texts. near: the known scheme
    that the engine guesses for half of the texts or more, without being sure, or "". texts: ids of this week's texts.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    people: int
    before: float
    weeks: tuple[int, ...]
    strength: float
    languages: tuple[str, ...]
    first_seen: datetime
    near: str
    texts: tuple[Any, ...]
    examples: tuple[Example, ...]


def find_topics(
    texts: Iterable[Told],
    *,
    until: datetime,
    week: timedelta = WEEK,
    weeks_before: int = WEEKS_BEFORE,
) -> tuple[Topic, ...]:
    """What grows in the week before ``until``, at most ``MOST_TOPICS``, strongest first.

    texts: in any order, read once; those outside the week and the ``weeks_before`` weeks before
    it are left out. Their ``at`` and ``until`` all bear a zone or none does (else ``TypeError``).
    week: another length than seven days, longer than nothing (else ``ZeroDivisionError``).
    Where no week before has a text there is nothing to compare with, and no topic.
    Costs about 0.1 ms a text; memory is bounded by the texts themselves. A topic's rank is its
    ``strength`` times the share of its voices that are doubted.
    """
    reads = one_voice_each(_in_weeks(texts, until, week, weeks_before))
    now = [read for read in reads if read.week == 0]
    known = [read for read in now if read.known]
    unknown = [read for read in now if not read.known]
    before = [read for read in reads if read.week and not read.known]
    heard = len({read.week for read in reads if read.week})
    if not unknown or not heard:
        return ()
    sizes = _sizes(reads, heard)
    growing = _growing(unknown, before, known, sizes)
    field = _Field(
        growing=growing,
        sizes=sizes,
        weeks_heard=heard,
        now=_narrowed(unknown, growing),
        before=_narrowed(before, growing),
    )
    groups = (group for group in _groups(growing, _voices_by_feature(field)) if len(group) > 1)
    topics = (_topic(group, field, weeks_before) for group in groups)
    found = [(rank, topic) for rank, topic in filter(None, topics)]
    found.sort(key=lambda pair: (-pair[0], -pair[1].people, pair[1].stems))
    return tuple(topic for _, topic in found[:MOST_TOPICS])


def growth(now: int, all_now: int, before: int, all_before: int) -> float:
    """G² of ``now`` of ``all_now`` against ``before`` of ``all_before``; 0 where nothing grew.

    >>> round(growth(8, 508, 0, 2000), 1)
    25.6
    """
    if now * all_before <= before * all_now:
        return 0.0
    share = (now + before) / (all_now + all_before)
    cells = [
        (now, all_now * share),
        (all_now - now, all_now * (1 - share)),
        (before, all_before * share),
        (all_before - before, all_before * (1 - share)),
    ]
    return 2 * sum(seen * math.log(seen / expected) for seen, expected in cells if seen)


def chance(g2: float) -> float:
    """How probable so large a G² is where nothing grows (χ², one degree of freedom)."""
    return math.erfc(math.sqrt(g2 / 2))


def _in_weeks(
    texts: Iterable[Told], until: datetime, week: timedelta, weeks_before: int
) -> Iterator[Read]:
    for told in texts:
        ago = (until - told.at) // week
        if 0 <= ago <= weeks_before:
            yield read_text(told, ago)


def _sizes(reads: Iterable[Read], weeks_heard: int) -> tuple[int, int]:
    """Voices of this week and of the weeks before, of whatever scheme.

    Where few were heard before (a city that has just begun), their number says nothing, and time is
    the measure instead: one week against those that were heard.
    """
    voices = {(read.week, read.voice) for read in reads}
    now = sum(week == 0 for week, _ in voices)
    before = len(voices) - now
    return now, max(before, now * weeks_heard) if before < _THIN else before


def _growing(
    unknown: Sequence[Read],
    before: Sequence[Read],
    known: Sequence[Read],
    sizes: tuple[int, int],
) -> dict[int, float]:
    """Features that grow, with their G², strongest first."""
    now_counts = _voices(unknown, _looked_at(unknown))
    now_counts = Counter({feature: n for feature, n in now_counts.items() if n >= FLOOR})
    before_counts = _voices(before, now_counts)
    known_counts = _voices(known, now_counts)
    all_now, all_before = sizes
    found = {}
    for feature, count in now_counts.items():
        if known_counts[feature] >= _KNOWN_SHARE * (count + known_counts[feature]):
            continue
        g2 = growth(count, all_now, before_counts[feature], all_before)
        if g2 and chance(g2) * len(now_counts) <= _CHANCE:
            found[feature] = g2
    strongest = sorted(found, key=lambda feature: (-found[feature], feature))
    return {feature: found[feature] for feature in strongest[:_MOST_FEATURES]}


def _looked_at(reads: Sequence[Read]) -> set[int]:
    """Features said in doubted texts, not in one only: no others can make a topic.

    Most features are said once; a table of 16 MB tells them apart before any voice is counted.
    """
    doubted = [read for read in reads if read.doubted]
    seen = bytearray(1 << 24)
    for read in doubted:
        for feature in read.features:
            place = feature & 0xFFFFFF
            if seen[place] < _DOUBTED:
                seen[place] += 1
    often = {f for read in doubted for f in read.features if seen[f & 0xFFFFFF] >= _DOUBTED}
    return {feature for feature, n in _voices(doubted, often).items() if n >= _DOUBTED}


def _voices(reads: Sequence[Read], wanted: Collection[int]) -> Counter[int]:
    """How many voices, a week, say each of the wanted features."""
    said: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for read in reads:
        said[read.voice, read.week].update(f for f in read.features if f in wanted)
    counts: Counter[int] = Counter()
    for features in said.values():
        counts.update(features)
    return counts


@dataclass(frozen=True, slots=True)
class _Field:
    """What grows, and the texts that say any of it, with these features alone."""

    growing: Mapping[int, float]
    sizes: tuple[int, int]
    weeks_heard: int
    now: Sequence[Read]
    before: Sequence[Read]


def _narrowed(reads: Iterable[Read], growing: Mapping[int, float]) -> list[Read]:
    narrowed = (
        replace(read, features=array("I", (f for f in read.features if f in growing)))
        for read in reads
    )
    return [read for read in narrowed if read.features]


def _voices_by_feature(field: _Field) -> dict[int, set[int]]:
    voices: dict[int, set[int]] = {feature: set() for feature in field.growing}
    for read in field.now:
        for feature in read.features:
            voices[feature].add(read.voice)
    return voices


def _groups(growing: Mapping[int, float], voices: Mapping[int, set[int]]) -> Iterator[list[int]]:
    """Features said by the same voices, beginning with the strongest that is left."""
    left = list(growing)
    while left:
        group = [left[0]]
        said = Counter(dict.fromkeys(voices[left[0]], 2))
        changed = True
        while changed and len(group) < _MOST_IN_TOPIC:
            changed = False
            for feature in left:
                others = voices[feature]
                theirs = sum(said[voice] >= 2 for voice in others)
                if feature not in group and theirs >= _TOGETHER * len(others):
                    group.append(feature)
                    said.update(others)
                    changed = True
        left = [feature for feature in left if feature not in group]
        yield group[:_MOST_IN_TOPIC]


def _topic(group: Sequence[int], field: _Field, weeks_before: int) -> tuple[float, Topic] | None:
    """The topic of a group of features with its rank, or None where it is too little for one."""
    weights = {feature: field.growing[feature] for feature in group}
    now, earlier = _saying(weights, field.now), _saying(weights, field.before)
    weeks = [len({r.voice for r in earlier if r.week == w}) for w in range(weeks_before, 0, -1)]
    people = len({read.voice for read in now})
    doubted = len({read.voice for read in now if read.doubted})
    usual = sum(weeks) / field.weeks_heard
    strength = growth(people, field.sizes[0], sum(weeks), field.sizes[1])
    if people < FLOOR or people < TIMES * usual or chance(strength) > _TOPIC_CHANCE:
        return None
    if doubted < max(_DOUBTED, _DOUBTED_SHARE * people):
        return None
    stems, words = _named(sorted(group, key=lambda f: (-field.growing[f], f)), now)
    if len(stems) < 2:
        return None
    languages = Counter(detect_language(read.text) for read in now)
    return strength * doubted / people, Topic(
        words=words,
        stems=stems,
        people=people,
        before=usual,
        weeks=(*weeks, people),
        strength=round(strength, 1),
        languages=tuple(sorted(languages, key=lambda lang: (-languages[lang], lang))),
        first_seen=min(read.at for read in [*now, *earlier]),
        near=_near(now),
        texts=tuple(read.id for read in sorted(now, key=lambda r: r.at)),
        examples=_examples(now, weights.keys()),
    )


def _near(reads: Sequence[Read]) -> str:
    """The scheme that is the first guess for half of the texts; fewer guesses only mislead."""
    nears = Counter(read.near for read in reads if read.near)
    slug, times = max(nears.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return slug if 2 * times >= len(reads) else ""


def _saying(weights: Mapping[int, float], reads: Sequence[Read]) -> list[Read]:
    """Texts that say as much of the topic as its strongest feature alone."""
    enough = max(weights.values())
    return [read for read in reads if sum(weights.get(f, 0.0) for f in read.features) >= enough]


def _named(group: Sequence[int], reads: Sequence[Read]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Stems of the group, and the words people use for it: pairs before their halves."""
    spellings: defaultdict[int, Counter[str]] = defaultdict(Counter)
    stems: dict[int, tuple[str, ...]] = {}
    wanted = set(group)
    for read in reads[:_MOST_SPELLED]:
        shown = hide_people(read.text)
        for feature, said, (start, end) in said_in(read.text):
            if feature in wanted and "•" not in shown[start:end]:
                stems[feature] = said
                spellings[feature][" ".join(shown[start:end].split())] += 1
    named = [feature for feature in group if feature in stems]
    words: list[str] = []
    told: set[str] = set()
    for feature in sorted(named, key=lambda f: -len(stems[f])):
        if len(words) < _WORDS_SHOWN and not told.issuperset(stems[feature]):
            told.update(stems[feature])
            spelled = spellings[feature]
            words.append(min(spelled, key=lambda word: (-spelled[word], word)))
    every = dict.fromkeys(stem for feature in named for stem in stems[feature])
    return tuple(every), tuple(words)


def _examples(reads: Sequence[Read], wanted: Collection[int]) -> tuple[Example, ...]:
    """The most telling texts of different voices, of different languages where there are any."""

    def telling(read: Read) -> tuple[int, datetime, str]:
        return -sum(f in wanted for f in read.features), read.at, str(read.id)

    by_voice: dict[int, Read] = {}
    for read in sorted(reads, key=telling):
        by_voice.setdefault(read.voice, read)
    ordered = list(by_voice.values())
    languages: dict[str, Read] = {}
    for read in ordered:
        languages.setdefault(detect_language(read.text), read)
    chosen = list(dict.fromkeys([*[r.id for r in languages.values()], *[r.id for r in ordered]]))
    first = sorted((r for r in ordered if r.id in chosen[:_EXAMPLES]), key=telling)
    return tuple(Example(r.id, r.at, _shown(r.text)) for r in first)


def _shown(text: str) -> str:
    plain = " ".join(hide_people(text).split())
    return plain if len(plain) <= _LONGEST_EXAMPLE else plain[: _LONGEST_EXAMPLE - 1] + "…"
