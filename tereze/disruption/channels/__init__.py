"""How a request reaches a partner and the answer comes back. A channel is a folder and a line."""

from tereze.disruption.channels import api, by_hand, email, file, portal
from tereze.disruption.channels.contract import Channel


CHANNELS: dict[str, Channel] = {
    channel.slug: channel
    for channel in (
        portal.CHANNEL,
        api.CHANNEL,
        email.CHANNEL,
        file.CHANNEL,
        by_hand.CHANNEL,
    )
}


__all__ = ["CHANNELS", "Channel"]
