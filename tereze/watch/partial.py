"""Our own look at a comment that was asked to be removed: its page stays, its words should not, nor
should the pictures in which they stood.

The room of requests asks for it whenever a look is due; it asks for the page as politely as the
watching does.
"""

import re

from asgiref.sync import async_to_sync, sync_to_async

from tereze.core.outgoing import outside_transaction
from tereze.disruption.models import Request
from tereze.disruption.pages import read_page
from tereze.disruption.verification import Outcome, Verdict, could_not
from tereze.watch.actions import pictures as actions
from tereze.watch.connectors.feeds import manners
from tereze.watch.connectors.feeds.manners import TroubleError
from tereze.watch.connectors.feeds.visiting import MOST_PAGES, sheet_of
from tereze.watch.models import Message, WebPlace
from tereze.watch.webreading.pictures import named


LETTERS = 60  # of a comment, by which it is known
ADDRESS = re.compile(r"https?://\S+")  # stands behind a link's words, not on the page itself
GONE = {"page_gone": "not_found"}
WHY = {"robots": "robots", "robots_unreachable": "robots", "layout": "empty", "private": "refused"}


def look(request: Request) -> Verdict | None:
    """Nothing where the request is about no comment of a watched page."""
    keys = request.links.filter(kind="message").values_list("key", flat=True)
    messages = Message.objects.filter(public_id__in=list(keys), source__web__isnull=False)
    wanted = [row for row in messages.select_related("source__unit") if is_part(row)]
    if not wanted:
        return None
    outside_transaction()
    verdicts = [async_to_sync(look_at)(row) for row in wanted]
    for outcome in (Outcome.THERE, Outcome.COULD_NOT_LOOK, Outcome.GONE):
        found = next((one for one in verdicts if one.outcome is outcome), None)
        if found is not None:
            return found
    return None


def is_part(message: Message) -> bool:
    """An article has a page of its own, which is looked at like any other."""
    return message.source.kind == "page" or "#" in str((message.text or {}).get("link", ""))


async def look_at(message: Message) -> Verdict:
    wanted, pictures = words_of(message), await sync_to_async(names_of_wrong)(message)
    place = await WebPlace.objects.aget(source=message.source_id)
    url = str((message.text or {}).get("link") or message.source.chat_id).partition("#")[0]
    seen: set[str] = set()
    try:
        while url and url not in seen and len(seen) < MOST_PAGES:
            seen.add(url)
            answer = await manners.get(url)
            text = answer.body.decode(answer.encoding, "replace")
            if wanted and wanted in letters(read_page(text).text):
                return Verdict(Outcome.THERE, "comment", "200")
            recipe = place.recipe or None
            kind = "page" if message.source.kind == "page" else ""
            sheet = await sheet_of(
                answer,
                zone=message.source.unit.zone,
                kind=kind,
                recipe=recipe,
                pictures=bool(pictures),
            )
            if any(pictures & named(item.pictures).keys() for item in sheet.items):
                return Verdict(Outcome.THERE, "comment", "200")
            url = sheet.next
    except TroubleError as error:
        if error.reason in GONE:
            return Verdict(Outcome.GONE, GONE[error.reason], "404")
        return could_not(WHY.get(error.reason, error.reason), "")
    return Verdict(Outcome.GONE, "comment_gone", "200")


def names_of_wrong(message: Message) -> set[str]:
    return {picture.name for picture in actions.wrong_in(message)}


def words_of(message: Message) -> str:
    text = message.own_text
    return (letters(max(ADDRESS.split(text), key=len)) or letters(text))[:LETTERS]


def letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
