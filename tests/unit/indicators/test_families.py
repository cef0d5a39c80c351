"""The families on their own: check digits, addresses of adverts, hubs, imitations, typed values."""

import subprocess
import sys

import pytest

from tereze.detection.typology import CONTACTS
from tereze.indicators import TYPES, Indicator, is_hub, mask, normalise
from tereze.indicators.folding import fold, to_latin
from tereze.indicators.ids import control_digit_valid, kind_of_id
from tereze.indicators.keccak import keccak_256
from tereze.indicators.lookalikes import imitated_by
from tereze.indicators.money import luhn_valid
from tereze.indicators.numberwords import digits_for_words
from tereze.indicators.platforms import (
    PLATFORMS,
    canonical_listing_url,
    listing_address,
    listing_of,
)
from tereze.indicators.reading import data
from tereze.indicators.wallets import parse_wallet


LISTINGS = [
    ("https://www.olx.kz/d/obyavlenie/iphone-13-pro-IDr9sfK.html", ("olx", "r9sfK")),
    ("olx.kz/obyavlenie/iphone-IDr9sfK.html", ("olx", "r9sfK")),
    ("https://www.olx.kz/kk/obyavlenie/iphone-IDr9sfK.html", ("olx", "r9sfK")),
    (
        "https://www.olx.kz/d/kk/obyavlenie/iphone-IDr9sfK.html?reason=hp#x;promoted",
        ("olx", "r9sfK"),
    ),
    ("HTTPS://M.OLX.KZ/d/obyavlenie/iphone-IDr9sfK.html", ("olx", "r9sfK")),
    ("https://magazin.olx.kz/d/obyavlenie/iphone-IDr9sfK.html", ("olx", "r9sfK")),
    ("https://kolesa.kz/a/show/150594149", ("kolesa", "150594149")),
    ("https://m.kolesa.kz/a/show/150594149?utm_source=x", ("kolesa", "150594149")),
    ("http://kolesa.kz/kz/a/show/150594149/", ("kolesa", "150594149")),
    ("https://krisha.kz/a/show/697204118", ("krisha", "697204118")),
    ("https://m.krisha.kz/kz/a/show/697204118", ("krisha", "697204118")),
    ("https://obyavleniya.kaspi.kz/a/iphone-14-116702726/", ("kaspi", "116702726")),
    ("https://obyavleniya.kaspi.kz/kk/a/iphone-14-116702726", ("kaspi", "116702726")),
]
NO_LISTINGS = [
    "https://olx-kz.top/d/obyavlenie/iphone-IDr9sfK.html",
    "https://olx.kz.pay.site/d/obyavlenie/iphone-IDr9sfK.html",
    "https://olx.kz@evil.top/d/obyavlenie/iphone-IDr9sfK.html",
    "https://help.olx.kz/d/obyavlenie/iphone-IDr9sfK.html",
    "https://www.olx.kz/elektronika/",
    "https://notkolesa.kz/a/show/150594149",
    "https://kolesa.kz/cars/150594149",
    "https://kaspi.kz/shop/p/iphone-102298404/",
    "ftp://kolesa.kz/a/show/150594149",
    "http://[::1",
    "",
]


@pytest.mark.parametrize(("url", "listing"), LISTINGS)
def test_listing(url: str, listing: tuple[str, str]) -> None:
    assert listing_of(url) == listing


@pytest.mark.parametrize("url", NO_LISTINGS)
def test_no_listing(url: str) -> None:
    assert listing_of(url) is None
    assert canonical_listing_url(url) is None


@pytest.mark.parametrize(("url", "listing"), LISTINGS)
def test_canonical_address_leads_to_the_same_listing(url: str, listing: tuple[str, str]) -> None:
    canonical = canonical_listing_url(url)
    assert canonical is not None
    assert "?" not in canonical
    assert listing_of(canonical) == listing
    assert canonical_listing_url(canonical) == canonical
    assert listing_of(listing_address(*listing)) == listing


def test_every_platform_owns_its_hosts_only() -> None:
    for platform in PLATFORMS.values():
        assert platform.owns(platform.domain)
        assert platform.owns("m." + platform.domain)
        assert not platform.owns("not" + platform.domain)
        assert not platform.owns(platform.domain + ".top")


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("061211600012", True),  # the example of the domain notes
        ("850315400213", True),
        ("850315400214", False),
        ("000000000000", True),
        ("971240001315", True),  # a bank's own
    ],
)
def test_control_digit(digits: str, valid: bool) -> None:
    assert control_digit_valid(digits) is valid


