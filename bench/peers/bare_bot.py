"""The least that a bot can do in a Matrix room: read on, and redact what has a stem in it.

    python bench/peers/bare_bot.py SERVER TOKEN STEM…

Nothing is judged, sealed, written down, looked at or told. What it takes is the server's own time.
`bench/wall.py --bare` starts it, and it says when it reads.
"""

import asyncio
import itertools
import sys
from urllib.parse import quote

import httpx


FILTER = '{"room": {"timeline": {"types": ["m.room.message"], "limit": 100}}}'


async def main() -> None:
    server, token, *stems = sys.argv[1:]
    headers = {"Authorization": f"Bearer {token}"}
    numbers = itertools.count()
    base = f"{server}/_matrix/client/v3"
    params = {"filter": FILTER, "timeout": "0"}
    async with asyncio.TaskGroup() as tasks, httpx.AsyncClient(headers=headers, timeout=60) as http:
        while True:
            answer = (await http.get(f"{base}/sync", params=params)).raise_for_status().json()
            if "since" not in params:
                print("reading", flush=True)
            for room, news in answer.get("rooms", {}).get("join", {}).items():
                for event in news["timeline"]["events"]:
                    words = event["content"].get("body", "").lower()
                    if any(stem in words for stem in stems):
                        place = f"{base}/rooms/{quote(room)}/redact/{quote(event['event_id'])}"
                        tasks.create_task(http.put(f"{place}/{next(numbers)}", json={}))
            params |= {"since": answer["next_batch"], "timeout": "25000"}


if __name__ == "__main__":
    asyncio.run(main())
