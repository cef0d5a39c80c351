import pytest

from tereze.disruption.actions.drafting import addresses_in
from tereze.disruption.recognition import NotAnAddressError, target_of


BASES = {"olx": ["http://127.0.0.1:8082/olx", "http://127.0.0.1:8082/m.olx"]}


@pytest.mark.parametrize(
    ("url", "platform", "listing"),
    [
        ("https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html", "olx", "olx:r9sfK"),
        ("olx.kz/obyavlenie/iphone-IDr9sfK.html#abc;promoted", "olx", "olx:r9sfK"),
        ("https://m.olx.kz/d/kk/obyavlenie/a-IDr9sfK.html?reason=x", "olx", "olx:r9sfK"),
        ("«https://kolesa.kz/a/show/150594149»,", "kolesa", "kolesa:150594149"),
        ("https://m.krisha.kz/a/show/697204118", "krisha", "krisha:697204118"),
        ("https://obyavleniya.kaspi.kz/a/iphone-116702726", "kaspi", "kaspi:116702726"),
        ("https://www.olx.kz/list/user/abc/", "olx", ""),
        ("http://127.0.0.1:8082/olx/d/obyavlenie/iphone-IDr9sfK.html?a=1", "olx", "olx:r9sfK"),
        ("http://127.0.0.1:8082/m.olx/d/obyavlenie/iphone-IDr9sfK.html", "olx", "olx:r9sfK"),
        ("https://olx.kz.delivery-pay.example/d/obyavlenie/x-IDr9sfK.html", "", ""),
        ("https://shop.example/magazin_kz", "", ""),
    ],
)
def test_addresses_as_people_paste_them(url: str, platform: str, listing: str) -> None:
    target = target_of(url, BASES)
    assert (target.platform, target.listing) == (platform, listing)


@pytest.mark.parametrize(
    ("url", "owner", "kind"),
    [
        ("https://instagram.com/magazin_kz", "instagram", "close_account"),
        ("https://www.instagram.com/p/Cx-12_a/?igsh=1", "instagram", "delete_message"),
        ("t.me/vyplaty_kz", "telegram", "close_account"),
        ("https://t.me/+AbCdEfGhIjK", "telegram", "close_account"),
        ("https://t.me/s/vyplaty_kz/17", "telegram", "delete_message"),
        ("https://wa.me/77011234567", "whatsapp", "close_account"),
        ("https://chat.whatsapp.com/AbCdEf", "whatsapp", "close_account"),
        ("https://www.tiktok.com/@a.b/video/7123", "tiktok", "delete_message"),
        ("https://t.me.login.example/x", "", "remove_listing"),
        ("https://notinstagram.com/x", "", "remove_listing"),
        ("https://olx.kz/d/obyavlenie/a-IDr9sfK.html", "olx", "remove_listing"),
    ],
)
def test_networks_are_known_by_their_hosts_and_asked_for_what_fits(
    url: str, owner: str, kind: str
) -> None:
    target = target_of(url, {})
    assert (target.platform, target.kind) == (owner, kind)


@pytest.mark.parametrize(
    "text",
    ["", "слово", "javascript:alert(1)", "ftp://olx.kz/x", "https://", "http://user@olx.kz/", "a b.kz",
     "https://x:99999/", "x" * 3000, "data:text/html,x", "//", "https://[::1", "mailto:a@b.kz"],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddressError):
        target_of(text, BASES)


def test_addresses_are_found_in_a_pasted_conversation() -> None:
    text = """Смотрите: https://www.olx.kz/d/obyavlenie/a-IDr9sfK.html, и ещё
    kolesa.kz/a/show/150594149
    (www.krisha.kz/a/show/697204118) завтра в 10.30
    https://www.olx.kz/d/obyavlenie/a-IDr9sfK.html,"""
    found = addresses_in(text)
    assert [target_of(each, {}).listing for each in found] == [
        "olx:r9sfK",
        "kolesa:150594149",
        "krisha:697204118",
    ]
