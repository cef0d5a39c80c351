"""WhatsApp's «Export chat» as text: Android and iOS, whatever the phone's language and clock.

Plain Python. The export says when and who in the phone's own way, so what is ambiguous (is 3/4/26
in March or in April?) is settled by the whole file, not line by line. Direction marks, narrow
spaces and lines that the program wrote itself are told from what people wrote.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tereze.core.clock import now
from tereze.indicators import alphabets
from tereze.indicators.phones import parse_phone


MOST_BYTES = 25 * 1024 * 1024
MOST_MESSAGES = 50_000  # WhatsApp itself writes 40,000 at most; of a longer file the newest
LONGEST_TEXT = 65_536  # WhatsApp sends no longer one: nothing is hidden behind a long beginning
LONGEST_NAME = 100
SAMPLE = 400  # lines by which the order of day and month is settled

MARKS = dict.fromkeys(
    map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009"), " ")
FEW = 40  # signs without a letter in the first 4,096 bytes
DATE = r"(?P<a>\d{1,4})[./-] ?(?P<b>\d{1,2})[./-] ?(?P<c>\d{2,4})\.?(?: ?[гж]\.?)?"
HALVES = r"[AaPp]\.? ?[Mm]\.?|ДП|ПП|дп|пп|таңғы|түстен кейінгі|ТД|ТК|таңкы|түштөн кийинки|тң|тк|TO|TK|上午|下午|오전|오후|ص|م"
TIME = (
    rf"(?:(?P<before>{HALVES}) ?)?(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}}))?(?: ?(?P<half>{HALVES}))?(?: ч\.)?"
)
MOMENT = rf"{DATE}[,،]?(?: (?:в|at|klo|kl\.|à))? {TIME}"
# Copied out of WhatsApp Web, time stands first; out of Android, the year is left out.
WEB_MOMENT = rf"{TIME}[,،] {DATE}"
YEARLESS = rf"(?P<a>\d{{1,2}})[./-](?P<b>\d{{1,2}})[,،] {TIME}"
SHAPES = "vxyz"  # a name may stand once in a pattern


def named(shape: str, pattern: str) -> str:
    return pattern.replace("(?P<", f"(?P<{shape}")


HEAD = re.compile(
    rf"(?:\[{named('v', MOMENT)}\] ?|{named('x', MOMENT)} [-–—] "
    rf"|\[{named('y', WEB_MOMENT)}\] ?|\[{named('z', YEARLESS)}\] ?)"
)
# an empty message ends with the colon, as media left out may
SAID = re.compile(r"(?P<sender>[^\n]*?):(?:[ \n]|$)(?P<text>.*)", re.DOTALL)
PM = {"pm", "пп", "түстенкейінгі", "тк", "түштөнкийинки", "tk", "下午", "오후", "م"}
# What the program writes in place of media. Only its very words: nothing that a person could have
# typed around an advert is left out, and what is not known here is judged like any text.
OMITTED = re.compile(
    r"<(?:media omitted|без медиа(?:файлов)?|медиафайл(?:ы)? (?:отсутствует|отсутствуют|жоқ)|медиафайл(?:дар)?сыз)>"
    r"|(?:image|video|video note|audio|sticker|gif|document|contact card) omitted"
    r"|(?:изображение|видео|видеозаметка|аудио|аудиофайл|стикер|gif|документ|карточка контакта)"
    r" (?:отсутству[её]т|пропущен[ао]?|опущен[ао]?|не добавлен[ао]?)"
    r"|(?:сурет|бейне|аудио|стикер|gif|құжат) (?:жоқ|қосылмаған|өткізілген)",
    re.IGNORECASE,
)
BY_IOS = r"<[^<>:\n]{4,24}: (?P<ios>[^<>\n/\\]{1,120}\.\w{2,5})>"
ATTACHED = re.compile(
    BY_IOS
    + r"|(?P<android>[^\s<>/\\:*?\"|][^\n<>/\\:*?\"|]{0,100}\.\w{2,5}) \((?:[^()\n\d]{6,24})\)"
)
ATTACHED_LAST = re.compile(BY_IOS + r"\s*$")  # iOS puts the caption and the document's title first
NUMBERED = re.compile(r"\d{8}-(?=.)")  # by iOS, before the sender's own name
# names that the program gives; any other is the sender's, and may be the advert itself
OWN_NAME = re.compile(
    r"(?:(?:IMG|VID|PTT|AUD|DOC|STK)-\d{8}-WA\d{4,}|\d{4,}-[A-Z]+-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)\.\w+"
)
EDITED = re.compile(
    r"\s*<(?:this message was edited|сообщение изменено|данное сообщение изменено|хабар(?:лама)? өзгертілді)>\s*$",
    re.IGNORECASE,
)
DELETED = re.compile(
    r"(?:null|this message was deleted|you deleted this message"
    r"|(?:данное |это )?сообщение удалено|вы удалили (?:данное|это) сообщение"
    r"|(?:бұл )?хабар(?:лама)? (?:жойылды|өшірілді)|сіз бұл хабар\w{0,8} (?:жойдыңыз|өшірдіңіз)"
    r"|this message was deleted by (?:an? )?(?:group )?admin(?P<en> [^\n]{1,60})?"
    r"|(?:данное |это )?сообщение (?:было )?удалено (?:админ|администратор)(?:ом)?(?: группы)?(?P<ru> [^\n]{1,60})?"
    r"|(?:бұл )?хабар(?:лама)?[нд]ы (?:топ )?(?:әкімшісі|әкімші|админі|админ)(?P<kk> [^\n]{1,60})? (?:жойды|өшірді))\.?",
    re.IGNORECASE,
)
GROUP_MADE = re.compile(
    r"(?:создал(?:\(-?а\)|а|и)? группу|created group|тоб\w{0,4} (?:құрды|ашты|жасады))\D{0,3}[«\"“](?P<title>[^«»\"“”\n]{1,100})[»\"”]"
)
NAMED = re.compile(r"[«\"“](?P<name>[^«»\"“”\n]{4,100})[»\"”]")
TITLES = (
    re.compile(r"^whatsapp chat (?:with|-) ?(?P<title>.+)$", re.IGNORECASE),
    re.compile(
        r"^чат whatsapp(?: с группой| с контактом| с| ?[-–—])? ?(?P<title>.+)$", re.IGNORECASE
    ),
    re.compile(r"^whatsapp чат(?:ы)?(?: ?[-–—]| с)? ?(?P<title>.+)$", re.IGNORECASE),
    re.compile(
        r"^(?P<title>.+?) (?:тобымен |контактісімен )?whatsapp (?:чаты|әңгімесі|сөйлесуі)$",
        re.IGNORECASE,
    ),
)
ENDING = re.compile(r"(?:\s?\(\d{1,2}\))?\.(?:txt|zip)$", re.IGNORECASE)


class NotAnExportError(Exception):
    """Why this is no chat: `binary`, `empty`, `no_chat`, `big`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing somebody wrote. Its time is the phone's wall clock, without a zone.

    Without a sender it is a line that looks like the program's: its words may still be a person's,
    as the name of a group is, or a line typed to look so.
    """

    at: datetime
    sender: str
    text: str
    quoted: str = ""
    media: str = ""  # name of the attached file, or «…» of one left out
    edited: bool = False
    deleted: bool = False

    @property
    def phone(self) -> str:
        """The sender's number where the phone knew no name for it."""
        return (parse_phone(self.sender) or "") if self.sender.startswith("+") else ""


