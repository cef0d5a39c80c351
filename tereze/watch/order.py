"""The order that is never broken: sealed copy, act, look, tell. The one place that acts.

Nothing else in the house calls a connector's hands. Each step is read from the rows and written
to the rows, so whoever comes next (this process, another one, after a crash) goes on from there.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

from asgiref.sync import sync_to_async

from tereze.core.clock import now
from tereze.watch.actions import acting, pacing, pictures, telling, undoing
from tereze.watch.actions.acting import Permit, Result
from tereze.watch.connectors.base import (
    BusyError,
    Hands,
    NoRightsError,
    NotThereError,
    RefusedError,
    ServiceError,
    Target,
)
from tereze.watch.models import Act, Notice
from tereze.watch.models.decisions import ActKind, ActState, Look, NoticeState
from tereze.watch.pictures import MOST_BYTES


FETCH = 0.5  # seconds for all pictures of a message, which stands in the chat as long
FINAL = (NotThereError, RefusedError)


async def carry_out(act: Act, hands: Hands) -> None:
    """Act, look and write it down."""
    for permit in await sync_to_async(acting.permits)([act]):
        result = await look_after(await do(permit, hands), hands)
        await sync_to_async(acting.note)(results=[result])


async def do(permit: Permit, hands: Hands) -> Result:
    """The act itself, unless it is done already. Repeating it after a crash harms nothing."""
    act = permit.act
    if act.state == ActState.WAITING:
        if act.is_end and await has_ended(act, hands):
            return Result(act=act, state=ActState.DONE, words="by_itself", look=Look.VERIFIED)
        if permit.lacks_pictures:
            await copy_pictures(act, hands)
        return await attempt(act, hands)
    return Result(act=act, state=act.state)


async def look_after(result: Result, hands: Hands) -> Result:
    act = result.act
    if result.state != ActState.DONE or act.look != Look.NONE or result.look:
        return result
    look, again_in = await look_again(act, hands, posted=result.words or act.result)
    return replace(result, look=look, look_again_in=again_in)


async def attempt(act: Act, hands: Hands) -> Result:
    if not acting.is_leased(act):  # no deletion waits for the thread of the rows to be free
        await sync_to_async(acting.hold_on)(act)
    try:
        words = await use(hands, act)
    except NotThereError as error:
        return Result(act=act, state=ActState.GONE, words=str(error))
    except RefusedError as error:
        return Result(act=act, state=ActState.FAILED, words=str(error))
    except BusyError as error:
        again_in = timedelta(seconds=error.seconds)
        return Result(act=act, again_in=again_in, words=str(error), told_to_wait=True)
    except NoRightsError as error:
        again_in = acting.pause(act)
        return Result(act=act, again_in=again_in, words=str(error), lacks_right=True)
    except ServiceError as error:
        return Result(act=act, again_in=acting.pause(act), words=str(error))
    return Result(act=act, state=ActState.DONE, words=words)


async def copy_pictures(act: Act, hands: Hands) -> None:
    """Its pictures, too, are sealed before anything is done: the file where it comes at once, else
    by what name the service has it and why there is no file. An advert does not stand longer for
    it; the file is fetched afterwards and sealed when it comes."""
    end = asyncio.get_running_loop().time() + FETCH
    for picture in await sync_to_async(pictures.unsealed)(act):
        why = ""
        if not picture.kept:
            try:
                async with asyncio.timeout_at(end):
                    data = await hands.fetch(picture.file, MOST_BYTES)
            except TimeoutError:
                why = "slow"
            except ServiceError as error:
                why = str(error) if isinstance(error, FINAL) else "network"
            else:
                await sync_to_async(pictures.keep)(picture, data)
        await sync_to_async(pictures.seal_missing)(picture=picture, why=why)


async def has_ended(act: Act, hands: Hands) -> bool:
    """A service that keeps time itself has lifted it already. What it does not tell, we lift."""
    try:
        return await hands.look(act.kind, Target(**act.target))
    except ServiceError:
        return False


async def use(hands: Hands, act: Act) -> str:
    target = Target(**act.target)
    match act.kind:
        case ActKind.DELETE:
            await hands.delete(target)
        case ActKind.RESTRICT:
            await hands.restrict(target, await sync_to_async(undoing.held_until)(act))
        case ActKind.BAN:
            await hands.ban(target, await sync_to_async(undoing.held_until)(act))
        case ActKind.UNRESTRICT:
            await hands.unrestrict(target)
        case ActKind.UNBAN:
            await hands.unban(target)
        case ActKind.REPOST:
            words = await sync_to_async(acting.sealed_words)(act)
            return await post(act, words, hands)
    return ""


async def post(row: Act | Notice, text: str, hands: Hands) -> str:
    """In this chat's turn; what the service says of waiting holds for whatever else is posted there."""
    if seconds := await sync_to_async(pacing.turn)(row.source_id):
        raise BusyError(seconds)
    try:
        return await hands.post(text)
    except BusyError as error:
        await sync_to_async(pacing.told_to_wait)(row.source_id, error.seconds)
        raise


async def look_again(act: Act, hands: Hands, *, posted: str) -> tuple[str, timedelta | None]:
    """What the service lets us know. Not being answered is no answer: it is asked again."""
    target = Target(message=posted) if act.kind == ActKind.REPOST else Target(**act.target)
    try:
        confirmed = await hands.look(act.kind, target)
    except NotThereError:
        return Look.NOT_FOUND, None
    except RefusedError:
        return Look.UNKNOWN, None
    except BusyError as error:
        return Look.NONE, timedelta(seconds=error.seconds)
    except ServiceError:
        return Look.NONE, acting.pause(act)
    return (Look.VERIFIED if confirmed else Look.CONTRADICTED), None


async def tell(notice: Notice, hands: Hands) -> None:
    """Post the notice, or take it away again at the end of its time."""
    if notice.state == NoticeState.SENT:
        await take_away(notice, hands)
        return
    text = await sync_to_async(telling.close_gathering)(notice=notice)
    if not text:
        return
    if notice.lease_until is not None and now() >= notice.lease_until:
        raise acting.NotOursError(f"notice {notice.pk}")
    try:
        external_id = await post(notice, text, hands)
    except BusyError as error:
        await not_told(notice, error, timedelta(seconds=error.seconds))
    except (RefusedError, NotThereError) as error:
        await not_told(notice, error, None)
    except ServiceError as error:
        await not_told(notice, error, telling.pause(notice))
    else:
        await sync_to_async(telling.note_sent)(notice=notice, external_id=external_id)


async def not_told(notice: Notice, error: ServiceError, again_in: timedelta | None) -> None:
    await sync_to_async(telling.note_not_sent)(
        notice=notice,
        reason=str(error),
        again_in=again_in,
        told_to_wait=isinstance(error, BusyError),
    )


async def take_away(notice: Notice, hands: Hands) -> None:
    again_in, reason = None, ""
    try:
        await hands.delete(Target(message=notice.external_id))
    except NotThereError:
        reason = "gone"
    except RefusedError as error:
        reason = str(error)
    except BusyError as error:
        again_in, reason = timedelta(seconds=error.seconds), str(error)
    except ServiceError as error:
        again_in, reason = telling.pause(notice), str(error)
    await sync_to_async(telling.note_removed)(notice=notice, again_in=again_in, reason=reason)
