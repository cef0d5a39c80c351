"""Due work of the wall, done by `tereze watch` itself and, when that is down, by any worker."""

from asgiref.sync import async_to_sync

from tereze.core import due
from tereze.watch import order
from tereze.watch.actions import appeals, calling, undoing
from tereze.watch.actions.deciding import decide_all
from tereze.watch.connectors import CONNECTORS
from tereze.watch.models import Act, Appeal, Call, Message, Notice, Source


LANE = "wall"


@due.handler(Message, lane=LANE)
def decide_what_was_left(message: Message) -> None:
    """A message stored and then left undecided by a crash, or one that could not be sealed."""
    for act in decide_all([message.pk]):
        carry_out_due(act)


@due.handler(Act, lane=LANE)
def carry_out_due(act: Act) -> None:
    if undoing.is_over(act):
        undoing.end(act=act)
    else:
        async_to_sync(with_hands)(act)


@due.handler(Call, lane=LANE)
def call_the_chief(call: Call) -> None:
    calling.nobody_came(call=call)


@due.handler(Appeal, lane=LANE)
def an_appeal_is_overdue(appeal: Appeal) -> None:
    appeals.nobody_answered(appeal=appeal)


@due.handler(Notice, lane=LANE)
def tell_due(notice: Notice) -> None:
    async_to_sync(with_hands)(notice)


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
