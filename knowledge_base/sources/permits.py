"""Hosts and networks that an operator permits on purpose, though they are not public: ZHENGWEN_FETCH_ALLOW."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_WITH_PORT = re.compile(r"^(?P<what>\[[^\]]+\]|[^:\[\]]+)(?::(?P<port>\d{1,5}))?$")
_HOST = re.compile(r"^(\*\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?$")


@dataclass(frozen=True, slots=True)
class Permit:
    """Either `host` (lower case; "*.gov.local" for everything below) or `network`; `port` None for the usual ports."""

    host: str = ""
    network: Network | None = None
    port: int | None = None

    def names(self, host: str) -> bool:
        if self.host.startswith("*."):
            return host.endswith(self.host[1:])
        return bool(self.host) and host == self.host

    def holds(self, address: Address) -> bool:
        return self.network is not None and address.version == self.network.version and address in self.network


def read_permits(text: str) -> tuple[Permit, ...]:
    """From entries with commas between them: host, *.host, network or address, each with `:port` or without; IPv6 in brackets.

    Raises ValueError with the entry and how it should look.
    """
    return tuple(_permit(entry.strip()) for entry in text.split(",") if entry.strip())


def _permit(entry: str) -> Permit:
    found = _WITH_PORT.match(entry)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or port == 0 or (port or 0) > 65535:
        raise ValueError(f"“{entry}”写错了：应为主机名或网段，例如 oa.shifan.example、*.shifan.example、10.1.0.0/16、[fd00::/8]:8080")
    what = found["what"].strip("[]").lower()
    try:
        return Permit(network=ip_network(what), port=port)
    except ValueError:
        pass
    labels = what.removeprefix("*.").split(".")
    # A host that ends in a number is read as an IPv4 address by some programs and not by others.
    if not _HOST.match(what) or "" in labels or labels[-1].isdigit():
        raise ValueError(f"“{entry}”写错了：应为主机名或网段，例如 oa.shifan.example、*.shifan.example、10.1.0.0/16、[fd00::/8]:8080")
    return Permit(host=what, port=port)
