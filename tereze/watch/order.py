"""The order that is never broken: sealed copy, act, look, tell. The one place that acts.

Nothing else in the house calls a connector's hands. Each step is read from the rows and written
to the rows, so whoever comes next (this process, another one, after a crash) goes on from there.
"""

from dataclasses import dataclass
from datetime import timedelta

from asgiref.sync import sync_to_async

from tereze.watch.actions import acting, telling
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


@dataclass(frozen=True)
class Outcome:
    """What came of trying: a new state, or a time to try again."""

    state: str = ""
    result: str = ""
    again_in: timedelta | None = None
    blind: str = ""


async def carry_out(act: Act, hands: Hands) -> None:
    """Act and look, as far as the act has not got there yet."""
    if act.state == ActState.WAITING:
        if not await sync_to_async(acting.ready)(act):
            return
        outcome = await attempt(act, hands)
        act = await sync_to_async(acting.note_act)(act=act, outcome=outcome)
    if act.state == ActState.DONE and act.look == Look.NONE:
        look, again_in = await look_again(act, hands)
        await sync_to_async(acting.note_look)(act=act, look=look, again_in=again_in)


async def attempt(act: Act, hands: Hands) -> Outcome:
    try:
        result = await use(hands, act)
    except NotThereError as error:
        return Outcome(ActState.GONE, str(error))
    except RefusedError as error:
        return Outcome(ActState.FAILED, str(error))
    except NoRightsError as error:
        return Outcome(again_in=timedelta(minutes=1), result=str(error), blind=str(error))
    except BusyError as error:
        return Outcome(again_in=timedelta(seconds=error.seconds), result=str(error))
    except ServiceError as error:
        return Outcome(again_in=acting.pause(act), result=str(error))
    return Outcome(ActState.DONE, result)


async def use(hands: Hands, act: Act) -> str:
    target = Target(**act.target)
    match act.kind:
        case ActKind.DELETE:
            await hands.delete(target)
        case ActKind.RESTRICT:
            await hands.restrict(target, act.until)
        case ActKind.BAN:
            await hands.ban(target, act.until)
        case ActKind.UNRESTRICT:
            await hands.unrestrict(target)
        case ActKind.UNBAN:
            await hands.unban(target)
        case ActKind.REPOST:
            return await hands.post(await sync_to_async(acting.sealed_words)(act))
    return ""


async def look_again(act: Act, hands: Hands) -> tuple[str, timedelta | None]:
    """What the service lets us know. Not being answered is no answer: it is asked again."""
    try:
        confirmed = await hands.look(act.kind, Target(**act.target))
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
    try:
        external_id = await hands.post(text)
    except BusyError as error:
        await not_told(notice, error, timedelta(seconds=error.seconds))
    except (RefusedError, NotThereError) as error:
        await not_told(notice, error, None)
    except ServiceError as error:
        await not_told(notice, error, telling.pause(notice))
    else:
        await sync_to_async(telling.note_sent)(notice=notice, external_id=external_id)


async def not_told(notice: Notice, error: ServiceError, again_in: timedelta | None) -> None:
    await sync_to_async(telling.note_not_sent)(notice=notice, reason=str(error), again_in=again_in)


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