def test_second_weights_are_used_when_the_first_give_ten() -> None:
    """Both rounds give ten for some numbers: those are never issued, whatever their last digit."""
    rejected = [
        stem
        for stem in (f"8503154{n:04}" for n in range(10000))
        if not any(control_digit_valid(stem + d) for d in "0123456789")
    ]
    assert 0 < len(rejected) < 200


@pytest.mark.parametrize(
    ("digits", "kind"),
    [("850315400213", "iin"), ("971240001315", "bin"), ("851315400213", ""), ("971290001315", "")],
)
def test_the_fifth_digit_tells_person_from_firm(digits: str, kind: str) -> None:
    assert kind_of_id(digits) == kind


def test_luhn() -> None:
    assert luhn_valid("4400430123456789")
    assert not luhn_valid("4400430123456798")


def test_keccak_is_ethereums() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"").hex() == empty
    assert len(keccak_256(b"a" * 300)) == 32


# Addresses of the standards: EIP-55, BIP 173, BIP 350.
WALLETS = [
    ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "eth"),
    ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "eth"),
    ("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "eth"),
    ("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", "eth"),
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "btc"),
    ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "btc"),
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "btc"),
    ("bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", "btc"),
    ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "btc"),
    ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "trx"),
]


@pytest.mark.parametrize(("address", "kind"), WALLETS)
def test_wallet(address: str, kind: str) -> None:
    read = parse_wallet(address)
    assert read is not None
    assert read[0] == kind
    assert read[1].lower() == address.lower()


@pytest.mark.parametrize(("address", "kind"), WALLETS)
def test_wallet_with_one_wrong_character(address: str, kind: str) -> None:
    swapped = address[:-2] + ("a" if address[-2] != "a" else "c") + address[-1]
    assert parse_wallet(swapped) is None


def test_segwit_version_0_needs_bech32_and_later_ones_bech32m() -> None:
    # invalid vectors of BIP 350: right characters, the other checksum
    assert parse_wallet("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh") is None
    assert parse_wallet("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd") is None


IMITATIONS = [
    ("kaspi-pay.top", "kaspi.kz", "hyphen"),
    ("kaspi.com.kz", "kaspi.kz", "zone"),
    ("kaspi.kz.evil.top", "kaspi.kz", "subdomain"),
    ("krisha.kz.pro", "krisha.kz", "subdomain"),
    ("www.post.kz.com", "post.kz", "subdomain"),
    ("kmg-invest.pro", "kmg.kz", "hyphen"),
    ("www.kaspi.kz-vhod.top", "kaspi.kz", "subdomain"),
    ("kasspi.kz", "kaspi.kz", "misspelling"),
    ("каспи.kz", "kaspi.kz", "zone"),
    ("kaspl.kz", "kaspi.kz", "homoglyph"),
    ("kasp1.kz", "kaspi.kz", "homoglyph"),
    ("mykaspishop.top", "kaspi.kz", "inside"),
    ("xn--80aqevj.kz", "kaspi.kz", "zone"),
    ("xn--kspi-43d.kz", "kaspi.kz", "homoglyph"),
    ("0lx.kz", "olx.kz", "homoglyph"),
    ("olxpay.top", "olx.kz", "glued"),
    ("olx-dostavka.site", "olx.kz", "hyphen"),
    ("k0lesa.kz", "kolesa.kz", "homoglyph"),
    ("kolessa.kz", "kolesa.kz", "misspelling"),
    ("kolesa.store", "kolesa.kz", "zone"),
    ("kolesa-expert.top", "kolesa.kz", "hyphen"),
    ("krisha-arenda.top", "krisha.kz", "hyphen"),
    ("halyk-online.com", "halykbank.kz", "hyphen"),
    ("haiyk-bank.kz", "halykbank.kz", "homoglyph"),
    ("homebank-kz.com", "homebank.kz", "hyphen"),
    ("my-egov.kz", "egov.kz", "hyphen"),
    ("egov-login.kz", "egov.kz", "hyphen"),
    ("eg0v.kz", "egov.kz", "homoglyph"),
    ("eqov.kz", "egov.kz", "homoglyph"),
    ("kazpost-track.info", "post.kz", "hyphen"),
]


@pytest.mark.parametrize(("host", "domain", "how"), IMITATIONS)
def test_imitation(host: str, domain: str, how: str) -> None:
    imitated = imitated_by(host)
    assert imitated is not None
    assert (imitated.domain, imitated.how) == (domain, how)


