"""Is the advert gone? A verdict from what each vantage saw. Plain functions.

Only what clearly says "gone" is gone. A robot check, a refusal, a log-in page, an empty page or no
answer is *could not look*. Anything else shows that something is still there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from tereze.disruption.pages import PageText
from tereze.disruption.platforms import GENERIC, Platform
from tereze.disruption.recognition import Bases, NotAnAddressError, target_of


class Outcome(StrEnum):
    GONE = "gone"
    THERE = "there"
    COULD_NOT_LOOK = "could_not_look"


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    why: str  # a slug: not_found, soft_404, archived, redirect, challenge, forbidden …
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.detail} {self.why}".strip()


@dataclass(frozen=True)
class Seen:
    """One vantage's answer. `failure` stands where there was none: dns, timeout, refused …"""

    url: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    page: PageText = field(default_factory=PageText)
    failure: str = ""


@dataclass(frozen=True)
class Asked:
    """What was asked about, and what is remembered of it from the capture."""

    address: str
    platform: Platform = GENERIC
    listing: str = ""
    bases: Bases = field(default_factory=dict)
    seen_phrases: frozenset[str] = frozenset()


SHORT = 700  # characters: a notice, not a page with content
EMPTY = 40
TOLERANCE = 25  # «Объявление в архиве с 12 марта»
NOT_FOUND = {404: "not_found", 410: "gone_for_good"}
REFUSED = {401: "login", 403: "forbidden", 407: "forbidden", 429: "limited", 451: "legal_block"}
ROBOT_CHECK = (
    "just a moment",
    "attention required",
    "checking your browser",
    "verify you are human",
    "are you a robot",
    "are you human",
    "security check",
    "captcha",
    "ddos-guard",
    "проверяем, что вы не робот",
    "подтвердите, что вы не робот",
    "подтвердите, что вы человек",
    "вы не робот",
    "вы робот",
    "проверка браузера",
    "проверка безопасности",
    "подозрительная активность",
    "робот емес екеніңізді",
    "сіз робот емессіз бе",
)
KEPT_OUT = (
    "access denied",
    "access to this page has been denied",
    "доступ запрещён",
    "доступ запрещен",
    "доступ ограничен",
    "слишком много запросов",
    "too many requests",
    "кіруге тыйым салынған",
    "сұраныс тым көп",
)
DOWN = (
    "технические работы",
    "ведутся работы",
    "сервис временно недоступен",
    "сайт временно недоступен",
    "временно недоступен",
    "что-то пошло не так",
    "внутренняя ошибка",
    "service unavailable",
    "bad gateway",
    "internal server error",
    "something went wrong",
    "under maintenance",
    "қызмет уақытша қолжетімсіз",
    "уақытша қолжетімсіз",
    "техникалық жұмыстар",
)
LOG_IN = ("войти", "вход", "авторизация", "log in", "login", "sign in", "кіру")
ASKED_IN = ("войдите", "авторизуйтесь", "log in to", "sign in to", "кіріңіз", "жүйеге кіріңіз")
SECOND_LEVEL = {"com", "org", "net", "gov", "edu", "co"}
WALLS = {
    "login": "login",
    "signin": "login",
    "sign-in": "login",
    "auth": "login",
    "accounts": "login",
    "captcha": "challenge",
    "challenge": "challenge",
    "showcaptcha": "challenge",
    "verify": "challenge",
    "blocked": "forbidden",
    "error": "server_error",
    "maintenance": "server_error",
}


