"""The example city's chats, residents and bot, put into an empty state by `--example`."""

from . import residents, shapes
from .state import City
from .updates import Polls


TOKEN = "700000001:EXAMPLE-CITY-WALL-BOT-NOT-A-SECRET"
OWNER = 500000001
RESIDENTS = (
    ("Гүлсара", "Омарова", "kk"),
    ("Ерлан", "Сейітов", "kk"),
    ("Наталья", "Ким", "ru"),
    ("Данияр", "Абенов", "ru"),
    ("Айгерим", "Тлеуова", "kk"),
    ("Сергей", "Власов", "ru"),
    ("Жанна", "Ибраева", "ru"),
    ("Қайрат", "Мұқанов", "kk"),
)
CHATS = (
    (
        "Сарыкөл · объявления",
        "sarykol_market",
        (
            (2, "Отдам котят в добрые руки, мкр Самал, звоните вечером."),
            (5, "Продам зимнюю резину 205/55 R16, один сезон. 60 000, торг у машины."),
            (3, "Кто-нибудь знает, до скольки работает ЦОН в субботу?"),
            (2, "До 13:00, вчера узнавала."),
        ),
    ),
    (
        "Көршілер чаты · 5-ықшамаудан",
        "sarykol_korshiler",
        (
            (0, "Ертең 10:00-де аулада сенбілік, күрек ала келіңіздер."),
            (7, "Біз келеміз, екі адам."),
            (4, "Су қашан қосылады, біреу біле ме?"),
        ),
    ),
    (
        "Родители 7-й школы",
        "sarykol_school7",
        (
            (6, "Завтра родительское собрание в 18:30, кабинет 204."),
            (2, "Спасибо, буду!"),
        ),
    ),
)


def fill(city: City) -> None:
    if city.chats():
        return
    with city.atomic():
        settle(city)


def settle(city: City) -> None:
    polls = Polls()
    bot = city.add_bot(TOKEN, name="Tereze", username="tereze_wall_bot", reads_all=False)
    people = [
        city.add_user(first, last_name=last, language_code=lang) for first, last, lang in RESIDENTS
    ]
    for title, username, messages in CHATS:
        chat = city.add_chat(title, username=username, permissions=shapes.EVERYDAY)
        for person in people:
            city.set_member(chat, person, "creator" if person == OWNER else "member")
        ago = 1500 * len(messages)
        for number, text in messages:
            residents.post(city, polls, chat, people[number], text=text, ago=ago)
            ago -= 1400
        residents.set_rights(city, polls, chat, bot, "administrator")