GENUINE = [
    "kaspi.kz", "pay.kaspi.kz", "obyavleniya.kaspi.kz", "www.olx.kz", "olx.uz", "m.kolesa.kz",
    "my.egov.kz", "kgd.gov.kz", "homebank.kz", "kolesa.ru", "kaspersky.com", "folx.com",
    "halyk-uni.kz", "imperial-finance.com", "google.com", "t.me", "web.telegram.org",
    "satu-dua.id", "forte-piano.ru", "185.12.33.7", "casper.com", "telegra.ph",
    # words of the language, and names that only begin alike
    "kolesa-astana.kz", "shiny-kolesa.kz", "krisha-fasad.kz", "ozon-therapy.kz", "jusan-hotel.kz",
    "otbasy-clinic.kz", "enbek-group.kz", "magnum-fit.com", "altyn-orda.kz",
    "kazmed.kz", "kaztour.kz", "posta.kz", "postel.kz", "olymp.kz", "oliks.kz", "egovoritsya.ru",
    "government.kz", "telegraf.kz", "telecom-service.ru", "active.kz", "activity.kz", "tele.kz",
    "beauty-line.kz", "bee-line-honey.kz", "forteks.kz", "bccomfort.kz", "salykov.kz", "kgb.kz",
    "kazatlet.kz", "indra.kz", "aviator.kz", "aviamarket.kz", "sulphur.kz", "kasper.kz", "gasp.kz",
    "caspian.kz", "caspi-sea.kz", "caspianlife.kz", "binary.kz",
    "wildberry-jam.kz", "nurbankrot.kz", "homestead.kz",
    "satuhome.kz", "technodrom.kz", "mechta-kafe.kz", "ticket-on-line.kz", "arbuz.kz", "kaspersky.kz",
]  # fmt: skip


@pytest.mark.parametrize("host", GENUINE)
def test_no_imitation(host: str) -> None:
    assert imitated_by(host) is None


HUBS = [
    ("phone", "102"),
    ("phone", "1414"),
    ("phone", "1477"),
    ("phone", "+78000801890"),
    ("domain", "kaspi.kz"),
    ("domain", "www.olx.kz"),
    ("domain", "m.kolesa.kz"),
    ("domain", "polisia.kz"),
    ("url", "https://egov.kz/cms/ru"),
    ("url", "https://www.olx.kz/"),
    ("url", "https://www.gov.kz/memleket/entities/mvd"),
    ("url", "https://www.olx.kz/d/moshenniki"),
    ("url", "https://kolesa.kz/content/help"),
    ("url", "https://t.me/notoscam"),
    ("url", "https://web.telegram.org/k/"),
    ("url", "https://anydesk.com/download"),
    ("url", "https://play.google.com/store/apps/details?id=com.anydesk.anydeskandroid&hl=ru"),
    ("email", "info@nationalbank.kz"),
    ("email", "support@kaspi.kz"),
    ("telegram", "notoscam"),
]
NO_HUBS = [
    ("phone", "+77011234567"),
    ("whatsapp", "+77011234567"),
    ("domain", "kaspi-pay.top"),
    ("url", "https://t.me/scam_bot"),
    ("url", "https://play.google.com/store/apps/details?id=com.invest.gaz"),
    ("url", "https://www.olx.kz/d/obyavlenie/a-IDr9sfK.html"),
    ("url", "https://www.olx.kz/list/user/2x7Qf/"),
    ("url", "https://pay.kaspi.kz/pay/abcd1234"),
    ("url", "https://kaspi.kz/pay/abcd1234"),
    ("url", "http://[::1"),
    ("email", "somebody@gmail.com"),
    ("listing", "olx:r9sfK"),
    ("card", "4400430123456789"),
]


@pytest.mark.parametrize(("kind", "value"), HUBS)
def test_hub(kind: str, value: str) -> None:
    assert is_hub(kind, value)


@pytest.mark.parametrize(("kind", "value"), NO_HUBS)
def test_no_hub(kind: str, value: str) -> None:
    assert not is_hub(kind, value)


def test_the_lists_of_hubs_are_in_canonical_form() -> None:
    lists = data("hubs")
    for kind in ("phone", "telegram", "instagram", "bin"):
        for value in lists[kind]["values"]:
            typed = normalise(kind, value)
            assert typed is not None, value
            assert typed.value == value
    for host in (*lists["platforms"]["domains"], *lists["official"]["domains"]):
        assert host == host.lower().strip("/.")


def test_the_contacts_of_the_typology_are_hubs() -> None:
    for contact in CONTACTS.values():
        phone = contact.phone.replace(" ", "")
        assert not phone or is_hub("phone", phone), phone


