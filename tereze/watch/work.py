"""Due work of the wall, done by `tereze watch` itself and, when that is down, by any worker."""

from datetime import timedelta

from asgiref.sync import async_to_sync, sync_to_async

from tereze.core import due
from tereze.watch import order
from tereze.watch import picturing as pictures
from tereze.watch.actions import appeals, asking, calling, shifts, summoning, undoing
from tereze.watch.actions import lists as actions
from tereze.watch.actions.deciding import decide_all
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import BusyError, ServiceError
from tereze.watch.connectors.matrix import lists
from tereze.watch.connectors.matrix.client import Client
from tereze.watch.connectors.matrix.rooms import Rooms
from tereze.watch.models import (
    Act,
    Appeal,
    Backtest,
    Call,
    ChatRequest,
    HandOver,
    Message,
    MessagePicture,
    Notice,
    PolicyList,
    RuleDraft,
    Source,
    Summons,
)
from tereze.watch.models.lists import Way
from tereze.watch.workshop import backtest, shadow


LANE = "wall"
# whoever takes up what a crash left may be killed as well, and the advert stands meanwhile; an act that
# takes longer looks whether it is still ours before it calls the service
LEASE = timedelta(seconds=30)


@due.handler(Message, lane=LANE, lease=LEASE)
def decide_what_was_left(message: Message) -> None:
    """A message stored and then left undecided by a crash, or one that could not be sealed."""
    for act in decide_all([message.pk]):
        carry_out_due(act)


@due.handler(Act, lane=LANE, lease=LEASE)
def carry_out_due(act: Act) -> None:
    if undoing.is_over(act):
        undoing.end(act=act)
    else:
        async_to_sync(with_hands)(act)


@due.handler(Call, lane=LANE)
def call_the_chief(call: Call) -> None:
    calling.nobody_came(call=call)


@due.handler(Summons, lane="calls")
def tell_somebody_they_are_called(row: Summons) -> None:
    """In a lane of its own: a mail server that hangs holds up no deletion."""
    summoning.send(row)


@due.handler(HandOver, lane=LANE)
def a_shift_nobody_took(offer: HandOver) -> None:
    shifts.nobody_took(offer=offer)


@due.handler(Appeal, lane=LANE)
def an_appeal_is_overdue(appeal: Appeal) -> None:
    appeals.nobody_answered(appeal=appeal)


@due.handler(ChatRequest, lane=LANE)
def time_passed_without_an_answer(request: ChatRequest) -> None:
    asking.time_passed(request=request)


@due.handler(MessagePicture, lane="pictures", lease=timedelta(minutes=3))
def read_picture(picture: MessagePicture) -> None:
    """Fetched, kept, read, judged; and what follows is carried out. Alone in its lane: it takes
    seconds, and nothing else waits for it."""
    for act in decide_all(pictures.read(picture)):
        carry_out_due(act)


@due.handler(Notice, lane=LANE)
def tell_due(notice: Notice) -> None:
    async_to_sync(with_hands)(notice)


@due.handler(Backtest, lane="workshop", lease=backtest.LEASE)
def try_on_history(row: Backtest) -> None:
    backtest.run(row)


@due.handler(RuleDraft, lane="shadow")
def look_in_shadow(draft: RuleDraft) -> None:
    shadow.look(draft)


@due.handler(PolicyList, lane="lists")
def compare_list(found: PolicyList) -> None:
    try:
        rules = async_to_sync(compared)(found)
    except ServiceError as error:
        wait = timedelta(seconds=error.seconds) if isinstance(error, BusyError) else None
        again_in = wait or due.pause(found.attempts)
        actions.note_trouble(found=found, trouble=str(error), again_in=again_in)
    else:
        actions.note_rules(found=found, rules=rules)


async def compared(found: PolicyList) -> list[lists.Rule]:
    """Ours is made to say what stands here; either is read as it is now."""
    client = Client(found.server, found.token)
    try:
        if found.way == Way.OWN:
            wanted = await sync_to_async(actions.standing_bans)(found.unit_id)
            await lists.publish(client, found.room, wanted)
        ours = [await Rooms(client).own_id()]
        return lists.rules(await lists.read(client, found.room), ours)
    finally:
        await client.close()


async def with_hands(row: Act | Notice) -> None:
    source = await Source.objects.aget(pk=row.source_id)
    hands = CONNECTORS[source.kind].hands(source)
    try:
        if isinstance(row, Act):
            await order.carry_out(row, hands)
        else:
            await order.tell(row, hands)
    finally:
        await hands.close()
