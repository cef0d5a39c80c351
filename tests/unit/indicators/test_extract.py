"""What `extract` finds, as tables: a text, then all that is in it."""

import pytest

from tereze.indicators import extract


def found(text: str) -> set[tuple[str, str]]:
    return {(i.type, i.value) for i in extract(text)}


PHONES = [
    ("звоните +7 701 123 45 67", "+77011234567"),
    ("8(705)987-65-43 Айгуль", "+77059876543"),
    ("пишите на ватсап 77471234567", "+77471234567"),
    ("тел 707 555 44 33", "+77075554433"),
    ("ID 7012345678, пишите 7012345678", "+77012345678"),
    ("семьсот один, двести тридцать четыре 56 78", "+77012345678"),
    ("8.7.7.7.1.2.3.4.5.6.7", "+77771234567"),
    ("номер 8 7 0 2 1 1 1 2 2 3 3", "+77021112233"),
    ("☎️ 8️⃣7️⃣0️⃣1️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "+77011234567"),
    ("восемь семьсот один 234 56 78", "+77012345678"),
    ("восемь семьсот семь сто двадцать три сорок пять шестьдесят семь", "+77071234567"),
    ("восемь-семьсот-один-234-пятьдесят шесть-семьдесят восемь", "+77012345678"),
    ("сегіз жеті жүз бір екі жүз отыз төрт елу алты жетпіс сегіз", "+77012345678"),
    ("сегиз жети жети бес бир еки уш торт бес алты жети", "+77751234567"),
    ("плюс семь семьсот один, два нуля, одиннадцать 22 3", "+77010011223"),
    ("call eight seven zero one five five five one two three four", "+77015551234"),
    ("87О1 2З4 56 78 жазыңыз", "+77012345678"),
    ("87o7l234567", "+77071234567"),
    ("8701 12З 45 б7", "+77011234567"),
    ("8 7 О 1 1 2 3 4 5 6 7", "+77011234567"),
    ("8\u200b701\u200b123\u200b45\u200b67", "+77011234567"),
    ("８７０１１２３４５６７", "+77011234567"),
    ("𝟖𝟕𝟎𝟏𝟏𝟐𝟑𝟒𝟓𝟔𝟕 пиши", "+77011234567"),
    ("➇➆⓪➀➀➁➂➃➄➅➆", "+77011234567"),
    ("8*701*222*33*44", "+77012223344"),
    ("8_701_222_33_44", "+77012223344"),
    ("8 701\n234 56 78", "+77012345678"),
    ("+7-7172-55-44-33 приемная", "+77172554433"),
    ("8 (7152) 46-12-34", "+77152461234"),
    ("8(7212)42-00-00 факс", "+77212420000"),
    ("+7 (926) 123-45-67 Москва", "+79261234567"),
    ("8 926 123-45-67", "+79261234567"),
    ("+996 555 123 456 Бишкек", "+996555123456"),
    ("+380 44 123 45 67 2024 год", "+380441234567"),
    ("+1 (555) 123-4567", "+15551234567"),
    ("00996 555 123 456", "+996555123456"),
    ("+8 701 123 45 67", "+77011234567"),
    ("Тел.87011234567", "+77011234567"),
    ("tel:+77011234567", "+77011234567"),
    ("кв. 8, 87011234567", "+77011234567"),
    ("87011234567тел", "+77011234567"),
    ("(87011234567)", "+77011234567"),
    ("8 7oo 123 45 67", "+77001234567"),
    ("8 (7OO) 123-45-67", "+77001234567"),
    ("7 0 1 1 2 3 4 5 6 7 звоните", "+77011234567"),
    ("8😀701😀123😀45😀67", "+77011234567"),
    ("٨٧٠١١٢٣٤٥٦٧", "+77011234567"),
    ("тел: 87172743000", "+77172743000"),
    ("8 701 234 56 78 тг пишите", "+77012345678"),  # Telegram, not tenge
    ("87012345678 тг и вацап", "+77012345678"),
    ("8 ( 7 0 1 ) - 2 3 4 - 5 6 - 7 8", "+77012345678"),
    ("сегіз жетіжүз бес екіжүз он бес қырықбес елуалты", "+77052154556"),
    ("восемь семьсот пять двести десять двадцатьтри сорокпять", "+77052102345"),
    ("сегіз жеті жүз бір, жүз жиырма үш, қырық бес, алпыс жеті", "+77011234567"),
    ("сегиз жети жуз бир жуз жиырма уш кырык бес алпыс жети", "+77011234567"),
    ("сегіз жеті жүз, бір жүз жиырма үш, қырық бес, алпыс жеті", "+77001234567"),
    ("сегіз жеті жетпіс бес жүз он бір жиырма екі отыз үш", "+77751112233"),
    ("8 775, 111, 22, 33", "+77751112233"),
    ("плюс семь 7 7 5, 1 1 1, 2 2 3 3", "+77751112233"),
    ("_87751112233_", "+77751112233"),
    ("каспи №87751112233 Айгерим", "+77751112233"),
    ("карта ноль ноль, 00 998 90 123 45 67", "+998901234567"),
    ("Уточнить детали: 87751112233", "+77751112233"),
    ("8 800 080 77 77", "+78000807777"),
    ("+7-701-ОДИН-два-три-45-67", "+77011234567"),
    ("8(7О1)777-55-ЗЗ", "+77017775533"),
    ("87O5lllOlOl", "+77051110101"),
    ("8705l84|1б7", "+77051841167"),
    ("8 7o1 i23 45 67", "+77011234567"),
    ("+7 775 543 21 oo", "+77755432100"),
    ("тел=8=700=123=12=31", "+77001231231"),
    ("запись 7172-70-11-70", "+77172701170"),
    ("8+7012223319", "+77012223319"),
    ("восемь семьсот семьдесят семь девятьсот пятьдесят сорок", "+77779005040"),
    ("сегіз жеті жүз екі алты жүз елу қырық", "+77026005040"),
    ("сегіз жеті жүз жетпіс бес жүз жиырма отыз", "+77751002030"),
    ("сегіз семьсот пять жүз он бір девяносто девять нөл нөл", "+77051119900"),
    (
        "без восьмёрки семьсот семь шестьсот шестьдесят шесть девяносто девять одиннадцать",
        "+77076669911",
    ),
    ("segiz jeti zhuz eki zhuz jiyrma ush otyz ush qyryq tort", "+77002233344"),
    ("сегіз жетi жүз бір 123 45 67", "+77011234567"),
    ("8 (7172) 55-44-33 доб. 12", "+77172554433"),
    ("на абонентский номер 8 701 999 33 11", "+77019993311"),
]


@pytest.mark.parametrize(("text", "value"), PHONES)
def test_phone(text: str, value: str) -> None:
    assert found(text) == {("phone", value)}


def test_two_phones_in_a_row_are_two() -> None:
    values = [i.value for i in extract("87011234567, 87059876543\n+7 747 111 22 33/+77777777711")]
    assert values == ["+77011234567", "+77059876543", "+77471112233", "+77777777711"]


LINKS = [
    ("https://pay-here.top/order/1", {("url", "https://pay-here.top/order/1")}),
    ("hxxps://safe[.]xyz/pay", {("url", "https://safe.xyz/pay")}),
    ("dostavka-tut точка site", {("domain", "dostavka-tut.site")}),
    ("сайт mail (dot) pay-id (dot) online", {("domain", "mail.pay-id.online")}),
    ("mаil-bаnk.сom вход", {("domain", "mail-bank.com")}),
    ("проба.рф портал", {("domain", "проба.рф")}),
    ("xn--80ab2bdf.xn--p1ai", {("domain", "проба.рф")}),
    ("https://%70ay%2Dtut%2etop/a%20b", {("url", "https://pay-tut.top/a%20b")}),
    ("https://%D0%BF%D1%80%D0%BE%D0%B1%D0%B0.рф/x", {("url", "https://проба.рф/x")}),
    ("https://pay-tut｡top/a", {("url", "https://pay-tut.top/a")}),
    ("https://pay-tut%EF%BD%A1top/a", {("url", "https://pay-tut.top/a")}),
    ("https://pay%ff%fe.top/a", {("url", "https://fe.top/a")}),  # no letters at all
    ("https://pay.top%2Fkaspi/x", {("url", "https://pay.top/"), ("domain", "pay.top")}),
    ("pay-tut точка com слэш vhod", {("url", "https://pay-tut.com/vhod")}),
    ("http://185.12.33.7:8080/a", {("url", "https://185.12.33.7:8080/a")}),
    ("h t t p s : / / Pay.top", {("url", "https://pay.top/"), ("domain", "pay.top")}),
    ("EVIL.top/a?utm_source=x&id=7#top", {("url", "https://evil.top/a?id=7")}),
    ("(см. https://a.kz/b)и далее", {("url", "https://a.kz/b")}),
    ("https://a.kz/b_(c), https", {("url", "https://a.kz/b_(c)")}),
    ("на сайте.pay-tut.top.Пишите", {("domain", "pay-tut.top")}),
    ("Подробностиpay-tut.com", {("domain", "pay-tut.com")}),
    ("Microsoft .NET, Sputnik8 .com", {("domain", "sputnik8.com")}),
    ("почта Ivan.Petrov(собака)mail точка ru", {("email", "ivan.petrov@mail.ru")}),
    ("a.b+kz@gmail[.]com", {("email", "a.b+kz@gmail.com")}),
    ("ivan@mail,ru", {("email", "ivan@mail.ru")}),
    ("почтаivan@mail.ru", {("email", "ivan@mail.ru")}),
    ("87011234567@mail.ru", {("email", "87011234567@mail.ru")}),
    ("пиши в тг @Easy_work_kz", {("telegram", "easy_work_kz")}),
    ("жми @\u200bscam\u200bbot", {("telegram", "scambot")}),
    ("@sсam_bоt", {("telegram", "scam_bot")}),
    ("телега: Almaty_shop24", {("telegram", "almaty_shop24")}),
    ("инста: shop.kz_official", {("instagram", "shop.kz_official")}),
    ("инстаграм @some.shop", {("instagram", "some.shop")}),
    ("тикток @somebody", set()),
    (
        "t.me/+AbCdEfGh1234",
        {("url", "https://t.me/+AbCdEfGh1234"), ("telegram_invite", "AbCdEfGh1234")},
    ),
    (
        "https://t.me/joinchat/AAAAAEabcdefghij",
        {
            ("url", "https://t.me/joinchat/AAAAAEabcdefghij"),
            ("telegram_invite", "AAAAAEabcdefghij"),
        },
    ),
    (
        "web.telegram.org/k/#@Karta_kz",
        {("url", "https://web.telegram.org/k/"), ("telegram", "karta_kz")},
    ),
    ("https://web.telegram.org/a/#-1001234567", {("url", "https://web.telegram.org/a/")}),
    ("t.me/s/Channel_x/12", {("url", "https://t.me/s/Channel_x/12"), ("telegram", "channel_x")}),
    ("https://t.me/addlist/abcdefgh", {("url", "https://t.me/addlist/abcdefgh")}),
    ("t.me/+77011234567", {("url", "https://t.me/+77011234567"), ("phone", "+77011234567")}),
    ("some_one.t.me", {("domain", "some_one.t.me"), ("telegram", "some_one")}),
    ("tg://resolve?domain=Scam_Bot", {("telegram", "scam_bot")}),
    ("tg://join?invite=AbCdEf12345", {("telegram_invite", "AbCdEf12345")}),
    ("wa.me/77051112233", {("url", "https://wa.me/77051112233"), ("whatsapp", "+77051112233")}),
    ("wa.me/87051112233", {("url", "https://wa.me/87051112233"), ("whatsapp", "+77051112233")}),
    (
        "https://api.whatsapp.com/send?phone=77051112233&text=hi",
        {
            ("url", "https://api.whatsapp.com/send?phone=77051112233&text=hi"),
            ("whatsapp", "+77051112233"),
        },
    ),
    ("whatsapp://send?phone=77011234567", {("whatsapp", "+77011234567")}),
    ("viber://chat?number=%2B77011234567", {("phone", "+77011234567")}),
    (
        "https://www.instagram.com/Shop_kz?igsh=1",
        {("url", "https://www.instagram.com/Shop_kz"), ("instagram", "shop_kz")},
    ),
    ("instagram.com/p/Cxyz/", {("url", "https://instagram.com/p/Cxyz/")}),
    (
        "https://kaspi.kz@evil.top/login",
        {("url", "https://evil.top/login"), ("lookalike", "evil.top")},
    ),
    (
        "kolesa.kz/a/show/162345678 смотрите",
        {("url", "https://kolesa.kz/a/show/162345678"), ("listing", "kolesa:162345678")},
    ),
    ("kaspi-pay.top", {("domain", "kaspi-pay.top"), ("lookalike", "kaspi-pay.top")}),
    ("kaspi . kz", {("domain", "kaspi.kz")}),
    ("kaspi.кz", {("domain", "kaspi.kz")}),
    (
        "https://kаspi.kz/a",  # its second letter is Cyrillic
        {("url", "https://xn--kspi-53d.kz/a"), ("lookalike", "xn--kspi-53d.kz")},
    ),
    ("оӏх.kz", {("domain", "оӏх.kz"), ("lookalike", "оӏх.kz")}),
    (
        "www.оlx.kz/a/b-IDr9sfK.html",
        {("url", "https://www.xn--lx-emc.kz/a/b-IDr9sfK.html"), ("lookalike", "www.xn--lx-emc.kz")},
    ),
    ("пиши т.ме/work_kz_bot", {("url", "https://t.me/work_kz_bot"), ("telegram", "work_kz_bot")}),
    ("тме/work_kz_bot", {("url", "https://t.me/work_kz_bot"), ("telegram", "work_kz_bot")}),
    ("t . me / work_kz_bot", {("url", "https://t.me/work_kz_bot"), ("telegram", "work_kz_bot")}),
    ("t точка me слэш work_kz", {("url", "https://t.me/work_kz"), ("telegram", "work_kz")}),
    (
        "wa.me/+7 701 555 00 02",
        {("url", "https://wa.me/77015550002"), ("whatsapp", "+77015550002")},
    ),
    ("мой тг собака vika2003x", {("telegram", "vika2003x")}),
    ("телега: i v a n _ k z", {("telegram", "ivan_kz")}),
    ("Telegram канал: auto_podbor_kz", {("telegram", "auto_podbor_kz")}),
    ("инст dana.makeup.ast запись", {("instagram", "dana.makeup.ast")}),
    ("ищите в инсте по нику kids_toys.kz", {("instagram", "kids_toys.kz")}),
    ("инстаграм парақшамыз @sweet_tort_kz", {("instagram", "sweet_tort_kz")}),
    ("жазыңыз @asaba_ernar инстаграм", {("instagram", "asaba_ernar")}),
    ("наш инстаграм и сайт dana.kz", {("domain", "dana.kz")}),
    # what a sentence leaves at the end
    ("kaspi-pay.top-қа кіріңіз", {("domain", "kaspi-pay.top"), ("lookalike", "kaspi-pay.top")}),
    ("kaspi-pay.topПереходите", {("domain", "kaspi-pay.top"), ("lookalike", "kaspi-pay.top")}),
    (
        "https://krisha.kz/a/show/698765432.Дёшево",
        {("url", "https://krisha.kz/a/show/698765432"), ("listing", "krisha:698765432")},
    ),
    ("t.me/work_kzпишите", {("url", "https://t.me/work_kz"), ("telegram", "work_kz")}),
    ("t.me/work_kz-қа", {("url", "https://t.me/work_kz"), ("telegram", "work_kz")}),
    ("t.me/wоrk_kz", {("url", "https://t.me/wоrk_kz"), ("telegram", "work_kz")}),  # its own "о"
    ("@work_kzға жаз, тг: dana_kz-ға", {("telegram", "work_kz"), ("telegram", "dana_kz")}),
    ("anna@mail.ru-ға", {("email", "anna@mail.ru")}),
    ("https://ru.wiki.kz/C++_язык", {("url", "https://ru.wiki.kz/C++_язык")}),
    ("https://a.kz/b?q=iphone,новый", {("url", "https://a.kz/b?q=iphone,новый")}),
    ("wa.me/7701 555 00 02", {("url", "https://wa.me/77015550002"), ("whatsapp", "+77015550002")}),
    (
        "телеграм-канал «work_kz», инста👉dana.kz_1",
        {("telegram", "work_kz"), ("instagram", "dana.kz_1")},
    ),
    ("k a s p i - p a y . t o p", {("domain", "kaspi-pay.top"), ("lookalike", "kaspi-pay.top")}),
    (
        "https://t.me/work_kzhttps://wa.me/77015550002",
        {
            ("url", "https://t.me/work_kz"),
            ("telegram", "work_kz"),
            ("url", "https://wa.me/77015550002"),
            ("whatsapp", "+77015550002"),
        },
    ),
    (
        "https://www.google.com/url?q=https%3A%2F%2Fkaspi-pay.top/a",
        {
            ("url", "https://www.google.com/url?q=https%3A%2F%2Fkaspi-pay.top/a"),
            ("url", "https://kaspi-pay.top/a"),
            ("lookalike", "kaspi-pay.top"),
        },
    ),
    (
        "https://web.archive.org/web/2020/https://a.kz/",
        {("url", "https://web.archive.org/web/2020/https://a.kz/")},
    ),
    ("тг work нижнее подчёркивание kz", {("telegram", "work_kz")}),
    (
        "сайт kaspi тире pay точка top",
        {("domain", "kaspi-pay.top"), ("lookalike", "kaspi-pay.top")},
    ),
    ("пиши @ w b _ z a r a b", {("telegram", "wb_zarab")}),
    (
        "https://tronscan.org/address/TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        {
            ("url", "https://tronscan.org/address/TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
            ("trx", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        },
    ),
    ("anna @ mail . ru", {("email", "anna@mail.ru")}),
    ("anna at mail dot ru", {("email", "anna@mail.ru")}),
    ("anna ит белгісі mail.ru", {("email", "anna@mail.ru")}),
    (
        "87012345678 тг @nurik_kz01",
        {("phone", "+77012345678"), ("telegram", "nurik_kz01")},
    ),
    ("телеграмм собачка nurik_kz нижнее подчёркивание 24", {("telegram", "nurik_kz_24")}),
    (
        "wа.me/7701 2345678",
        {("url", "https://wa.me/77012345678"), ("whatsapp", "+77012345678")},
    ),
    (
        "t . me / joinchat / AAAAAEkQ12345678abcd",
        {
            ("url", "https://t.me/joinchat/AAAAAEkQ12345678abcd"),
            ("telegram_invite", "AAAAAEkQ12345678abcd"),
        },
    ),
]


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_link(text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text) == expected


CODES = [
    ("карта 4400430123456789", ("card", "4400430123456789")),
    ("на каспи голд 4400 4301 2345 6789 Иван И.", ("card", "4400430123456789")),
    ("скинь 5169-4931-0000-1232", ("card", "5169493100001232")),
    ("карта 5️⃣1️⃣6️⃣9️⃣ 4️⃣9️⃣3️⃣1️⃣ 0️⃣0️⃣0️⃣0️⃣ 1️⃣2️⃣3️⃣2️⃣", ("card", "5169493100001232")),
    ("счет KZ86125KZT5004100100", ("iban", "KZ86125KZT5004100100")),
    ("kz86 125k zt50 0410 0100 бенефициар", ("iban", "KZ86125KZT5004100100")),
    ("КZ86125KZТ5004100100 кириллицей", ("iban", "KZ86125KZT5004100100")),
    ("DE89 3704 0044 0532 0130 00", ("iban", "DE89370400440532013000")),
    ("ИИН 850315400213", ("iin", "850315400213")),
    ("ЖСН: 850315 400213", ("iin", "850315400213")),
    ("БИН 971240001315", ("bin", "971240001315")),
    ("гос номер 123ABC02", ("plate", "123ABC02")),
    ("машина 777 АВС 16", ("plate", "777ABC16")),
    ("USDT TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", ("trx", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")),
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")),
    (
        "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
        ("eth", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    ),
    ("K Z 8 6 1 2 5 K Z T 5 0 0 4 1 0 0 1 0 0", ("iban", "KZ86125KZT5004100100")),
    ("KZ86125KZT5OO41OО1OО", ("iban", "KZ86125KZT5004100100")),
    ("КЗ86125KZT5004100100", ("iban", "KZ86125KZT5004100100")),
    ("К2 86 125К 2Т50 0410 0100", ("iban", "KZ86125KZT5004100100")),
    ("KZ86125KZT\n5004100100", ("iban", "KZ86125KZT5004100100")),
    ("ИИН 85 03 15 40 02 13", ("iin", "850315400213")),
    ("TR7NHqjeKQxGTCi8q8\nZY4pL8otSzgjLj6t", ("trx", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")),
    ("г/н 777 АВС | 16", ("plate", "777ABC16")),
    ("887nuz01 деген көлік", ("plate", "887NUZ01")),
]


@pytest.mark.parametrize(("text", "expected"), CODES)
def test_code(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == {expected}


def test_a_slash_between_two_phones_belongs_to_none() -> None:
    raws = [i.raw for i in extract("8 (701) 123 45 67 / 8 (705) 987 65 43")]
    assert raws == ["8 (701) 123 45 67", "8 (705) 987 65 43"]


def test_card_and_phone_side_by_side() -> None:
    assert found("4400 4301 2345 6789 87011234567") == {
        ("card", "4400430123456789"),
        ("phone", "+77011234567"),
    }


@pytest.mark.parametrize(
    "text", [text for text, _ in PHONES] + [t for t, e in LINKS if e] + [t for t, _ in CODES]
)
def test_spans_lead_back_to_the_original(text: str) -> None:
    whole = "Начало 🎉: " + text
    indicators = extract(whole)
    assert indicators
    for indicator in indicators:
        start, end = indicator.span
        assert indicator.raw == whole[start:end]
        assert indicator.raw == indicator.raw.strip()
        assert 0 < indicator.confidence <= 1
    assert indicators == sorted(indicators, key=lambda i: i.span)


def test_a_lookalike_says_what_it_imitates() -> None:
    notes = {i.type: i.note for i in extract("https://login.halyk-bank.site/x")}
    assert notes == {"url": "", "lookalike": "halykbank.kz"}


def test_json_has_a_note_only_where_there_is_one() -> None:
    domain, lookalike = (i.to_json() for i in extract("kaspi-pay.top"))
    assert "note" not in domain
    assert lookalike == {
        "type": "lookalike",
        "value": "kaspi-pay.top",
        "raw": "kaspi-pay.top",
        "span": [0, 13],
        "confidence": 0.95,
        "why": "hyphen",
        "note": "kaspi.kz",
    }