@dataclass(frozen=True, kw_only=True)
class Export:
    title: str
    lines: Sequence[Line]
    is_cut: bool = False  # there was more; these are the newest
    encoding: str = "utf-8"

    @property
    def people(self) -> int:
        return len({line.sender for line in self.lines if line.sender})


@dataclass(frozen=True)
class Raw:
    head: re.Match[str]
    rest: str


def read(content: bytes, *, name: str = "") -> Export:
    text, encoding = decoded(content)
    raws, is_cut = raw_lines(text)
    if not raws:
        raise NotAnExportError("no_chat")
    order = order_of([raw.head for raw in raws])
    found = [line for raw, at in dated(raws, order) for line in lines_of(raw, at)]
    if not any(line.sender for line in found):
        raise NotAnExportError("no_chat")
    title = title_of(name) or title_inside(raws)
    return Export(title=title, lines=found, is_cut=is_cut, encoding=encoding)


def is_export(content: bytes) -> bool:
    """Whether its first lines look like a chat; cheap."""
    try:
        text, _encoding = decoded(content[:65_536])
    except NotAnExportError:
        return False
    return any(HEAD.match(clean(line)) for line in text.split("\n", 40)[:40])


def decoded(content: bytes) -> tuple[str, str]:
    """Without the sign that ends a text for many programs: one in a message would hide a chat."""
    text, name = in_letters(content)
    return text.replace("\0", ""), name


