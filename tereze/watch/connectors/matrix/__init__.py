"""Matrix through the client-server API: an account of ours with rights in the city's rooms.

Rooms of WhatsApp, Signal, Instagram and Discord that a bridge brings to Matrix are rooms like any
other. Encrypted rooms cannot be read, and the wall says so.
"""

import asyncio
from collections.abc import Sequence

from tereze.watch.connectors.base import Hands, House
from tereze.watch.connectors.matrix.client import Client
from tereze.watch.connectors.matrix.hands import MatrixHands
from tereze.watch.connectors.matrix.polling import Poller
from tereze.watch.models import Source


class Matrix:
    kind = "matrix"
    is_live = True
    has_one_status = False

    def __init__(self) -> None:
        # of the watch process, kept open; a client belongs to the loop it was opened in
        self.clients: dict[str, tuple[asyncio.AbstractEventLoop, Client]] = {}

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        """One long poll for each account."""
        found: dict[str, list[Source]] = {}
        for source in sources:
            found.setdefault(source.bot_key, []).append(source)
        return found

    async def watch(self, sources: Sequence[Source], house: House) -> None:
        client, key = Client(sources[0].server, sources[0].token), sources[0].bot_key
        ours = self.clients[key] = (asyncio.get_running_loop(), client)
        try:
            await Poller(client, sources, house).run()
        finally:
            # a reading that was begun anew has put its own there while this one was ending
            if self.clients.get(key) is ours:
                del self.clients[key]
            await client.close()

    def keep(self, source: Source) -> None:
        loop = asyncio.get_running_loop()
        if self.clients.get(source.bot_key, (None, None))[0] is not loop:
            self.clients[source.bot_key] = (loop, Client(source.server, source.token))

    def hands(self, source: Source) -> Hands:
        loop, client = self.clients.get(source.bot_key, (None, None))
        if client is not None and loop is asyncio.get_running_loop():
            return MatrixHands(client, source.chat_id, owns_client=False)
        return MatrixHands(Client(source.server, source.token), source.chat_id, owns_client=True)
