"""Pages of the sites, rendered by plain functions; everything typed by people is escaped."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from tereze.demo.standins.html import Markup, Node, document, tag

from .markup import account_path, embedded, marks, shared
from .sites import SITES
from .state import Row, address
from .texts import category_name, words


@dataclass(frozen=True)
class Page:
    """Where the reader is: site, the prefix of its addresses, language, small screen."""

    site: str
    base: str
    lang: str
    mobile: bool = False

    @property
    def words(self) -> dict[str, str]:
        return words(self.lang)

    def link(self, path: str) -> str:
        return self.base + path


def money(price: int, page: Page) -> str:
    return f"{price:,} ₸".replace(",", " ") if price else page.words["free"]


def moment(posted: float) -> str:
    zone = datetime.timezone(datetime.timedelta(hours=5))
    return datetime.datetime.fromtimestamp(posted, zone).strftime("%d.%m.%Y %H:%M")


def shell(
    page: Page, title: str, *content: Node, kk_path: str = "", ru_path: str = "", head: Node = None
) -> str:
    site, say = SITES[page.site], page.words
    switch = [
        tag("a", code.upper(), href=path, lang=code, aria_current=str(code == page.lang).lower())
        for code, path in (("kk", kk_path or "?lang=kk"), ("ru", ru_path or "?lang=ru"))
    ]
    header = tag(
        "header",
        tag("a", site.name, href=page.link("/"), class_="logo"),
        tag("span", say["stand"], class_="stand"),
        tag(
            "nav",
            tag("a", say["account"], href=page.link("/account")),
            tag("a", say["post"], href=page.link("/post"), class_="button"),
            tag("span", switch, class_="switch"),
        ),
        class_="top",
    )
    head = (
        head,
        tag("link", rel="stylesheet", href="/static/site.css"),
        tag("script", src="/static/site.js", defer=True),
    )
    return document(
        lang=page.lang,
        title=f"{title} — {site.name}",
        head=head,
        body=(header, tag("main", content)),
        class_=f"site {page.site}{' mobile' if page.mobile else ''}",
    )


def photo_address(row: Row, number: int) -> str:
    return f"/photos/{row['site']}/{row['code']}/{number}.jpg"


# Search and category


def search(
    page: Page, rows: Sequence[Row], *, query: str = "", category: str = "", seller: str = ""
) -> str:
    say = page.words
    chips = [
        tag(
            "a",
            name,
            href=page.link(f"/{key}/") if key else page.link("/"),
            aria_current=str(key == category).lower(),
        )
        for key, name in [("", say["all"])]
        + [(key, category_name(key, page.lang)) for key in SITES[page.site].categories]
    ]
    form = tag(
        "form",
        tag(
            "input",
            name="q",
            value=query,
            placeholder=say["placeholder"],
            aria_label=say["placeholder"],
        ),
        tag("button", say["search"]),
        action=page.link("/list"),
        class_="search",
    )
    found = tag("ul", [card(page, row) for row in rows], class_="cards")
    name = category_name(category, page.lang) if category else seller or say["all_adverts"]
    return shell(
        page,
        name,
        form,
        tag("div", chips, class_="chips"),
        tag("h1", name, tag("small", len(rows), class_="quiet"), class_="count"),
        found if rows else tag("p", say["nothing"], class_="empty"),
    )


def card(page: Page, row: Row) -> Markup:
    picture = (
        tag("img", src=photo_address(row, 0), alt="", loading="lazy", width=240, height=180)
        if row["photo_count"]
        else tag("span", class_="no-photo")
    )
    return tag(
        "li",
        tag(
            "a",
            picture,
            tag("strong", row["title"]),
            tag("b", money(row["price"], page)),
            tag("span", f"{row['place']} · {moment(row['posted'])}", class_="quiet"),
            href=address(row, page.base, page.lang),
        ),
    )


# One advert


def listing(page: Page, row: Row, *, archived: bool, phone: bool) -> str:
    say = page.words
    addresses = [photo_address(row, number) for number in range(row["photo_count"])]
    photos = [
        tag(
            "img",
            src=source,
            alt=f"{say['photo']} {number}",
            width=960,
            height=720,
            **marks(page.site, "photo"),
        )
        for number, source in enumerate(addresses, start=1)
    ]
    banner = tag(
        "div", tag("strong", say["archived"]), tag("span", say["archived_more"]), class_="banner"
    )
    facts = tag(
        "section",
        tag("p", f"{say['posted']} {moment(row['posted'])}", class_="quiet"),
        tag("h1", row["title"], **marks(page.site, "title")),
        tag("p", money(row["price"], page), **marks(page.site, "price")),
        tag("p", row["place"], class_="quiet"),
        None if archived else seller_box(page, row, phone=phone),
        tag("p", say["safety"], class_="safety"),
        class_="facts",
    )
    description = tag(
        "section",
        tag("h2", say["description"]),
        tag("p", row["description"], **marks(page.site, "text")),
        tag("p", f"{say['listing_id']}: {row['number']}", class_="quiet"),
        class_="panel",
    )
    return shell(
        page,
        row["title"],
        banner if archived else None,
        tag(
            "article",
            tag("div", photos, class_="photos"),
            facts,
            description,
            class_="advert archived" if archived else "advert",
        ),
        kk_path=address(row, page.base, "kk") if row["site"] != "kaspi" else "",
        ru_path=address(row, page.base, "ru") if row["site"] != "kaspi" else "",
        head=[*shared(row, addresses), embedded(row, addresses)],
    )


def seller_box(page: Page, row: Row, *, phone: bool) -> Markup:
    say = page.words
    number = (
        tag("a", row["phone"], href=f"tel:{row['phone'].replace(' ', '')}", class_="phone")
        if phone
        else tag(
            "a",
            say["show_phone"],
            href="?phone=1",
            class_="button phone",
            data_phone=page.link(f"/api/phone/{row['code']}"),
            rel="nofollow",
        )
    )
    return tag(
        "div",
        tag("span", row["seller"][:1].upper(), class_="avatar"),
        tag(
            "div",
            tag("span", say["seller"], class_="quiet"),
            tag(
                "a",
                tag("strong", row["seller"], **marks(page.site, "seller")),
                href=page.link(account_path(row)),
                **marks(page.site, "account"),
            ),
            tag("span", f"{say['since']} {row['since']}", class_="quiet"),
        ),
        number,
        class_="seller",
    )


def notice(page: Page, name: str) -> str:
    """A page that is not an advert: not found, robot check, no entry."""
    say = page.words
    return shell(
        page,
        say[name],
        tag(
            "section",
            tag("span", "" if name != "challenge" else tag("i", class_="spinner"), class_="sign"),
            tag("h1", say[name]),
            tag("p", say.get(f"{name}_more", ""), class_="quiet"),
            tag("a", say["similar"], href=page.link("/"), class_="button")
            if name == "gone"
            else None,
            class_=f"notice {name}",
        ),
    )


# Seller's pages


def post_form(page: Page, values: dict[str, str], *, again: str = "", mistake: bool = False) -> str:
    say = page.words

    def field(name: str, kind: str = "text", length: int = 120) -> Markup:
        value = values.get(name, "")
        box = tag(
            "input", id=name, name=name, type=kind, value=value, maxlength=length, required=True
        )
        return tag("p", tag("label", say[name], for_=name), box)

    options = [
        tag(
            "option",
            category_name(key, page.lang),
            value=key,
            selected=key == values.get("category"),
        )
        for key in SITES[page.site].categories
    ]
    text = tag(
        "textarea",
        values.get("description", ""),
        id="description",
        name="description",
        rows=6,
        maxlength=4000,
    )
    return shell(
        page,
        say["post"],
        tag("h1", say["again"] if again else say["post"]),
        tag("p", say["missing"], class_="banner", role="alert") if mistake else None,
        tag(
            "form",
            tag("input", type="hidden", name="again", value=again),
            field("title"),
            field("price", "number", 12),
            tag(
                "p",
                tag("label", say["category"], for_="category"),
                tag("select", options, id="category", name="category"),
            ),
            tag("p", tag("label", say["description"], for_="description"), text),
            field("place"),
            field("name"),
            field("phone", "tel", 30),
            tag("button", say["send"]),
            method="post",
            action=page.link("/post"),
            class_="panel form",
        ),
    )


def account(page: Page, sellers: Sequence[Row], chosen: Row | None, rows: Sequence[Row]) -> str:
    say = page.words
    people = [
        tag(
            "a",
            seller["name"],
            href=page.link(f"/account?seller={seller['id']}"),
            aria_current=str(chosen is not None and seller["id"] == chosen["id"]).lower(),
        )
        for seller in sellers
    ]
    return shell(
        page,
        say["account"],
        tag("h1", chosen["name"] if chosen else say["choose_seller"]),
        tag("div", people, class_="chips"),
        tag("p", say["closed"], class_="banner") if chosen and chosen["closed"] else None,
        tag("ul", [own_listing(page, row) for row in rows], class_="rows"),
    )


def own_listing(page: Page, row: Row) -> Markup:
    say = page.words
    status = {"active": "active", "removed": "removed", "archived": "in_archive"}[row["status"]]
    return tag(
        "li",
        tag("img", src=photo_address(row, 0), alt="", width=96, height=72)
        if row["photo_count"]
        else None,
        tag(
            "div",
            tag("a", row["title"], href=address(row, page.base, page.lang)),
            tag("span", f"{money(row['price'], page)} · {moment(row['posted'])}", class_="quiet"),
            tag("span", say[status], class_=f"status {row['status']}"),
        ),
        tag("a", say["again"], href=page.link(f"/post?again={row['code']}"), class_="button"),
    )
