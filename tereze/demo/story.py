"""The told story on which the example city opens, made by the same actions that officers use."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tereze.accounts.models import Unit, User
from tereze.casework.actions.cases import add_task, admit, open_case
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import moved_to, now
from tereze.demo.standins.botapi.example import TOKEN
from tereze.intake.actions.closing import enter_kui
from tereze.intake.actions.submit import Sending, submit_report
from tereze.intake.models import Report
from tereze.intake.statement import Statement
from tereze.prevention.actions import events, warnings
from tereze.watch.actions import shifts, web
from tereze.watch.actions.sources import add_source, change_source
from tereze.watch.actions.trial import Trial
from tereze.watch.models import Source
from tereze.watch.models.sources import AuthorAct, Mode


REPORTS = Path(__file__).parent / "reports.toml"
SELLER = {
    "site": "olx",
    "title": "iPhone 15 Pro, срочно, дёшево",
    "price": 150_000,
    "seller": "Айбек",
    "phone": "+7 705 555 22 33",
    "category": "elektronika",
    "photo_kind": "phone",
    "photo_count": 3,
    "place": "Сарыкөл",
    "description": "Срочно нужны деньги, поэтому дёшево. Отправлю Казпочтой после предоплаты, "
    "бронь 45 000 на Kaspi по номеру. Много желающих, не тяните.",
}
# the market chat has its trial behind it
BEHIND = Trial(shadow=timedelta(days=14), verdicts=64, right=64)
CALL = (
    "Позвонила незнакомая женщина с +7 771 555 90 14, сказала, что она из банка: по моему счёту "
    "кто-то переводит деньги, надо срочно перевести их на другой счёт. Я попросила говорить на "
    "государственном языке. Она сказала, что все операторы заняты и время уходит, а когда я "
    "сказала несколько фраз на казахском, положила трубку. Деньги не переводила."
)
QUOTED = (
    "Полиция предупреждает: на «куплю карту, оплата сразу» не отвечайте. Передать карту чужому "
    "человеку – преступление, статья 232-1."
)
IN_KUI = 11  # the oldest so many are entered in КУИ; the newest still wait for an officer


def tell_reports(unit: Unit) -> None:
    duty = User.objects.get(username="duty")
    rows = sorted(tomllib.loads(REPORTS.read_text())["report"], key=lambda row: -row["days"])
    for number, row in enumerate(rows):
        at = now() - timedelta(days=row.pop("days"))
        with moved_to(at):
            report = tell(unit, number, row)
        if number < IN_KUI:
            entered = at + timedelta(minutes=40)
            with moved_to(entered):
                enter_kui(report=report, number=f"{at:%y}-{number + 3001}", at=entered, by=duty)


def tell(unit: Unit, number: int, row: dict[str, Any]) -> Report:
    return submit_report(
        unit=unit,
        statement=Statement(**row),
        channel="web",
        sending=Sending(scope="demo", key=str(number)),
        by=Actor.resident(),
    ).report


def post_advert(site: str) -> str:
    """The fake advert of the story, on the stand-in site. Returns its address."""
    made = httpx.post(f"{site}/_site/listings", json=SELLER, timeout=20).raise_for_status().json()
    return str(made["url"])


def tell_advert(unit: Unit, address: str) -> Report:
    """Somebody saw the advert half an hour ago."""
    text = (
        f"На OLX снова этот продавец, продаёт айфон дёшево и просит предоплату: {address} "
        "Номер в объявлении 8 705 555 22 33. В прошлый раз мою соседку так обманули."
    )
    with moved_to(now() - timedelta(minutes=28)):
        row = {"text": text, "language": "ru", "loss": "attempt", "contact": "8 701 000 10 20"}
        return tell(unit, 1000, row)


def begin_case(unit: Unit) -> None:
    """The operative already works on the seller: two reports in one file, three people in it."""
    operative = User.objects.get(username="operative")
    reports = Report.objects.filter(unit=unit, masked_text__contains="555 22 33", loss="lost")
    with moved_to(now() - timedelta(days=5)):
        case = open_case(
            unit=unit,
            title="Продавец «Айбек», телефоны на OLX",
            owner=operative,
            by=operative.actor,
            reports=list(reports),
            scheme="ad_prepayment",
        )
        for name in ("investigator", "it"):
            admit(case=case, user=User.objects.get(username=name), by=operative.actor)
        due = now() + timedelta(days=6)
        add_task(
            case=case,
            title="Запросить у площадки данные продавца",
            owner=operative,
            due_at=due,
            by=operative.actor,
        )


def watch_chats(unit: Unit, botapi: str) -> None:
    """The city's chats: the market one automatic, the neighbours' in review, the school's in shadow."""
    chats = httpx.get(f"{botapi}/_city/chats", timeout=20).raise_for_status().json()
    found = chats["chats"] if isinstance(chats, dict) else chats
    it = User.objects.get(username="it").actor
    modes = (Mode.AUTOMATIC, Mode.REVIEW, Mode.SHADOW)
    consent = vault.store("Согласие владельца чата (пример)".encode()).sha256
    for chat, mode, language in zip(found, modes, ("ru", "kk", "ru"), strict=False):
        add_source(
            unit=unit,
            kind="telegram",
            chat_id=str(chat["id"]),
            title=chat["title"],
            by=it,
            language=language,
            token=TOKEN,
            legal_basis="Соглашение с акиматом о наблюдении за общественными чатами (пример)",
            consent_by="владелец чата, Омарова Г. (пример)",
            consent_at=now() - timedelta(days=40),
            consent_file=consent,
            consent_file_name="soglasie.txt",
            notice_at=now() - timedelta(days=39),
            notice_text="Чат модерирует Киберпол города: незаконные объявления удаляются, есть обжалование.",
            until=now() + timedelta(days=300),
            mode=mode,
            earlier=BEHIND if mode == Mode.AUTOMATIC else None,
            author_act=AuthorAct.RESTRICT,
        )
    shifts.begin(by=User.objects.get(username="duty"))


