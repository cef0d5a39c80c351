"""Feeds, and pages with comments, visited politely. Nothing can be deleted there: who owns the site
is asked (`watch.actions.asking_owners`), so these connectors' hands only fetch pictures.
"""

from collections.abc import Sequence

from tereze.disruption.pace import host_of
from tereze.watch.connectors.base import Hands, House
from tereze.watch.models import Source


class Web:
    is_live = True
    has_one_status = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def groups(self, sources: Sequence[Source]) -> dict[str, list[Source]]:
        """Everything on one host is read by one, so that the host has one visitor at a time."""
        found: dict[str, list[Source]] = {}
        for source in sources:
            found.setdefault(host_of(source.chat_id), []).append(source)
        return found

    async def watch(self, sources: Sequence[Source], house: House) -> None:
        # the parts speak to the house's own actions, which know the connectors
        from tereze.watch.connectors.feeds.polling import Poller

        await Poller(sources, house).run()

    def hands(self, source: Source) -> Hands:
        from tereze.watch.connectors.feeds.pictures import Onlooker

        return Onlooker(host_of(source.chat_id))

    def keep(self, source: Source) -> None:
        pass
