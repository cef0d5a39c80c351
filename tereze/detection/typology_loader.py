"""Loads the typology from its data files and checks that every reference leads somewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tereze.detection.typology_reader import (
    RU_KK,
    Entry,
    TypologyError,
    read_entries,
)
from tereze.detection.typology_types import (
    Clock,
    Contact,
    Ground,
    LawArticle,
    Leaflet,
    Playbook,
    Scheme,
    Script,
    ScriptLine,
    Text,
    Typology,
)


T = TypeVar("T")

REQUEST_KINDS = (
    "remove_listing",
    "close_account",
    "remove_content",
    "preserve_data",
    "provide_data",
    "check_number",
    "hold_money",
    "ban_in_chat",
    "restrict_site",
    "correct_removal",
)
NEEDS = ("kui_number", "erdr_number", "prosecutor_sanction", "court_sanction", "owner_consent")
BINDS = ("unit", "partner", "bank", "operator", "service")
SMS_SIGNS = 200
SCRIPT_KINDS = ("do", "say", "repeat")


def load(folder: Path) -> Typology:
    sources = _sources(folder / "sources.toml")
    articles = _table(folder / "law.toml", lambda e: _article(e, sources))
    channels = _table(folder / "channels.toml", _name)
    kinds = _table(folder / "platform_kinds.toml", _name)
    contacts = _table(folder / "contacts.toml", _contact)
    playbooks = _table(folder / "playbooks.toml", lambda e: _playbook(e, contacts))
    schemes: dict[str, Scheme] = {}
    for path in sorted(folder.glob("schemes_*.toml")):
        for entry in read_entries(path):
            if entry.name in schemes:
                raise entry.wrong("this scheme is defined twice")
            schemes[entry.name] = _scheme(
                entry, articles, playbooks, contacts, channels, kinds, sources
            )
    if not schemes:
        raise TypologyError(f"no schemes_*.toml in {folder.name}")
    return Typology(
        schemes=schemes,
        playbooks=playbooks,
        contacts=contacts,
        articles=articles,
        channels=channels,
        platform_kinds=kinds,
        four_rules=tuple(_table(folder / "rules_of_four.toml", _rule).values()),
        scripts=_table(folder / "scripts.toml", _script),
        leaflet=_leaflet(folder / "leaflet.toml"),
        clocks=_table(folder / "clocks.toml", lambda e: _clock(e, sources)),
        grounds=_table(folder / "grounds.toml", lambda e: _ground(e, kinds, sources)),
    )


def _table(path: Path, build: Callable[[Entry], T]) -> dict[str, T]:
    built: dict[str, T] = {}
    for entry in read_entries(path):
        built[entry.name] = build(entry)
        entry.close()
    return built


def _sources(path: Path) -> dict[str, str]:
    def url(entry: Entry) -> str:
        return entry.string("at")

    return _table(path, url)


def _name(entry: Entry) -> Text:
    return entry.text("name")


def _rule(entry: Entry) -> Text:
    return entry.text("text")


def _contact(entry: Entry) -> Contact:
    return Contact(
        slug=entry.name,
        name=entry.text("name"),
        phone=entry.string("phone", empty=True),
        note=entry.text("note"),
    )


def _sms(entry: Entry) -> Text:
    text = entry.text("sms")
    for lang, words in text.items():
        if len(words) > SMS_SIGNS:
            raise entry.wrong(f"'sms.{lang}' has {len(words)} signs, at most {SMS_SIGNS} fit")
    return text


def _playbook(entry: Entry, contacts: dict[str, Contact]) -> Playbook:
    return Playbook(
        slug=entry.name,
        title=entry.text("title"),
        condition=entry.text("condition"),
        sms=_sms(entry),
        urgent=entry.flag("urgent"),
        steps=entry.texts("steps", least=2, most=8),
        later_title=entry.optional_text("later_title"),
        later_steps=entry.texts("later_steps", least=0, most=8),
        contacts=entry.choices("contacts", contacts),
    )


def _article(entry: Entry, sources: dict[str, str]) -> LawArticle:
    return LawArticle(
        slug=entry.name,
        text=entry.text("text", RU_KK),
        note=entry.optional_text("note", RU_KK),
        confidence=entry.confidence("confidence"),
        source=sources[entry.choice("source", sources)],
        checked=entry.day("checked"),
    )


def _clock(entry: Entry, sources: dict[str, str]) -> Clock:
    hours, days = entry.positive("hours"), entry.positive("working_days")
    if (hours is None) == (days is None):
        raise entry.wrong("give either 'hours' or 'working_days'")
    return Clock(
        slug=entry.name,
        name=entry.text("name"),
        hours=hours,
        working_days=None if days is None else int(days),
        basis=entry.text("basis", RU_KK),
        binds=entry.choice("binds", BINDS),
        confidence=entry.confidence("confidence"),
        source=sources[entry.choice("source", sources)],
        checked=entry.day("checked"),
    )


def _ground(entry: Entry, kinds: dict[str, Text], sources: dict[str, str]) -> Ground:
    return Ground(
        slug=entry.name,
        kind=entry.choice("kind", REQUEST_KINDS),
        partner_kinds=entry.choices("partner_kinds", kinds),
        text=entry.text("text", RU_KK),
        needs=entry.choices("needs", NEEDS, least=0),
        note=entry.optional_text("note", RU_KK),
        confidence=entry.confidence("confidence"),
        source=sources[entry.choice("source", sources)],
        checked=entry.day("checked"),
    )


def _script(entry: Entry) -> Script:
    lines = []
    for line in entry.entries("lines"):
        kind = line.choice("kind", SCRIPT_KINDS)
        lines.append(ScriptLine(kind, {lang: line.string(lang) for lang in RU_KK}))
        line.close()
    return Script(entry.name, entry.text("title", RU_KK), tuple(lines))


def _leaflet(path: Path) -> Leaflet:
    return _table(
        path,
        lambda e: Leaflet(
            title=e.text("title"),
            lead=e.text("lead"),
            if_happened=e.text("if_happened"),
            steps=e.texts("steps", least=2, most=6),
            check=e.text("check"),
            phones=e.text("phones"),
            footer=e.text("footer"),
        ),
    )["leaflet"]


def _scheme(
    entry: Entry,
    articles: dict[str, LawArticle],
    playbooks: dict[str, Playbook],
    contacts: dict[str, Contact],
    channels: dict[str, Text],
    kinds: dict[str, Text],
    sources: dict[str, str],
) -> Scheme:
    scheme = Scheme(
        slug=entry.name,
        name=entry.text("name"),
        short=entry.text("short"),
        mechanics=entry.text("mechanics"),
        articles=tuple(articles[slug] for slug in entry.choices("law", articles)),
        playbooks=entry.choices("playbooks", playbooks),
        without_loss=entry.choice("without_loss", playbooks)
        if entry.has("without_loss")
        else "PB5",
        contacts=entry.choices("contacts", contacts, least=2),
        channels=entry.choices("channels", channels),
        platforms=entry.choices("platforms", kinds),
        questions=entry.texts("questions", least=3, most=5, langs=RU_KK),
        advice=entry.texts("advice", least=2, most=5),
        signals=entry.phrases("signals"),
        sources=tuple(sources[key] for key in entry.choices("sources", sources)),
    )
    entry.close()
    return scheme
