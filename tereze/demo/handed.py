"""Chats without a bot, and pictures: a WhatsApp chat that a resident handed over, the request about it
that its administrator answered, a screenshot, and adverts drawn as pictures."""

import base64
import io
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import segno
from PIL import Image, ImageDraw, ImageFont

from tereze.accounts.models import Unit, User
from tereze.core.actor import Actor
from tereze.core.clock import moved_to, now
from tereze.demo.standins.botapi.example import OWNER
from tereze.intake.actions.files import Incoming
from tereze.intake.actions.submit import Sending, submit_report
from tereze.intake.statement import Statement
from tereze.watch.actions import administrators, asking, officers
from tereze.watch.models import ChatRequest, Submission
from tereze.watch.submissions.reading import read_submission
from tereze.watch.submissions.taking import Handed, hand_over


CHAT = "Самал, дом 12"
FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")  # one is on most machines
ADVERT = "Куплю карту, любой банк, оплата сразу, 30 000. Пишите +7 705 555 81 20"
DRAWN = "Нужны карты! Каспи, Халык. Оплата сразу, 40 000 за карту. Писать @karta_sarykol"
KAZAKH = "Карта сатып аламын, кез келген банк, ақшасы бірден. Жазыңыз: +7 705 555 81 21"
THREAT = "Ваш счёт заблокирован. Срочно позвоните в службу безопасности: +7 771 555 90 14"
PICTURE = "IMG-20261101-WA0004.jpg"


def live_through(unit: Unit) -> None:
    """The day before, a resident handed the chat over; an officer asked, the administrator answered."""
    duty = User.objects.get(username="duty")
    began = now() - timedelta(hours=20)
    with moved_to(began):
        with suppress(administrators.KnownError):  # an interrupted start
            administrators.add(
                by=duty,
                name="Сауле Нурланова",
                phone="+77770001122",
                chats=[CHAT],
                language="ru",
                consent_at=began,
                consent="на встрече жильцов (пример)",
                notes="",
            )
        submission = hand(unit, "demo-chat", Handed(title=CHAT, files=(chat_of(unit, began),)))
        read_submission(submission)
    with moved_to(began + timedelta(minutes=12)):
        for finding in submission.findings.filter(message__standing="waiting"):
            officers.ask_to_delete(message=finding.message, by=duty)
        request = ChatRequest.objects.get(source__unit=unit)
        asking.sent(request=request, by=duty)
    with moved_to(began + timedelta(hours=1, minutes=5)):
        by = Actor("partner", "chat_administrator", "администратор чата")
        asking.confirm(request=request, by=by, words="Удалила, автора исключила.")
    hand(unit, "demo-picture", Handed(title="ЖК Жайлау", files=(picture(DRAWN),), language="ru"))
    report_with_a_screenshot(unit)


def hand(unit: Unit, key: str, handed: Handed) -> Submission:
    return hand_over(
        unit=unit, handed=handed, channel="page", scope="demo", key=key, by=Actor.resident()
    )


def chat_of(unit: Unit, until: datetime) -> Incoming:
    """As WhatsApp exports it: the words, and a picture that one of them names."""
    here = until.astimezone(ZoneInfo(unit.zone))
    lines = (
        (300, "Айгуль 2 подъезд", "Всем добрый вечер! Кто знает, когда дадут воду?"),
        (290, "Ербол", "Обещали к восьми"),
        (140, "+7 705 555 81 20", ADVERT),
        (131, "Айгуль 2 подъезд", "Не пишите ему, это мошенник, вчера в новостях были такие"),
        (60, "+7 705 555 81 21", f"{PICTURE} (файл добавлен)"),
        (20, "Ербол", "Воду дали"),
    )
    told = "".join(
        f"{here - timedelta(minutes=ago):%d.%m.%Y, %H:%M} - {who}: {words}\n"
        for ago, who, words in lines
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"Чат WhatsApp с группой {CHAT}.txt", told)
        archive.writestr(PICTURE, drawn(KAZAKH))
    return Incoming(f"Чат WhatsApp с группой {CHAT}.zip", made.getvalue())


def picture(words: str) -> Incoming:
    return Incoming("снимок.jpg", drawn(words))


def drawn(words: str) -> bytes:
    """An advert as a picture. Without a font that has the letters, the code alone carries it."""
    page = Image.new("RGB", (760, 640), "white")
    if font := font_of(30):
        lines = wrapped(words, font, 700)
        ImageDraw.Draw(page).multiline_text((30, 30), lines, "black", font, spacing=12)
    code = io.BytesIO()
    segno.make("https://t.me/karta_sarykol").save(code, kind="png", scale=7)
    page.paste(Image.open(code).convert("RGB"), (260, 340))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()


def font_of(size: int) -> ImageFont.FreeTypeFont | None:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def wrapped(words: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if font.getlength(longer) <= width else [lines[-1], word]
    return "\n".join(lines)


def report_with_a_screenshot(unit: Unit) -> None:
    with moved_to(now() - timedelta(minutes=50)):
        submit_report(
            unit=unit,
            statement=Statement(text="Прислали мне такое, перезванивать?", language="ru"),
            channel="web",
            sending=Sending(scope="demo", key="screenshot"),
            by=Actor.resident(),
            files=[picture(THREAT)],
        )


def post_picture(botapi: str) -> None:
    """In the neighbours' chat, where people decide: a caption that says nothing, over an advert."""
    chats = httpx.get(f"{botapi}/_city/chats", timeout=20).raise_for_status().json()
    found = chats["chats"] if isinstance(chats, dict) else chats
    body = {
        "user_id": OWNER + 5,
        "caption": "Көршілер, қараңыздар",
        "photo": base64.b64encode(drawn(KAZAKH)).decode(),
    }
    address = f"{botapi}/_city/chats/{found[1]['id']}/messages"
    httpx.post(address, json=body, timeout=20).raise_for_status()
