"""The page: letters on the left, the chosen one on the right."""

import datetime
import re
from urllib.parse import quote

from tereze.demo.standins.html import Markup, Node, document, tag

from .letters import Letter


RU = {
    "title": "Почта", "stand": "учебный стенд", "empty": "Писем пока нет.",
    "empty_more": "Сюда приходят все письма, которые отправляет Tereze.",
    "choose": "Выберите письмо.", "from": "От", "to": "Кому", "no_subject": "(без темы)",
    "attachments": "Вложения", "source": "Исходный текст", "language": "Язык", "letters": "Письма",
}  # fmt: skip
KK = {
    "title": "Пошта", "stand": "оқу стенді", "empty": "Әзірге хат жоқ.",
    "empty_more": "Tereze жіберетін барлық хат осында келеді.",
    "choose": "Хатты таңдаңыз.", "from": "Кімнен", "to": "Кімге", "no_subject": "(тақырыпсыз)",
    "attachments": "Тіркемелер", "source": "Бастапқы мәтін", "language": "Тіл", "letters": "Хаттар",
}  # fmt: skip
LINK = re.compile(r"https?://[^\s<>\"'«»]+[^\s<>\"'«».,;:!?)]")
ZONE = datetime.timezone(datetime.timedelta(hours=5))


def page(letters: list[Letter], chosen: Letter | None, lang: str) -> str:
    say = KK if lang == "kk" else RU
    switch = [
        tag(
            "a",
            code.upper(),
            href=f"?lang={code}",
            lang=code,
            aria_current=str(code == lang).lower(),
        )
        for code in ("kk", "ru")
    ]
    top = tag(
        "header",
        tag("h1", tag("a", say["title"], href="/"), class_="logo"),
        tag("span", say["stand"], class_="stand"),
        tag("nav", switch, aria_label=say["language"]),
        class_="top",
    )
    listed = tag("ul", [row(letter, chosen, say) for letter in letters])
    nothing = tag("div", tag("p", say["empty"]), tag("p", say["empty_more"]), class_="empty")
    opened = (
        reading(chosen, say)
        if chosen
        else tag("p", say["choose"] if letters else "", class_="empty")
    )
    columns = tag(
        "main",
        tag("nav", listed if letters else nothing, class_="letters", aria_label=say["letters"]),
        tag("div", opened, class_="reading"),
        class_="columns opened" if chosen else "columns",
        data_count=len(letters),
    )
    head = (
        tag("link", rel="stylesheet", href="/static/mail.css"),
        tag("script", src="/static/mail.js", defer=True),
    )
    return document(lang=lang, title=say["title"], head=head, body=(top, columns))


def moment(letter: Letter) -> str:
    at = datetime.datetime.fromisoformat(letter.envelope.received).astimezone(ZONE)
    return at.strftime("%d.%m %H:%M")


def row(letter: Letter, chosen: Letter | None, say: dict[str, str]) -> Markup:
    here = chosen is not None and letter.envelope.id == chosen.envelope.id
    return tag(
        "li",
        tag(
            "a",
            tag(
                "span",
                ", ".join(letter.envelope.recipients),
                tag("time", moment(letter)),
                class_="who",
            ),
            tag("b", letter.subject or say["no_subject"]),
            tag("small", " ".join(letter.text.split())[:110]),
            href=f"/letters/{letter.envelope.id}",
            aria_current="page" if here else None,
        ),
    )


def linked(text: str) -> list[Node]:
    """Text with its http links clickable; everything else stays text."""
    pieces: list[Node] = []
    at = 0
    for match in LINK.finditer(text):
        pieces.append(text[at : match.start()])
        pieces.append(tag("a", match.group(), href=match.group(), rel="noopener", target="_blank"))
        at = match.end()
    return [*pieces, text[at:]]


def reading(letter: Letter, say: dict[str, str]) -> Markup:
    number = letter.envelope.id
    files = [
        tag("li", tag("a", name, href=f"/letters/{number}/files/{position}/{quote(name, safe='')}"),
            f" · {max(1, len(data) // 1024)} KB")
        for position, (name, _, data) in enumerate(letter.attachments)
    ]  # fmt: skip
    attached = tag("section", tag("h3", say["attachments"]), tag("ul", files), class_="files")
    return tag(
        "article",
        tag("h2", letter.subject or say["no_subject"]),
        tag(
            "p",
            f"{say['from']}: {letter.message.get('from', letter.envelope.sender)}",
            class_="quiet",
        ),
        tag(
            "p",
            f"{say['to']}: {', '.join(letter.envelope.recipients)} · {moment(letter)}",
            class_="quiet",
        ),
        tag("div", linked(letter.text), class_="text"),
        attached if files else None,
        tag("p", tag("a", say["source"], href=f"/letters/{number}/source"), class_="quiet"),
    )
