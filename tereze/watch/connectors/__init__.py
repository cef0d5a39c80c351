"""Where messages come from. A connector is one folder and one line here."""

from tereze.watch.connectors.base import Connector
from tereze.watch.connectors.feeds import Web
from tereze.watch.connectors.matrix import Matrix
from tereze.watch.connectors.replay import Replay
from tereze.watch.connectors.telegram import Telegram
from tereze.watch.connectors.whatsapp import WhatsApp


CONNECTORS: dict[str, Connector] = {
    connector.kind: connector
    for connector in (Telegram(), Matrix(), Web("feed"), Web("page"), WhatsApp(), Replay())
}
