"""Texts of an invented city for the radar's tests: four ordinary weeks, one with something new."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tereze.detection import assess
from tereze.detection.radar import Told


UNTIL = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

LIFT = (
    "Пришли двое в жилетах, сказали, что проверка лифта в подъезде, надо оплатить 5000 по QR-коду, "
    "иначе лифт отключат. Я оплатила, потом узнала, что никакой проверки не было.",
    "В подъезде висит объявление с QR: обязательная проверка лифта, оплатите 4900. Сосед заплатил, "
    "КСК говорит, что это не они.",
    "Позвонили, назвались лифтовой инспекцией, за проверку лифта велели перевести 6000 тенге по QR.",
    "На двери бумажка: «Проверка лифта, оплата по QR-коду до пятницы». Муж отсканировал и заплатил "
    "3900, управляющая компания ничего не знает.",
    "Лифтті тексеру үшін 5000 теңге төлеңіз деп QR код жапсырып кетіпті, анам төлеп қойды.",
    "Кіреберіске келген екі адам лифт тексереміз деп ақша жинап жүр, QR код арқылы төледім, "
    "бірақ лифтті ешкім тексерген жоқ.",
    "Лифт тексеру керек деп QR код жіберді, 4500 теңге төлегенмін, КСК білмейді екен.",
    "Какая-то проверка лифта по QR, с соседки взяли 5000, лифтовая компания отрицает.",
)
BANK = (
    "Позвонили из службы безопасности банка, сказали, что на меня оформляют кредит, продиктовала "
    "код из смс, ушло {n} тенге.",
    "Звонил сотрудник банка, говорил, что мой счёт взломали, надо перевести деньги на безопасный "
    "счёт, перевёл {n}.",
    "Банктің қауіпсіздік қызметіненмін деп қоңырау шалды, атыңызға несие рәсімделіп жатыр деді, "
    "смс кодын айтып қойдым, {n} теңге кетті.",
)
_THINGS = (
    "коляску диван холодильник телевизор велосипед шкаф стол ковёр пылесос куртку сапоги учебники "
    "аквариум гитару самокат утюг люстру кровать зеркало микроволновку"
)
THINGS = _THINGS.split()
PLACES = (
    "Самале",
    "центре",
    "пятом микрорайоне",
    "районе вокзала",
    "старом городе",
    "посёлке",
    "районе базара",
    "районе парка",
)
ORDINARY = (
    "Продам {thing}, состояние хорошее, цена {n}, самовывоз в {place}",
    "Кто знает хорошего мастера, сломался замок в {place}, нужно сегодня",
    "Потерялась собака в {place}, рыжая, с ошейником, вознаграждение {n}",
    "Опять нет горячей воды в {place}, кто звонил диспетчеру?",
    "Отдам {thing} даром, забирать в {place}",
    "Сдам комнату в {place}, {n} в месяц, оплата при заселении",
    "{place} маңында пәтер іздеймін, айына {n} теңгеге дейін",
    "Балабақшаға кезек қалай тұрады, кім біледі? {place}",
    "Хотела купить {thing} по объявлению, продавец взял предоплату {n} и пропал",
    "В магазине в инстаграме заказала {thing}, перевела {n}, товар не пришёл",
    "Перевёл задаток {n} за квартиру в {place}, хозяина нет, телефон отключён",
    "Пришла ссылка на получение денег за {thing}, ввёл карту, списали {n}",
)


def told(text: str, days: float, key: object, author: str = "", *, vouched: bool = False) -> Told:
    """A text of so many days before the end of the week."""
    at = UNTIL - timedelta(days=days)
    return Told(key, text, at, assess(text), author or f"a{key}", vouched)


def ordinary(count: int, first: float, last: float, seed: int) -> Iterator[Told]:
    """So many texts of a city's life, between so many days ago."""
    rng = random.Random(seed)
    for number in range(count):
        text = filled(rng.choice(ORDINARY), rng)
        yield told(text, rng.uniform(first, last), f"o{seed}.{number}")


def filled(text: str, rng: random.Random) -> str:
    """The text with a thing, a place and a sum of its own."""
    return text.format(
        thing=rng.choice(THINGS), place=rng.choice(PLACES), n=rng.randrange(3, 400) * 500
    )


def spread(texts: Sequence[str], name: str, author: str = "") -> list[Told]:
    """The texts over the last six days."""
    return [
        told(text, 6 - 5.5 * i / max(1, len(texts) - 1), f"{name}.{i}", author)
        for i, text in enumerate(texts)
    ]