TYPED = [
    ("phone", "701 123 45 67", "+77011234567"),
    ("phone", "8 (701) 123-45-67", "+77011234567"),
    ("phone", "восемь семьсот один 123 45 67", "+77011234567"),
    ("phone", "+996 555 123 456", "+996555123456"),
    ("whatsapp", "wa.me/87011234567", "+77011234567"),
    ("whatsapp", "87011234567", "+77011234567"),
    ("card", "4400-4301-2345-6789", "4400430123456789"),
    ("card", "4111 1111 1111 1111", "4111111111111111"),
    ("iban", "kz97 8562 2031 0574 7338", "KZ978562203105747338"),
    ("iin", "061211 600012", "061211600012"),
    ("bin", "971240001315", "971240001315"),
    ("url", "pay.zzz/x", "https://pay.zzz/x"),
    ("domain", "https://Pay.top/x", "pay.top"),
    ("email", "a(at)b.kz", "a@b.kz"),
    ("telegram", "@Name_1", "name_1"),
    ("telegram", "https://t.me/Name_1", "name_1"),
    ("telegram_invite", "t.me/+AbCdEfGh1234", "AbCdEfGh1234"),
    ("telegram_invite", "AbCdEfGh1234", "AbCdEfGh1234"),
    ("instagram", "https://www.instagram.com/a.b/?igsh=1", "a.b"),
    ("instagram", "@A.B", "a.b"),
    ("listing", "m.olx.kz/d/obyavlenie/x-IDr9sfK.html", "olx:r9sfK"),
    ("listing", "kolesa: 150594149", "kolesa:150594149"),
    ("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("plate", "123 abc 02", "123ABC02"),
    ("lookalike", "kaspi-pay.top", "kaspi-pay.top"),
]


@pytest.mark.parametrize(("kind", "written", "value"), TYPED)
def test_typed_value(kind: str, written: str, value: str) -> None:
    indicator = normalise(kind, written)
    assert indicator is not None
    assert (indicator.type, indicator.value, indicator.raw) == (kind, value, written)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("written", ["", "  ", "нет", "12", "\x00", "@", "://"])
def test_typed_nonsense_is_none(kind: str, written: str) -> None:
    assert normalise(kind, written) is None


def test_typed_value_of_an_unknown_type() -> None:
    with pytest.raises(ValueError, match="passport"):
        normalise("passport", "N12345678")


def test_mask_shows_six_and_four() -> None:
    def shown(kind: str, value: str) -> str:
        return mask(Indicator(kind, value, value, (0, len(value)), 1.0))

    assert shown("card", "4400430123456789") == "440043******6789"
    assert shown("iin", "850315400213") == "850315**0213"
    assert shown("phone", "+77011234567") == "+77011234567"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("обычный қазақша мәтін", "обычный қазақша мәтін"),
        ("8️⃣7\u200b０１", "8701"),
        ("🅺🅰🆂🅿🅸 Ⓚ𝓪𝐬𝖕𝗂", "KASPI Kaspi"),
        ("к\u0336а\u0336р\u0336т\u0336а", "карта"),
        ("и\u0306 е\u0308", "й ё"),
        ("🔟 ½ № ™", "10 ½ № ™"),
        ("a\u00a0b—c−d", "a b-c-d"),
        ("İ", "I"),
    ],
)
def test_fold(text: str, plain: str) -> None:
    folded = fold(text)
    assert folded.text == plain
    assert len(folded.offsets) == len(plain) + 1


def test_fold_keeps_the_way_back() -> None:
    text = "а 8️⃣7️⃣\u200b б"
    folded = fold(text)
    start = folded.text.index("87")
    assert folded.span(start, start + 2) == (2, 8)
    assert folded.cover(2, 8) == (start, start + 2)


def test_to_latin_keeps_length() -> None:
    assert to_latin("саsрі") == "caspi"
    assert len(to_latin("Қазақстан")) == len("Қазақстан")


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("восемь семьсот один", "8 701"),
        ("сегіз жеті жүз бір", "8 701"),
        ("екі жүз отыз төрт", "234"),
        ("два нуля три семёрки", "00 777"),
        ("двадцать три девятнадцать", "23 19"),
        ("плюс семь", "+ 7"),
        ("он бес", "он бес"),
        ("он бес бір", "15 1"),
        ("он ушёл, бес в ребро, торт", "он ушёл, бес в ребро, торт"),
    ],
)
def test_number_words(words: str, digits: str) -> None:
    assert digits_for_words(fold(words)).text == digits


def test_the_library_needs_no_django() -> None:
    code = (
        "import sys, tereze.indicators, tereze.indicators.cli;"
        "sys.exit(any(name.split('.')[0] in {'django', 'httpx'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
