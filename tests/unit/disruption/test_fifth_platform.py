"""docs/platforms.md, walked: a fifth platform is one folder and two lines."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from tereze.accounts.models import Unit
from tereze.core.actor import Actor
from tereze.disruption import actions, platforms
from tereze.disruption.models import Partner
from tereze.disruption.pages import read_page
from tereze.disruption.recognition import target_of
from tereze.disruption.verification import Asked, Seen, look_at
from tereze.indicators import extract
from tereze.indicators import platforms as addresses


DOC = Path(__file__).parents[3] / "docs" / "platforms.md"
PAGE = """<html><body><h1 class="ad-title">Велосипед</h1><div class="ad-price">40 000 ₸</div>
<a href="/u/aidos77/">Айдос</a><div class="ad-text">Только предоплата, 8 705 555 22 33</div></body></html>"""


def snippets() -> dict[str, str]:
    """The files that the documentation shows, by the name above each."""
    found = re.findall(r"`([\w/<>.]+)`:\n\n((?:       .*\n|\n)+)", DOC.read_text())
    return {name: re.sub(r"^ {7}", "", text, flags=re.MULTILINE) for name, text in found}


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> platforms.Platform:
    shown = snippets()
    folder = tmp_path / "market"
    folder.mkdir()
    (folder / "__init__.py").write_text(shown["market/__init__.py"])
    (folder / "partner.toml").write_text(shown["market/partner.toml"])
    spec = importlib.util.spec_from_file_location("market_in_a_day", folder / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "market_in_a_day", module)
    spec.loader.exec_module(module)
    plugin: platforms.Platform = module.PLATFORM
    monkeypatch.setitem(platforms.PLATFORMS, plugin.slug, plugin)
    names: dict[str, object] = {
        "re": re,
        "Platform": addresses.Platform,
        "_LANGUAGE": r"(?:/(?:kk|ru))?",
    }
    entry = eval(shown["tereze/indicators/platforms.py"].strip().rstrip(","), names)  # noqa: S307 - our own text
    monkeypatch.setitem(addresses.PLATFORMS, plugin.slug, entry)
    return plugin


def test_its_addresses_are_known_everywhere(market: platforms.Platform) -> None:
    for url in ("https://market.example/kk/item/123456", "m.market.example/item/123456?x=1"):
        assert target_of(url, {}).listing == "market:123456"
    assert [
        i.value for i in extract("смотри https://market.example/item/123456") if i.type == "listing"
    ] == ["market:123456"]


def test_its_pages_are_read(market: platforms.Platform) -> None:
    found = platforms.read("market", PAGE, "https://market.example/item/123456")
    assert (found.title, str(found.price), found.seller_key) == (
        "Велосипед",
        "40000.00",
        "market:user:aidos77",
    )
    assert found.phones == ("+77055552233",)


def test_its_way_of_saying_gone_is_known(market: platforms.Platform) -> None:
    url = "https://market.example/item/123456"
    asked = Asked(address=url, platform=market, listing="market:123456")
    for words, why in (("Объявление снято", "soft_404"), ("Объявление в архиве", "archived")):
        page = read_page(f"<h1>{words}</h1><p>{'Похожие объявления. ' * 40}</p>")
        assert look_at(asked, Seen(url=url, status=200, page=page)).why == why


@pytest.mark.django_db
def test_who_answers_there_is_put_in(market: platforms.Platform, unit: Unit) -> None:
    actions.register_known_partners(unit=unit, by=Actor.machine("test"))
    partner = Partner.objects.get(slug="market")
    terms = partner.terms_at(unit_day())
    assert (partner.platform, partner.channel) == ("market", "email")
    assert terms is not None
    assert terms.agreed("remove_listing") == {"acknowledge": 30, "act": 120}


def unit_day() -> object:
    from tereze.core.clock import now

    return now()
