"""One look at one source: every page of it, politely, and of what stands there only what is new."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async

from tereze.core.clock import now
from tereze.disruption.pages import read_page
from tereze.disruption.verification import Asked, Outcome, Seen, look_at
from tereze.watch.actions import web
from tereze.watch.connectors.base import House
from tereze.watch.connectors.feeds import manners
from tereze.watch.connectors.feeds.manners import Answer, TroubleError
from tereze.watch.connectors.feeds.state import PageState, Print, State, short
from tereze.watch.models import Source, WebPlace
from tereze.watch.models.sources import Pictures
from tereze.watch.received import Author, File, Incoming
from tereze.watch.webreading import apart
from tereze.watch.webreading.found import Item, Sheet
from tereze.watch.webreading.pictures import named


MOST_PAGES = 10  # visited in one look
TOGETHER = 100  # messages judged and stored at once
BARRED = {"challenge", "login", "forbidden", "server_error"}


async def sheet_of(
    answer: Answer,
    *,
    zone: str,
    kind: str = "",
    recipe: dict[str, str] | None = None,
    pictures: bool = False,
) -> Sheet:
    """What stands there, read in a process of its own."""
    try:
        return await asyncio.to_thread(
            apart.read,
            answer.body,
            url=answer.url,
            at=now(),
            zone=zone,
            headers=answer.headers,
            encoding=answer.encoding,
            recipe=recipe,
            kind=kind,
            pictures=pictures,
        )
    except apart.UnreadableError:
        raise TroubleError("unreadable") from None
    except apart.WrongRecipeError:
        raise TroubleError("recipe") from None


class Visit:
    def __init__(self, source: Source, place: WebPlace, house: House) -> None:
        self.source, self.place, self.house = source, place, house
        self.state = State.from_text(source.position)
        self.is_first = not self.state.begun
        self.before: set[str] = set()  # prints of what stood on these pages at the last look
        self.present: set[str] = set()  # and at this one
        self.emptied: dict[str, PageState] = {}
        self.sees_pictures = source.pictures != Pictures.LEAVE
        self.is_whole = True  # nothing was left unread
        self.goes_on = False  # and what is new stands where we do not come
        self.skew = 0.0
        self.told_at: datetime | None = None  # what the site itself said the time was

    async def run(self) -> None:
        """Raises TroubleError where nothing could be read; what was read before it is stored."""
        waiting = {self.source.chat_id: ""}  # each with the thread that it belongs to
        visited: set[str] = set()
        while waiting and len(visited) < MOST_PAGES:
            url = next(iter(waiting))
            thread = waiting.pop(url)
            page = await self.page(url, thread)
            visited.add(url)
            threads = {one: one for one in page.threads}
            ahead = threads or {page.next: thread}  # a list goes on after what it lists
            further = {**ahead, **waiting, page.next: thread}
            waiting = {one: of for one, of in further.items() if one and one not in visited}
        self.is_whole = self.is_whole and not waiting
        begun = self.state.pages.get(self.source.chat_id, PageState()).newest
        self.goes_on = page.next in waiting and bool(begun) and page.newest > begun
        await self.close(visited)

    async def page(self, url: str, thread: str) -> PageState:
        """Seen, judged and stored, its validators with it; as it was where nothing changed."""
        known = self.state.pages.get(url, PageState())
        if known.pictures != self.sees_pictures:
            known = PageState()  # there is more to be seen than last time, or less
        self.before |= set(known.ids)
        answer = await manners.get(url, validators=known.validators)
        self.skew = max(self.skew, answer.skew, key=abs)
        self.told_at = now() + timedelta(seconds=answer.skew) if answer.dated else None
        self.is_whole = self.is_whole and not answer.truncated
        digest = hashlib.sha256(answer.body).hexdigest()[:32]
        if answer.unchanged or digest == known.digest:
            self.present |= set(known.ids)
            return known
        sheet = await sheet_of(
            answer,
            zone=self.source.unit.zone,
            kind=self.source.kind,
            recipe=self.place.recipe or None,
            pictures=self.sees_pictures,
        )
        self.insist(sheet, answer)
        items = [placed(item, answer.url, thread) for item in sheet.items]
        page = PageState(
            etag=answer.validators.etag,
            modified=answer.validators.modified,
            digest=digest,
            next=sheet.next,
            threads=list(sheet.threads),
            ids=[short(item.id) for item in items],
            newest=max((item.at for item in items), default=""),
            pictures=self.sees_pictures,
        )
        if known.ids and not page.ids:
            self.emptied[url] = page  # removed, or hidden by a new layout: the whole look tells
            return page
        self.present |= set(page.ids)
        await self.store(url, page, items)
        return page

    def insist(self, sheet: Sheet, answer: Answer) -> None:
        if sheet.what == "other":
            raise TroubleError("no_feed")
        if sheet.empty > len(sheet.items):
            raise TroubleError("layout")
        if not sheet.items and not sheet.threads and (why := barred(self.source.chat_id, answer)):
            raise TroubleError(why)

    async def store(self, url: str, page: PageState, items: Sequence[Item]) -> None:
        at, batch = now(), []
        renamed = self.renamed(url, page)
        state = replace(self.state, pages={**self.state.pages, url: page}, seen={**self.state.seen})
        for item in items:
            name, found = short(item.id), self.print_of(item)
            known = state.known(name)
            state.remember(name, found)
            if known is None:
                same = next((one for one in renamed if found.is_as(one)), None)
                if same is not None:
                    renamed.remove(same)
                    continue
                if self.is_first and self.is_old(item):
                    continue
            elif found.is_as(known):
                continue
            made = incoming(self.source, item, at=at, edited=known is not None)
            batch.append((self.source, replace(made, told_at=self.told_at)))
        state.note_new([item.sent_at for _source, item in batch])
        chunks = [batch[start : start + TOGETHER] for start in range(0, len(batch), TOGETHER)]
        for chunk in chunks[:-1]:
            await self.house.take_in(chunk, {})
        await self.keep(state, chunks[-1] if chunks else [])

    def print_of(self, item: Item) -> Print:
        return Print.of(item.text, [*named(item.pictures)] if self.sees_pictures else None)

    def renamed(self, url: str, page: PageState) -> list[Print]:
        """Words whose name is gone from a feed: some give every entry a new one at each look, and the
        same entries would come to people every ten minutes. On a page they may be written anew."""
        if self.source.kind != "feed":
            return []
        before = self.state.pages.get(url, PageState()).ids
        gone = (self.state.known(name) for name in before if name not in page.ids)
        return [found for found in gone if found]

    async def keep(self, state: State, batch: list[tuple[Source, Incoming]]) -> None:
        """In one transaction: the messages, and that they were read."""
        position = state.to_text()
        await self.house.take_in(batch, {self.source.pk: position})
        self.state, self.source.position = state, position

    def is_old(self, item: Item) -> bool:
        """At the first look: what stood there before we began to look."""
        begun = (self.source.on_since or now()).replace(microsecond=0)
        return not item.at or datetime.fromisoformat(item.at) < begun

    async def close(self, visited: set[str]) -> None:
        missing = self.before - self.present
        had = bool(self.before) or (self.is_first and self.place.found > 0)
        if had and not self.present and self.source.kind == "page":
            asked_for = await sync_to_async(web.requested)(self.source)
            if not missing or missing - {short(name) for name in asked_for}:
                raise TroubleError("layout")
        pages = {url: page for url, page in self.state.pages.items() if url in visited}
        state = replace(self.state, pages={**pages, **self.emptied}, begun=True)
        if state != self.state:
            await self.keep(state, [])
        if missing and self.is_whole and self.source.kind == "page":
            names = await sync_to_async(web.still_open)(self.source)
            gone = [name for name in names if short(name) in missing]
            if gone:
                await self.house.gone(self.source, gone)
                await sync_to_async(web.look_at_requests)(source=self.source, external_ids=gone)


def barred(asked: str, answer: Answer) -> str:
    """A robot check or a log-in page instead of what we came for."""
    seen = Seen(answer.url, 200, answer.headers, read_page(answer.text))
    verdict = look_at(Asked(asked), seen)
    is_barred = verdict.outcome is Outcome.COULD_NOT_LOOK and verdict.why in BARRED
    return verdict.why if is_barred else ""


def placed(item: Item, url: str, thread: str) -> Item:
    """Where it stands, and by what name: sites count the comments of each thread anew."""
    name = f"{short(thread)[:8]}:{item.id}" if thread else item.id
    return replace(item, link=item.link or url, id=name[:300])


def incoming(source: Source, item: Item, *, at: datetime, edited: bool) -> Incoming:
    """As the wall takes it. No clock of theirs may put it into the future."""
    written = min(datetime.fromisoformat(item.at), at) if item.at else at
    changed = min(datetime.fromisoformat(item.edited), at) if item.edited else None
    return Incoming(
        external_id=item.id,
        sent_at=written,
        text=item.text,
        author=author_of(source, item),
        profile=item.author,
        edited_at=(changed or at) if edited else changed,
        link=item.link,
        media="photo" if item.pictures else "",
        pictures=tuple(File(name=name, file=one) for name, one in named(item.pictures).items()),
    )


def author_of(source: Source, item: Item) -> Author | None:
    """Only a name: known again on this site and nowhere else, since anybody may call himself so."""
    if not (item.author or item.author_id):
        return None
    host = urlsplit(source.chat_id).hostname or ""
    return Author(
        id=item.author_id or f"{host}:{item.author}",
        name=item.author,
        username="".join(item.author.split()),
    )
