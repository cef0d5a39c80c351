"""Where the comments of an unknown page are: what it says itself, then what sites usually write."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborNode

from tereze.watch.webreading.found import Sheet
from tereze.watch.webreading.pages import Page, split


NEXT = "a[rel~=next]@href"
MICRODATA = {
    "comment": "[itemtype*='schema.org/Comment'], [itemtype*='schema.org/UserComments'], [itemtype*='schema.org/Answer']",
    "text": "[itemprop=text], [itemprop=commentText]",
    "author": "[itemprop=author], [itemprop=creator]",
    "time": "[itemprop=dateCreated]@datetime",
    "link": "[itemprop=url]@href",
    "next": NEXT,
}
# engines of sites and forums that are usual here
KNOWN: tuple[dict[str, str], ...] = (
    {  # WordPress
        "comment": ".comment-list .comment, .commentlist .comment",
        "text": ".comment-content, .comment-body > p",
        "author": ".comment-author .fn, .fn",
        "time": "time@datetime",
        "link": ".comment-metadata a@href",
        "next": ".comment-navigation .nav-next a@href",
    },
    {  # phpBB
        "comment": ".post[id]",
        "text": ".postbody .content",
        "author": ".postprofile .username, .postprofile .username-coloured",
        "time": ".author time@datetime",
        "link": ".author a@href",
        "next": ".pagination .next a@href",
    },
    {  # XenForo
        "comment": "article.message",
        "text": ".message-body .bbWrapper",
        "author": ".message-name",
        "time": "time@datetime",
        "id": "@data-content",
        "next": "a.pageNav-jump--next@href",
    },
    {  # Discourse, as it is served without scripts
        "comment": ".topic-body.crawler-post",
        "text": ".post",
        "author": ".creator a",
        "time": ".post-time@datetime",
        "next": NEXT,
    },
    {  # DataLife Engine
        "comment": ".comment[id^=comment-id], div[id^=comment-id]",
        "text": "[id^=comm-id], .comm-text, .text",
        "author": ".comm-author, .name, .nick",
        "time": ".comm-date, .date",
        "next": ".navigation .next a@href",
    },
    {  # uCoz
        "comment": ".entryBlock, [id^=comEnt]",
        "text": ".cMessage, .uMessage",
        "author": ".cTop b, .uName",
        "time": ".cDate, .uDate",
        "next": NEXT,
    },
    {  # vBulletin 3 and 4
        "comment": "li.postcontainer, table[id^=post]",
        "text": "[id^=post_message_]",
        "author": ".username, .bigusername",
        "time": ".postdate, .thead",
        "next": "a[rel=next]@href",
    },
    {  # vBulletin 5
        "comment": "li.b-post",
        "text": ".b-post__content .js-post__content-text",
        "author": ".author",
        "time": "time@datetime",
        "next": "a[rel=next]@href",
    },
    {  # Invision Community
        "comment": "article.ipsComment",
        "text": "[data-role=commentContent]",
        "author": ".cAuthorPane_author, .ipsComment_author .ipsType_break",
        "time": "time@datetime",
        "next": ".ipsPagination_next a@href",
    },
    {  # Discuz
        "comment": "table[id^=pid]",
        "text": ".t_f",
        "author": ".authi a.xw1",
        "time": ".pti .authi",
        "next": ".pg a.nxt@href",
    },
    {  # a public channel of Telegram: t.me/s/name
        "comment": ".tgme_widget_message[data-post]",
        "text": ".tgme_widget_message_text",
        "author": ".tgme_widget_message_owner_name",
        "time": ".tgme_widget_message_date time@datetime",
        "link": ".tgme_widget_message_date@href",
        "id": "@data-post",
    },
)
TELLING = re.compile(r"comment|koment|comm-|review|reply|answer|otzyv|opinion|feedback|pikir|пікір|post|message", re.IGNORECASE)  # fmt: skip
WHOLE = re.compile(r"list|wrap|block|form|count|section|area|container|title|head|link|btn|button|reply-|-reply", re.IGNORECASE)  # fmt: skip
TEXT = "[class*=text], [class*=content], [class*=body], [class*=message], [itemprop=text], p"
PARTS = {
    "author": "[class*=author], [class*=user], [class*=name], [class*=nick], [itemprop=author], cite",
    "time": "[class*=date], [class*=time], [class*=when], [itemprop=dateCreated]",
}
MOST_CLASSES = 40
FEWEST = 2  # of a kind; one alone may be anything


def guess(page: Page) -> Sheet:
    """The page as the best recipe reads it; without items where none fits."""
    sheets = [page.read(recipe) for recipe in ({"way": "json-ld"}, MICRODATA, *KNOWN)]
    best = max(sheets, key=worth)
    if worth(best) < FEWEST:
        best = max([best, *map(page.read, repeated(page))], key=worth)
    if worth(best) <= 0:
        return Sheet(what="page", title=page.title, feeds=page.feeds())
    return page.read(sparing(page, best.recipe))


def worth(sheet: Sheet) -> float:
    """Comments with words; author and time tell a comment from a menu."""
    if not sheet.items or sheet.empty > len(sheet.items):
        return 0
    told = sum((bool(item.author) + bool(item.at)) / 2 for item in sheet.items)
    return told + 0.1 * len(sheet.items) if told else 0


def repeated(page: Page) -> Iterator[dict[str, str]]:
    """Classes that repeat and speak of comments, with whatever inside them looks like the parts."""
    counts: Counter[str] = Counter()
    for node in page.tree.css("[class]"):
        for name in set((node.attributes.get("class") or "").split()):
            if TELLING.search(name) and not WHOLE.search(name) and is_plain(name):
                counts[f"{node.tag}.{name}"] += 1
    for selector, count in counts.most_common(MOST_CLASSES):
        if count < FEWEST:
            break
        first = page.tree.css_first(selector)
        if first is not None:
            yield {"comment": selector, **parts(first), "next": NEXT}


def parts(node: LexborNode) -> dict[str, str]:
    found = {name: chosen(node, selector) for name, selector in PARTS.items()}
    if node.css_first("time[datetime]") is not None:
        found["time"] = "time@datetime"
    found["text"] = chosen(node, TEXT, without=split(found["time"])[0])
    anchor = next((a for a in node.css("a[href*='#']") if "com" in (a.attributes.get("href") or "")), None)  # fmt: skip
    if anchor is not None:
        found["link"] = "a[href*='#']@href"
    return {name: selector for name, selector in found.items() if selector}


def chosen(node: LexborNode, selector: str, without: str = "") -> str:
    """The first that fits, named as narrowly as its class allows. Words in which the moment stands
    would be others at each look: «5 минут назад»."""
    fitting = [one for one in node.css(selector) if (one.text(deep=True) or "").strip()]
    bare = (one for one in fitting if not (without and one.css_first(without)))
    found = next(bare, fitting[0] if fitting else None)
    if found is None or found.mem_id == node.mem_id:
        return ""
    names = [n for n in (found.attributes.get("class") or "").split() if is_plain(n)]
    return f".{names[0]}" if names else str(found.tag)


def is_plain(name: str) -> bool:
    """A class that can stand in a selector as it is, and is no number of one comment."""
    return re.fullmatch(r"[A-Za-z_][\w-]*", name) is not None and not re.search(r"\d{2}", name)


def sparing(page: Page, recipe: Mapping[str, str]) -> dict[str, str]:
    """Of several selectors only those that find something here: what is shown is then read."""
    kept = {}
    for field, selector in recipe.items():
        alternatives = selector.split(", ")
        bare = {one: split(one)[0] for one in alternatives}  # of `@name` nothing, and it stays
        working = [one for one in alternatives if bare[one] and page.tree.css_first(bare[one])]
        kept[field] = ", ".join(working) if field != "way" and working else selector
    return kept
