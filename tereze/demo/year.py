"""The example city's year, in rows: offences with an ЕРДР number.

The numbers are those of the city whose police first called OLX and Kolesa.kz: 161 offences via the
one, 31 via the other, 7 criminal cases on fake adverts in production. They are not written anywhere
as figures: the figures count these rows.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.casework.models import Case, CaseMember, Offence
from tereze.core.clock import now
from tereze.core.numbering import next_number
from tereze.demo.people import BY


DISTRICTS = ("Центральный", "Самал", "5-й микрорайон", "Вокзальный", "Сельская зона")
FAKE_ADVERTS = {
    "olx": (
        "ad_prepayment",
        "ad_prepayment",
        "fake_delivery_link",
        "rent_deposit",
        "cargo_carrier",
    ),
    "kolesa": ("car_deposit", "car_deposit", "cargo_carrier"),
}
OFFENCES = {"olx": 161, "kolesa": 31}
OTHERS = (
    # platform, scheme, how many
    ("", "bank_security_call", 24),
    ("", "safe_account", 12),
    ("", "parcel_code", 9),
    ("instagram", "fake_instagram_shop", 18),
    ("krisha", "rent_deposit", 8),
    ("telegram", "task_job", 11),
    ("telegram", "dropper_recruitment", 6),
    ("whatsapp", "hijacked_account_loan", 7),
    ("", "fake_broker", 8),
)
ON_FAKE_ADVERTS = 7  # cases on fake adverts still in production
ON_OTHERS = 4
OUTCOMES = (Case.State.INTERRUPTED, Case.State.INTERRUPTED, Case.State.TO_COURT, Case.State.CLOSED)
REASONS = {
    Case.State.INTERRUPTED: "лицо не установлено",
    Case.State.TO_COURT: "обвинительный акт составлен",
    Case.State.CLOSED: "возмещение и примирение сторон",
}


def moments(unit: Unit, rng: random.Random, count: int) -> list[datetime]:
    """So many moments since the start of the city's year, more of them lately."""
    zone = ZoneInfo(unit.zone)
    end = now() - timedelta(minutes=30)
    start = datetime(end.astimezone(zone).year, 1, 1, 0, 30, tzinfo=zone)
    span = max((end - start).total_seconds(), 60.0)
    return sorted(start + timedelta(seconds=span * rng.random() ** 0.8) for _ in range(count))


def offences() -> Iterator[tuple[str, str]]:
    """(platform, scheme) of each."""
    for platform, count in OFFENCES.items():
        schemes = FAKE_ADVERTS[platform]
        yield from ((platform, schemes[number % len(schemes)]) for number in range(count))
    for platform, scheme, count in OTHERS:
        yield from [(platform, scheme)] * count


def is_fake_advert(platform: str) -> bool:
    return platform in OFFENCES or platform == "krisha"


@transaction.atomic
def live_through(unit: Unit) -> None:
    """Rows in bulk, not action by action: a newcomer waits for this."""
    rng = random.Random(20261122)
    wanted = list(offences())
    rng.shuffle(wanted)
    officers = [User.objects.get(username=name) for name in ("investigator", "operative")]
    open_left = {True: ON_FAKE_ADVERTS, False: ON_OTHERS}
    staying = set()  # the latest ones are those still in production
    for number in reversed(range(len(wanted))):
        fake = is_fake_advert(wanted[number][0])
        if open_left[fake] > 0:
            open_left[fake] -= 1
            staying.add(number)
    cases, registered = [], []
    for number, at in enumerate(moments(unit, rng, len(wanted))):
        platform, scheme = wanted[number]
        stays = number in staying
        case = one_case(unit, at, scheme, rng.choice(officers), rng, stays=stays)
        cases.append(case)
        registered.append(
            Offence(
                unit=unit,
                case=case,
                erdr_number=f"{at:%y}3500031{len(cases):06d}",
                registered_at=at,
                platform=platform,
                scheme=scheme,
                district=rng.choice(DISTRICTS),
            )
        )
    Case.objects.bulk_create(cases)
    CaseMember.objects.bulk_create(CaseMember(case=case, user=case.owner) for case in cases)
    Offence.objects.bulk_create(registered)
    record("example.year_written", target="demo", by=BY, unit=unit.slug, detail={"n": len(cases)})


def one_case(
    unit: Unit, at: datetime, scheme: str, owner: User, rng: random.Random, *, stays: bool
) -> Case:
    state = Case.State.IN_PRODUCTION if stays else rng.choice(OUTCOMES)
    return Case(
        unit=unit,
        number=next_number(unit.slug, "case", zone=unit.zone),
        title=TITLES[scheme],
        state=state,
        owner=owner,
        scheme=scheme,
        kui_number=f"{at:%y}-{rng.randrange(1000, 9999)}",
        kui_at=at - timedelta(minutes=20),
        reason=REASONS.get(state, ""),
        opened_at=at - timedelta(hours=1),
        changed_at=at if stays else at + (now() - at) * rng.random(),
    )


TITLES = {
    "ad_prepayment": "Предоплата за товар по объявлению",
    "fake_delivery_link": "Поддельная ссылка на получение денег за товар",
    "rent_deposit": "Бронь за квартиру, которой нет",
    "cargo_carrier": "Подмена перевозчика груза",
    "car_deposit": "Задаток за автомобиль, которого нет",
    "bank_security_call": "Звонок «службы безопасности банка»",
    "safe_account": "Перевод на «безопасный счёт»",
    "parcel_code": "Код под видом посылки",
    "fake_instagram_shop": "Магазин в Instagram, товара нет",
    "task_job": "Задания за деньги, взнос за вывод",
    "dropper_recruitment": "Карта передана за вознаграждение",
    "hijacked_account_loan": "Просьба занять со взломанного WhatsApp",
    "fake_broker": "Лже-брокер",
}