SITE = {
    "comment": ".comment-list .comment",
    "text": ".comment-content",
    "author": ".fn",
    "time": "time@datetime",
}


def watch_site(unit: Unit, site: str) -> None:
    """The akimat's news with their comments: looked at every two minutes, so that one sees it."""
    it = User.objects.get(username="it").actor
    web.add_web_source(
        unit=unit,
        kind="page",
        address=f"{site}/akimat/",
        title="Акимат: новости с комментариями",
        recipe=SITE,
        found=3,
        every_minutes=2,
        language="ru",
        by=it,
        legal_basis="Соглашение с акиматом о наблюдении за комментариями (пример)",
        consent_by="пресс-служба акимата (пример)",
        consent_at=now() - timedelta(days=40),
        consent_file=vault.store("Согласие владельца сайта (пример)".encode()).sha256,
        consent_file_name="soglasie.txt",
        notice_at=now() - timedelta(days=39),
        notice_text="Комментарии просматривает Киберпол города; о мошенничестве сообщают редакции.",
        until=now() + timedelta(days=300),
        mode=Mode.REVIEW,
    )


def place_site(unit: Unit, site: str) -> None:
    """Where the stand-in of the akimat's site stands today."""
    for source in Source.objects.filter(unit=unit, kind="page"):
        web.move_to(source=source, address=f"{site}/akimat/")


def place_chats(unit: Unit) -> None:
    """Where the settings say, as a chat added at the desk: one bot under two addresses would be asked
    twice, which blinds every chat of it."""
    by = User.objects.get(username="it").actor
    for source in Source.objects.filter(unit=unit, kind="telegram").exclude(server=""):
        change_source(source=source, by=by, server="")


def warn() -> None:
    prevention = User.objects.get(username="prevention")
    texts = {
        "scheme": "ad_prepayment",
        "title_ru": "Телефоны «дёшево» на OLX: не переводите предоплату",
        "title_kk": "OLX-тегі «арзан» телефондар: алдын ала төлем жасамаңыз",
        "body_ru": "В городе несколько человек перевели предоплату за телефон и остались без денег. "
        "Платите только при встрече, когда товар у вас в руках.",
        "body_kk": "Қалада бірнеше адам телефон үшін алдын ала ақша аударып, алданып қалды. "
        "Ақшаны тек кездескенде, тауар қолыңызда болғанда төлеңіз.",
    }
    with moved_to(now() - timedelta(days=4)):
        warning = warnings.write_warning(texts=texts, by=prevention)
        warnings.publish_warning(warning=warning, by=prevention)


EVENTS: tuple[tuple[str, str, str, float, int], ...] = (
    # kind, place, district, days from now, people (0: still to come)
    ("parents", "Школа № 7", "5-й микрорайон", -21, 64),
    ("round", "ул. Абая, 1–40", "Центральный", -12, 118),
    ("lecture", "Дом ветеранов", "Самал", -6, 37),
    ("round", "мкр Самал, дома 5–19", "Самал", 2, 0),
    ("parents", "Школа № 3", "Вокзальный", 5, 0),
)


def plan_events() -> None:
    prevention = User.objects.get(username="prevention")
    precinct = User.objects.get(username="precinct")
    for kind, place, district, days, people in EVENTS:
        at: datetime = (now() + timedelta(days=days)).replace(hour=13, minute=0, second=0)
        planned = {
            "kind": kind,
            "place": place,
            "district": district,
            "planned_at": at,
            "responsible": precinct,
        }
        event = events.plan_event(planned=planned, by=prevention)
        if people:
            events.hold_event(
                event=event,
                held_at=at,
                people=people,
                material="Листовка «Четыре правила»",
                copies=people,
                note="",
                by=prevention,
            )
