"""Our own look at a comment that was asked to be removed: its page stays, its words should not, nor
should the pictures in which they stood. Gone is only what a page that we can read does not show.

The room of requests asks for it whenever a look is due; it asks for the page as politely as the
watching does.
"""

import re
from datetime import datetime

from asgiref.sync import async_to_sync, sync_to_async

from tereze.core.outgoing import outside_transaction
from tereze.disruption.models import Request
from tereze.disruption.pages import read_page
from tereze.disruption.verification import Outcome, Verdict, could_not, decide
from tereze.watch.actions import pictures as actions
from tereze.watch.actions import web
from tereze.watch.connectors.feeds import manners
from tereze.watch.connectors.feeds.manners import Answer, TroubleError
from tereze.watch.connectors.feeds.state import PageState, State, short
from tereze.watch.connectors.feeds.visiting import MOST_PAGES, barred, sheet_of
from tereze.watch.models import Message
from tereze.watch.webreading.found import Item, Sheet
from tereze.watch.webreading.pictures import named


LETTERS = 60  # of a comment, by which it is known
TELLING = 20  # letters that stand nowhere else on a page by chance, as those of a menu do
ADDRESS = re.compile(r"https?://\S+")  # stands behind a link's words, not on the page itself
GONE = {"page_gone": "not_found"}
WHY = {
    "robots_unreachable": "robots",
    "private": "refused",
    "status": "odd_status",
    "recipe": "unreadable",
}


def look(request: Request) -> Verdict | None:
    """Nothing where the request is about no comment of a watched page."""
    keys = request.links.filter(kind="message").values_list("key", flat=True)
    messages = Message.objects.filter(public_id__in=list(keys), source__web__isnull=False)
    wanted = [row for row in messages.select_related("source__unit", "source__web") if is_part(row)]
    if not wanted:
        return None
    outside_transaction()
    return decide([async_to_sync(look_at)(row) for row in wanted])


def is_part(message: Message) -> bool:
    """An article has a page of its own, which is looked at like any other."""
    link = link_of(message)
    return message.source.kind == "page" or link == message.source.chat_id or "#" in link


def link_of(message: Message) -> str:
    return str((message.text or {}).get("link") or message.source.chat_id)


async def look_at(message: Message) -> Verdict:
    """Where it stood; then from the beginning, since it moves forward when others are removed."""
    sought = await sync_to_async(Sought)(message)
    verdict = await sought.from_page(sought.link)
    if verdict.outcome is Outcome.GONE:
        verdict = decide([verdict, await sought.from_page(sought.beginning)])
    if verdict.why == "comment_gone" and not (sought.is_read or sought.stood_alone):
        return could_not("unreadable", "200")  # nothing where there were comments
    return verdict


class Sought:
    """A comment that is looked for from page to page."""

    def __init__(self, message: Message) -> None:
        self.message, self.source = message, message.source
        self.name = message.external_id
        self.words = words_of(message.own_text)
        self.pictures = {picture.name for picture in actions.wrong_in(message)}
        self.seen: set[str] = set()
        self.is_read = False  # something stood there beside which it would have stood
        self.link = link_of(message).partition("#")[0]
        pages = State.from_text(self.source.position).pages
        threads = [one for page in pages.values() for one in page.threads]
        of_it = (one for one in threads if self.name.startswith(f"{short(one)[:8]}:"))
        self.beginning = next(of_it, "" if threads else self.source.chat_id)
        self.stood_alone = self.has_none_beside(pages)

    def has_none_beside(self, pages: dict[str, PageState]) -> bool:
        """As the page was last read, what we asked to be removed left out."""
        places, name = {self.link, self.beginning}, short(self.name)
        own = [page for url, page in pages.items() if url in places or name in page.ids]
        asked_for = {name, *map(short, web.requested(self.source))}
        return bool(own) and all(asked_for.issuperset(page.ids) for page in own)

    async def from_page(self, url: str) -> Verdict:
        while url and url not in self.seen:
            if len(self.seen) == MOST_PAGES:
                return could_not("unreadable", "")
            self.seen.add(url)
            try:
                answer = await manners.get(url)
                sheet = await self.sheet(answer)
            except TroubleError as error:
                if error.reason in GONE:
                    return Verdict(Outcome.GONE, GONE[error.reason], "404")
                return could_not(WHY.get(error.reason, error.reason), "")
            if self.stands_in(sheet, answer):
                return Verdict(Outcome.THERE, "comment", "200")
            if answer.truncated:
                return could_not("unreadable", "200")
            if not sheet.items and (why := barred(url, answer)):
                return could_not(why, "200")
            self.is_read = self.is_read or self.would_stand_in(sheet)
            url = sheet.next
        return Verdict(Outcome.GONE, "comment_gone", "200")

    async def sheet(self, answer: Answer) -> Sheet:
        return await sheet_of(
            answer,
            zone=self.source.unit.zone,
            kind="page" if self.source.kind == "page" else "",
            recipe=self.source.web.recipe or None,
            pictures=bool(self.pictures),
        )

    def stands_in(self, sheet: Sheet, answer: Answer) -> bool:
        if any(self.is_it(item) for item in sheet.items):
            return True
        return len(self.words) >= TELLING and self.words in letters(read_page(answer.text).text)

    def is_it(self, item: Item) -> bool:
        if self.pictures & named(item.pictures).keys():
            return True
        if not self.words:
            return bool(item.text) and item.text == self.message.own_text
        is_named = self.name.endswith(item.id) and self.words in letters(item.text)
        return is_named or self.words == words_of(item.text)

    def would_stand_in(self, sheet: Sheet) -> bool:
        """A feed holds the newest: it tells nothing about what is older than all of it."""
        if sheet.what == "page":
            return bool(sheet.items)
        moments = [datetime.fromisoformat(item.at) for item in sheet.items if item.at]
        return any(at < self.message.sent_at for at in moments)


def words_of(text: str) -> str:
    return (letters(max(ADDRESS.split(text), key=len)) or letters(text))[:LETTERS]


def letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
