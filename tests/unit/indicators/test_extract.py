"""What `extract` finds in ordinary sentences, as a table: text, then what is in it."""

import pytest

from tereze.indicators import extract


PHONES = [
    ("звоните +7 701 123 45 67", "+77011234567"),
    ("8(705)987-65-43 Айгуль", "+77059876543"),
    ("пишите на ватсап 77471234567", "+77471234567"),
    ("тел 707 555 44 33", "+77075554433"),
    ("ID 7012345678, пишите 7012345678", "+77012345678"),
    ("8.7.7.7.1.2.3.4.5.6.7", "+77771234567"),
    ("номер 8 7 0 2 1 1 1 2 2 3 3", "+77021112233"),
    ("☎️ 8️⃣7️⃣0️⃣1️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "+77011234567"),
    ("восемь семьсот один 234 56 78", "+77012345678"),
    ("восемь семьсот семь сто двадцать три сорок пять шестьдесят семь", "+77071234567"),
    ("сегіз жеті жүз бір екі жүз отыз төрт елу алты жетпіс сегіз", "+77012345678"),
    ("сегиз жети жети бес бир еки уш торт бес алты жети", "+77751234567"),
    ("плюс семь семьсот один, два нуля, одиннадцать 22 3", "+77010011223"),
    ("87О1 2З4 56 78 жазыңыз", "+77012345678"),
    ("87o7l234567", "+77071234567"),
    ("8701 12З 45 б7", "+77011234567"),
    ("8\u200b701\u200b123\u200b45\u200b67", "+77011234567"),
    ("８７０１１２３４５６７", "+77011234567"),
    ("𝟖𝟕𝟎𝟏𝟏𝟐𝟑𝟒𝟓𝟔𝟕 пиши", "+77011234567"),
    ("➇➆⓪➀➀➁➂➃➄➅➆", "+77011234567"),
    ("8*701*222*33*44", "+77012223344"),
    ("8 701\n234 56 78", "+77012345678"),
    ("+7-7172-55-44-33 приемная", "+77172554433"),
    ("8 (7152) 46-12-34", "+77152461234"),
    ("+7 (926) 123-45-67 Москва", "+79261234567"),
    ("+996 555 123 456 Бишкек", "+996555123456"),
    ("+8 701 123 45 67", "+77011234567"),
    ("Тел.87011234567", "+77011234567"),
    ("tel:+77011234567", "+77011234567"),
]


@pytest.mark.parametrize(("text", "value"), PHONES)
def test_phone(text: str, value: str) -> None:
    assert [(i.type, i.value) for i in extract(text)] == [("phone", value)]


def test_two_phones_in_a_row_are_two() -> None:
    values = [i.value for i in extract("87011234567, 87059876543\n+7 747 111 22 33")]
    assert values == ["+77011234567", "+77059876543", "+77471112233"]


NOTHING = [
    "цена 12 500 000 тг, торг до 11 900 000",
    "87 000 000 000 тенге из бюджета",
    "8 712 345 678 тг",
    "заказ № 87011234567890123 оформлен",
    "заказ №87011234567 готов, накладная 87011234567",
    "с 01.02.2024 по 15.03.2024 включительно 10:30-18:45",
    "аренда 100 000 - 150 000 - 200 000 тг",
    "трек 123456789012",
    "звоните 102, 112 или 1414, а также 1477",
    "и т.д. и т.п., ул.Абая д.5 кв.12, в 10.30",
    "версия 8.7.01.12345, адрес 87.255.193.210",
    "индекс 010000, г. Астана",
    "он пришёл в 8 и съел торт",
    "Он спросил:да или нет.Ответа не было",
    "",
    "\x00\ud800 @ . :// +",
]


@pytest.mark.parametrize("text", NOTHING)
def test_nothing(text: str) -> None:
    assert extract(text) == []


LINKS = [
    ("https://olx-pay77.top/order/1", {("url", "https://olx-pay77.top/order/1")}),
    ("hxxps://kaspi-safe[.]xyz/pay", {("url", "https://kaspi-safe.xyz/pay")}),
    ("olx-dostavka точка site", {("domain", "olx-dostavka.site")}),
    ("сайт kolesa (dot) pay-id (dot) online", {("domain", "kolesa.pay-id.online")}),
    ("hаlyk-bаnk.сom вход", {("domain", "halyk-bank.com")}),
    ("егов.рф портал", {("domain", "егов.рф")}),
    ("http://185.12.33.7:8080/olx", {("url", "https://185.12.33.7:8080/olx")}),
    (
        "h t t p s : / / Olx-Pay.top",
        {("url", "https://olx-pay.top/"), ("domain", "olx-pay.top")},
    ),
    ("EVIL.top/a?utm_source=x&id=7#top", {("url", "https://evil.top/a?id=7")}),
    ("https://kaspi.kz@evil.top/login", {("url", "https://evil.top/login")}),
    ("почта Ivan.Petrov(собака)mail точка ru", {("email", "ivan.petrov@mail.ru")}),
    ("a.b+kz@gmail[.]com", {("email", "a.b+kz@gmail.com")}),
    ("пиши в тг @Easy_work_kz", {("telegram", "easy_work_kz")}),
    ("телега: Almaty_shop24", {("telegram", "almaty_shop24")}),
    ("инста: shop.kz_official", {("instagram", "shop.kz_official")}),
    (
        "t.me/+AbCdEfGh1234",
        {("url", "https://t.me/+AbCdEfGh1234"), ("telegram_invite", "AbCdEfGh1234")},
    ),
    (
        "wa.me/77051112233",
        {("url", "https://wa.me/77051112233"), ("whatsapp", "+77051112233")},
    ),
    (
        "kolesa.kz/a/show/162345678 смотрите",
        {("url", "https://kolesa.kz/a/show/162345678"), ("listing", "kolesa:162345678")},
    ),
]


def _without_lookalikes(text: str) -> set[tuple[str, str]]:
    return {(i.type, i.value) for i in extract(text) if i.type != "lookalike"}


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_link(text: str, expected: set[tuple[str, str]]) -> None:
    assert _without_lookalikes(text) == expected


@pytest.mark.parametrize("text", [text for text, _ in PHONES + LINKS])
def test_spans_lead_back_to_the_original(text: str) -> None:
    found = extract("Начало 🎉: " + text)
    assert found
    for indicator in found:
        start, end = indicator.span
        assert indicator.raw == ("Начало 🎉: " + text)[start:end]
        assert indicator.raw == indicator.raw.strip()
    assert found == sorted(found, key=lambda i: i.span)