def decide(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict from all vantages, the most telling first: gone only where all of them say so."""
    for outcome in (Outcome.THERE, Outcome.COULD_NOT_LOOK):
        for verdict in verdicts:
            if verdict.outcome is outcome:
                return verdict
    return verdicts[0]


def look_at(asked: Asked, seen: Seen) -> Verdict:
    if seen.failure:
        return could_not(seen.failure, "")
    status = str(seen.status)
    if "cf-mitigated" in {name.lower() for name in seen.headers}:
        return could_not("challenge", status)
    if seen.status in NOT_FOUND:
        return Verdict(Outcome.GONE, NOT_FOUND[seen.status], status)
    if seen.status in REFUSED:
        return could_not(REFUSED[seen.status], status)
    if seen.status >= 500:
        return could_not("server_error", status)
    if seen.status != 200:
        return could_not("odd_status", status)
    return of_page(asked, seen)


def could_not(why: str, detail: str) -> Verdict:
    return Verdict(Outcome.COULD_NOT_LOOK, why, detail)


def of_page(asked: Asked, seen: Seen) -> Verdict:
    barrier = what_bars(seen, asked)
    if barrier:
        return could_not(barrier, "200")
    moved = where_it_led(asked, seen.url)
    if moved is not None:
        return moved
    if says(seen.page, [*asked.platform.gone, *GENERIC.gone], asked.seen_phrases):
        return Verdict(Outcome.GONE, "soft_404", "200")
    if says(seen.page, [*asked.platform.archived, *GENERIC.archived], asked.seen_phrases):
        return Verdict(Outcome.GONE, "archived", "200")
    if len(seen.page.text) < EMPTY:
        return could_not("empty", "200")
    return Verdict(Outcome.THERE, "page", "200")


def what_bars(seen: Seen, asked: Asked) -> str:
    """Why this page is not the advert's own answer, if it is not."""
    steps = {step.lower() for step in urlsplit(seen.url).path.split("/") if step}
    asked_steps = {step.lower() for step in urlsplit(asked.address).path.split("/")}
    for wall, why in WALLS.items():
        if wall in steps - asked_steps:
            return why
    notice = notices(seen.page)
    for why, phrases in (
        ("challenge", ROBOT_CHECK),
        ("forbidden", KEPT_OUT),
        ("server_error", DOWN),
    ):
        if any(folded(phrase) in line for line in notice for phrase in phrases):
            return why
    names = [folded(line) for line in (seen.page.title, *seen.page.main)]
    asked_in = any(name.startswith(ASKED_IN) for name in names)
    return (
        "login" if asked_in or any(is_named(n, phrase) for n in names for phrase in LOG_IN) else ""
    )


def notices(page: PageText) -> list[str]:
    """What a barrier would say: all of a short page, the title of a long one."""
    lines = [page.title]
    if len(page.text) < SHORT:
        lines += [*page.headings, page.text]
    return [folded(line) for line in lines]


def where_it_led(asked: Asked, url: str) -> Verdict | None:
    """A verdict if the redirects ended somewhere else than at this advert."""
    try:
        found = target_of(url, asked.bases)
    except NotAnAddressError:
        return could_not("address", "")
    before, after = urlsplit(asked.address), urlsplit(found.address)
    if asked.listing:
        if found.listing == asked.listing:
            return None
        if found.platform == asked.platform.slug and same_site(before.hostname, after.hostname):
            return Verdict(Outcome.GONE, "redirect", found.listing or after.path[:80])
        return could_not("elsewhere", after.hostname or "")
    if not same_site(before.hostname, after.hostname):
        return could_not("elsewhere", after.hostname or "")
    if is_above(after.path, before.path):
        return Verdict(Outcome.GONE, "redirect", after.path[:80])
    return None


def same_site(one: str | None, other: str | None) -> bool:
    """www., m. and the bare name are one site."""
    return one == other or registered(one or "") == registered(other or "")


def registered(host: str) -> str:
    labels = host.split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    kept = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVEL else 2
    return ".".join(labels[-kept:])


def is_above(path: str, of: str) -> bool:
    """`/cars/` is above `/cars/audi/123`; the same page with a slash more is not."""
    upper, lower = path.strip("/").split("/"), of.strip("/").split("/")
    upper = [step for step in upper if step]
    return len(upper) < len(lower) and lower[: len(upper)] == upper


def says(page: PageText, phrases: Iterable[str], known: frozenset[str]) -> bool:
    return bool(phrases_in(page, phrases) - known)


def phrases_in(page: PageText, phrases: Iterable[str]) -> frozenset[str]:
    """Those that stand on their own, not inside a sentence.

    A single word («продано», «404») must be the page's own name: other adverts on it may be called
    so. Several words may also stand as a heading or a line of their own.
    """
    names = [folded(line) for line in (page.title, *page.main)]
    lines = {folded(line) for line in (*page.headings, *page.pieces)}
    return frozenset(
        phrase
        for phrase in phrases
        if any(is_named(name, phrase) for name in names)
        or (" " in phrase and any(is_notice(line, phrase) for line in lines))
    )


def is_named(name: str, phrase: str) -> bool:
    """`name` is the phrase, alone or before a dash: «Страница не найдена — OLX»."""
    rest = name.removeprefix(folded(phrase))
    return rest != name and (not rest or rest.lstrip()[:1] in "-–—|:·.,!(/")


def is_notice(line: str, phrase: str) -> bool:
    rest = line.removeprefix(folded(phrase))
    return rest != line and len(rest) <= TOLERANCE and not rest[:1].isalnum()


def folded(line: str) -> str:
    return " ".join(line.casefold().replace("ё", "е").replace("’", "'").split())


def gone_phrases(platform: Platform) -> list[str]:
    return [*platform.gone, *platform.archived, *GENERIC.gone, *GENERIC.archived]