def in_letters(content: bytes) -> tuple[str, str]:
    """UTF-8 as WhatsApp writes it; what an editor on an old computer may have made of it."""
    if not content.strip(b"\0 \r\n\t"):
        raise NotAnExportError("empty")
    if len(content) > MOST_BYTES:
        raise NotAnExportError("big")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), "utf-16"
    if wide := alphabets.wide(content):
        return content.decode(wide, "replace"), wide
    if content.count(b"\0", 0, 4096) > FEW:
        raise NotAnExportError("binary")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        if alphabets.is_utf8(content) or mostly_utf8(content):
            return content.decode("utf-8-sig", "replace"), "utf-8"
    name = alphabets.old(content)
    text = content.decode(name, "replace")
    if not alphabets.is_written(text[:4096]):
        raise NotAnExportError("binary")
    return text, name


def mostly_utf8(content: bytes) -> bool:
    """A few broken letters in a file that is UTF-8 otherwise."""
    return content.decode("utf-8", "replace").count("\ufffd") < len(content) / 200


def clean(line: str) -> str:
    return line.translate(SPACES).translate(MARKS)


def raw_lines(text: str) -> tuple[list[Raw], bool]:
    """Heads with everything up to the next head: a message may have many lines."""
    found: list[tuple[re.Match[str], list[str]]] = []
    length = 0
    for line in re.split(r"\r\n|\n|\r", text):
        plain = line.translate(SPACES)
        head = HEAD.match(plain.translate(MARKS)) if plain[:6].strip() else None
        if head is None:
            if found and length < LONGEST_TEXT:
                found[-1][1].append(plain)
                length += len(plain)
            continue
        rest = plain.translate(MARKS)[head.end() :]
        found.append((head, [rest]))
        length = len(rest)
    newest = found[-MOST_MESSAGES:]
    raws = [Raw(head, "\n".join(rest)[:LONGEST_TEXT]) for head, rest in newest]
    return raws, len(found) > len(newest)


def group(head: re.Match[str], name: str) -> str:
    """The same part stands elsewhere in each shape of the pattern."""
    return next((f"{shape}{name}" for shape in SHAPES if head[f"{shape}a"]), name) if name else ""


def part(head: re.Match[str], name: str) -> str:
    place = group(head, name)
    return (head[place] if place in head.re.groupindex else "") or ""


Order = tuple[int, int, int]  # where day, month and year stand
DMY, MDY, YMD = (0, 1, 2), (1, 0, 2), (2, 1, 0)


def order_of(heads: Sequence[re.Match[str]]) -> Order:
    """Day first, month first or year first: the one under which most dates exist and time does not
    run backwards. When nothing tells, the clock does: twelve hours go with the month first.
    Most and not all: anybody may have typed a line that begins like a message of another order."""
    dates = [numbers_of(head) for head in heads]
    exist = {order: sum(is_date(date, order) for date in dates) for order in (DMY, MDY, YMD)}
    if exist[YMD] > max(exist[DMY], exist[MDY]):
        return YMD
    if exist[DMY] != exist[MDY]:
        return max((DMY, MDY), key=lambda order: exist[order])
    separators = Counter(head.string[head.end(group(head, "a"))] for head in heads[:SAMPLE])
    if separators.most_common(1)[0][0] != "/":
        return DMY  # points and hyphens
    steps = {order: backwards(dates, order) for order in (DMY, MDY)}
    if steps[DMY] != steps[MDY]:
        return min(steps, key=lambda order: steps[order])
    return MDY if any(half_of(head) for head in heads[:SAMPLE]) else DMY


def numbers_of(head: re.Match[str]) -> list[int]:
    return [int(part(head, name) or 0) for name in "abc"]


def is_date(date: Sequence[int], order: Order) -> bool:
    """With the year first it has four digits."""
    day, month, year = (date[place] for place in order)
    return 1 <= day <= 31 and 1 <= month <= 12 and (order != YMD or year > 31)


def backwards(dates: Sequence[Sequence[int]], order: Order) -> int:
    day, month, year = order
    keys = [(date[year], date[month], date[day]) for date in dates]
    return sum(after < before for before, after in itertools.pairwise(keys))


def moment(head: re.Match[str], order: Order) -> datetime | None:
    numbers = numbers_of(head)
    day, month, year = (numbers[place] for place in order)
    hour = int(part(head, "hour"))
    if half := half_of(head):
        hour = hour % 12 + (12 if half in PM else 0)
    try:
        return datetime(  # noqa: DTZ001 - the phone's wall clock; the zone is the reader's to know
            (year + 2000 if year < 100 else year) if part(head, "c") else last_year_of(month, day),
            month,
            day,
            hour,
            int(part(head, "minute")),
            int(part(head, "second") or 0),
        )
    except ValueError:
        return None


