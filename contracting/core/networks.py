"""Networks, as an administrator names them, and whether an address lies in one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable


def named_network(text: str) -> str:
    """One network in its usual spelling: ``10.20.0.7/16`` is ``10.20.0.0/16``.

    A single address is a network of one.

    :raises ValueError: for anything else, and for a network that is every address
    """
    network = ipaddress.ip_network(text.strip(), strict=False)
    if network.prefixlen == 0:
        message = f"{network} is every address"
        raise ValueError(message)
    return str(network)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of these networks.

    An IPv4 address that came over IPv6 is the IPv4 address. Where no address is known,
    it lies nowhere.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(
        found in network
        for network in map(ipaddress.ip_network, networks)
        if network.version == found.version
    )
