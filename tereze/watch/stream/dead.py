"""What workers gave up: kept for a person, who puts it back when the cause is gone."""

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from tereze.watch.stream.cluster import DEAD, STREAM, SUBJECT


async def put_back(js: JetStreamContext) -> int:
    """First in the stream, then no longer here. Under a new name: the old one counts as a repeat."""
    state, number = (await js.stream_info(DEAD)).state, 0
    for place in range(state.first_seq, state.last_seq + 1):
        try:
            found = await js.get_msg(DEAD, place)
        except NotFoundError:
            continue
        name = (found.headers or {}).get("Nats-Msg-Id", str(place))
        headers = {"Nats-Msg-Id": f"{name}:{place}"}
        await js.publish(SUBJECT, found.data or b"", stream=STREAM, headers=headers)
        await js.delete_msg(DEAD, place)
        number += 1
    return number
