"""Which addresses may be reached."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field


# Special blocks (IANA registries, RFC 6890 and later) that some Python versions call global, and
# those that carry an IPv4 address inside, behind which anything may stand.
FORBIDDEN = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedError(Exception):
    """The address is not one we go to. The message says why, for a person."""


def is_public(address: Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in block for block in FORBIDDEN if block.version == address.version)
    )


def without_brackets(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


@dataclass(frozen=True)
class Guard:
    """Decides once per connection, and hands out the address that was checked."""

    allowed: frozenset[str] = field(default_factory=frozenset)  # "host:port", as written in the URL

    @classmethod
    def allowing(cls, hosts: Iterable[str]) -> "Guard":
        return cls(frozenset(host.strip().lower() for host in hosts if host.strip()))

    def resolve(self, host: str, port: int) -> str:
        """The address to connect to. Raises RefusedError, or OSError where there is no such name."""
        name = without_brackets(host)
        found = self.look_up(name, port)
        if f"{name}:{port}" in self.allowed:
            return found[0]
        for literal in found:
            # one private answer among public ones is a trap, not a choice
            if not is_public(ipaddress.ip_address(literal)):
                raise RefusedError(f"{host}:{port} is not a public address")
        return found[0]

    def look_up(self, name: str, port: int) -> list[str]:
        try:
            rows = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise RefusedError("not a host name") from error
        # a zone id (fe80::1%eth0) names a link of this machine: never public
        return [str(row[4][0]).partition("%")[0] for row in rows]
