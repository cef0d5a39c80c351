"""The words of a piece of HTML as a reader sees them, and where its links lead."""

import re
from collections.abc import Collection
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tereze.core.html_body import BLOCKS


UNSEEN = {"script", "style", "noscript", "template", "svg", "iframe", "form", "button", "select"}
BREAKS = BLOCKS | {"td", "summary"}
CALLS = re.compile(r"(?:tel|sms|smsto|whatsapp|tg|viber):", re.IGNORECASE)
SESSION = re.compile(r"(?:sid|s|phpsessid|jsessionid)=[0-9a-z]{16,}", re.IGNORECASE)
LONGEST_CALL = 300
MOST_NODES = 20_000  # of one comment


def words_of(node: LexborNode, base: str = "", leave: Collection[int] = ()) -> str:
    """Line by line. Links whose address is not what stands there are followed by it: the address
    is what a victim would open. `leave`: nodes (`mem_id`) that are not part of it."""
    found: list[str] = []
    stack: list[LexborNode | str] = [node]
    count = 0
    while stack and count < MOST_NODES:
        here = stack.pop()
        count += 1
        if isinstance(here, str):
            found.append(here)
            continue
        tag = here.tag or ""
        if tag == "-text":
            found.append(" ".join(here.text_content.split("\n")) if here.text_content else "")
            continue
        if tag in UNSEEN or here.mem_id in leave:
            continue
        if tag == "img":
            found.append(here.attributes.get("alt") or "")
        after = "\n" if tag in BREAKS else address(here, base) if tag == "a" else ""
        if tag in BREAKS:
            found.append("\n")
        if after:
            stack.append(after)
        stack.extend(reversed(list(here.iter(include_text=True))))
    lines = (" ".join(line.split()) for line in "".join(found).split("\n"))
    return "\n".join(line for line in lines if line)


def address(link: LexborNode, base: str) -> str:
    href = (link.attributes.get("href") or "").strip()
    if CALLS.match(href):
        return f" {href[:LONGEST_CALL]} "
    target = link_of(href, base)
    if not target or same_host(target, base):
        return ""
    shown = (link.text(deep=True) or "").strip().rstrip("/")
    bare = target.partition("://")[2].rstrip("/")
    return "" if shown and shown in {bare, target.rstrip("/")} else f" {target} "


def link_of(href: str, base: str) -> str:
    """An address that can be opened; empty for scripts, mail and nonsense."""
    try:
        found = urljoin(base, href.strip())
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if href.strip() and parts.scheme in {"http", "https"} and parts.netloc else ""


def lasting(url: str) -> str:
    """Without the session that forums write into every link of who comes without cookies: with it
    each look would find other threads and other authors."""
    parts = urlsplit(url)
    kept = (one for one in parts.query.split("&") if not SESSION.fullmatch(one))
    return parts._replace(query="&".join(kept)).geturl()


def same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc.lower() == urlsplit(other).netloc.lower()


def plain(html: str, base: str = "") -> str:
    """The words of a fragment, as feeds carry them."""
    if "<" not in html and "&" not in html:
        return "\n".join(" ".join(line.split()) for line in html.splitlines()).strip()
    body = LexborHTMLParser(html).body
    return words_of(body, base) if body is not None else ""
