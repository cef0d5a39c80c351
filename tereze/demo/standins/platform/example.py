"""Ordinary adverts of the example city, put into an empty state by `--example`."""

import time

from .state import Site


DAY = 24 * 3600
ADVERTS = (
    ("olx", "Диван угловой, серый", 95_000, "Сауле", "+7 702 555 01 10", "dom-i-sad", "flat",
     "Хорошее состояние, самовывоз из 3-го мкр. Смотреть после 18:00."),
    ("olx", "Samsung Galaxy A54, 128 ГБ", 85_000, "Данияр", "+7 701 555 01 11", "elektronika", "phone",
     "Пользовался год, чек и коробка есть. Встреча у ЦУМа, проверка на месте."),
    ("olx", "Тоңазытқыш LG, жұмыс істейді", 70_000, "Қайрат", "+7 747 555 01 12", "dom-i-sad", "goods",
     "Жағдайы жақсы, өзіңіз алып кетесіз. Көру үшін алдын ала хабарласыңыз."),
    ("olx", "Репетитор по математике, 5–9 класс", 3_000, "Жанна", "+7 705 555 01 13", "uslugi", "",
     "Занятия у меня дома или онлайн, первый урок бесплатно."),
    ("kolesa", "Lada Granta 2021", 4_300_000, "Сергей", "+7 777 555 01 14", "cars", "car",
     "Один хозяин, пробег 58 000. Любая проверка, торг у капота."),
    ("kolesa", "Hyundai Accent 2020", 7_100_000, "Ерлан", "+7 708 555 01 15", "cars", "car",
     "Не бита, обслуживание у дилера, обмен не интересует."),
    ("krisha", "2-комнатная квартира, мкр Самал", 130_000, "Айгерим", "+7 707 555 01 16", "arenda-kvartiry", "flat",
     "Сдам семье на длительный срок. Показ в любой день, договор."),
    ("krisha", "1 бөлмелі пәтер, орталық", 110_000, "Гүлсара", "+7 775 555 01 17", "arenda-kvartiry", "flat",
     "Ұзақ мерзімге беріледі. Пәтерді келіп көруге болады."),
    ("kaspi", "Детская коляска 2 в 1", 45_000, "Наталья", "+7 700 555 01 18", "detskii-mir", "goods",
     "После одного ребёнка, всё работает."),
)  # fmt: skip


def fill(site: Site) -> None:
    if site.everything():
        return
    for number, (key, title, price, seller, phone, category, kind, text) in enumerate(ADVERTS):
        site.add(
            key,
            title=title,
            price=price,
            seller_id=site.seller_named(key, seller, phone),
            category=category,
            photo_kind=kind or "goods",
            photo_count=3 if kind else 0,
            description=text,
            posted=time.time() - DAY * (number + 1) / 3,
        )