def half_of(head: re.Match[str]) -> str:
    """Of the day: in the east it is said before the time."""
    return re.sub(r"[. ]", "", part(head, "half") or part(head, "before")).lower()


def last_year_of(month: int, day: int) -> int:
    """Of a date without one: the year in which it last was."""
    tomorrow = now() + timedelta(days=1)  # it may be later already where the phone is
    return tomorrow.year - ((month, day) > (tomorrow.month, tomorrow.day))


def dated(raws: Sequence[Raw], order: Order) -> list[tuple[Raw, datetime]]:
    """No phone writes a date that does not exist: such a line belongs to the message before it."""
    found: list[tuple[Raw, datetime]] = []
    for raw in raws:
        at = moment(raw.head, order)
        if at is not None:
            found.append((raw, at))
        elif found and len(found[-1][0].rest) < LONGEST_TEXT:
            before, then = found[-1]
            words = f"{before.rest}\n{raw.head[0]}{raw.rest}"[:LONGEST_TEXT]
            found[-1] = (replace(before, rest=words), then)
    return found


def lines_of(raw: Raw, at: datetime) -> list[Line]:
    """What a person wrote, or what looks like a line of the program and the names it quotes."""
    said = SAID.match(raw.rest)
    sender = name_of(said["sender"]) if said else ""
    if said is None or not sender:
        words = clean(raw.rest).strip()
        typed = [words, *(found["name"] for found in NAMED.finditer(words))]
        return [Line(at=at, sender="", text=one) for one in typed if one]
    line = Line(at=at, sender=sender, text=said["text"].translate(MARKS).strip())
    return [with_media(with_state(line))]


def name_of(sender: str) -> str:
    """«~ Айгуль» is the name an unknown number gave itself."""
    return " ".join(sender.translate(MARKS).lstrip("~ ").split())[:LONGEST_NAME]


def with_state(line: Line) -> Line:
    if deleted := DELETED.fullmatch(line.text):
        # by an administrator, whose name a person could have typed: it is judged like any text
        return replace(line, text="".join(filter(None, deleted.groups())).strip(), deleted=True)
    if edited := EDITED.search(line.text):
        line = replace(line, text=line.text[: edited.start()].rstrip(), edited=True)
    quoted = [row[1:].strip() for row in line.text.split("\n") if row.startswith(">")]
    own = [row for row in line.text.split("\n") if not row.startswith(">")]
    if not any(
        map(str.strip, own)
    ):  # the sign is typed: whoever puts it before everything quotes nobody
        return replace(line, text="\n".join(quoted).strip())
    return replace(line, quoted="\n".join(quoted), text="\n".join(own).strip())


def with_media(line: Line) -> Line:
    if attached := ATTACHED.match(line.text) or ATTACHED_LAST.search(line.text):
        name = unicodedata.normalize("NFC", next(filter(None, attached.groups())).strip())
        told = [line.text[: attached.start()].strip(), line.text[attached.end() :].strip()]
        own = NUMBERED.sub("", name.rpartition(".")[0]).replace("_", " ")
        if not OWN_NAME.fullmatch(name) and own not in told[0]:
            told.insert(0, own)
        return replace(line, media=name, text="\n".join(filter(None, told)))
    first, _break, caption = line.text.partition("\n")
    if OMITTED.fullmatch(first.strip()):
        return replace(line, media=first.strip("<> "), text=caption.strip())
    return line


def title_of(name: str) -> str:
    """The chat's name as WhatsApp puts it into the file's."""
    plain = unicodedata.normalize("NFC", clean(name)).strip()
    plain = re.split(r"[/\\]", plain)[-1]
    plain = ENDING.sub("", plain).replace("_", " ").strip()
    for pattern in TITLES:
        if found := pattern.match(plain):
            return trimmed(found["title"])
    return ""


def trimmed(title: str) -> str:
    return " ".join(title.strip(' «»"“”-–—.').split())[:LONGEST_NAME]


def title_inside(raws: Sequence[Raw]) -> str:
    made = (GROUP_MADE.search(raw.rest) for raw in raws[:200])
    return next((trimmed(found["title"]) for found in made if found), "")


def messages(export: Export, pictures: Container[str] = ()) -> Iterator[Line]:
    """What can be judged: words, or one of the pictures that came with the chat."""
    return (one for one in export.lines if one.text or one.quoted or one.media in pictures)
