"""Which addresses may be sent to: none of this site's own network.

An address is looked up once for each try, every answer is judged, and the connection
goes to the very address that was judged: a name that changes its mind in between
(rebinding) reaches nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from contracting.core.origin import is_within
from contracting.exchange.refusals import WrongAddress

PORTS: Final = frozenset({443, 8443})
LONGEST: Final = 500
_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}",
    re.IGNORECASE,
)
# Addresses that hold others, which a gateway on the way might take out again.
_WITHIN_OTHERS: Final = ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32")
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked up and may be sent to."""

    host: str
    port: int
    path: str
    ip: str


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says, before anything is looked up."""

    host: str
    port: int
    path: str


def place_of(url: str, *, reachable: Iterable[str] = ()) -> Place:
    """Read an address.

    :param reachable: networks of our own that may be sent to all the same, at any port
    :raises WrongAddress: if it is no plain ``https`` address, or names an address that
        is not public, or another port than 443 and 8443
    """
    own = list(reachable)
    if len(url) > LONGEST or not url.isascii() or re.search(r"[\s\\]", url):
        message = f"An address has at most {LONGEST} letters, and no spaces."
        raise WrongAddress(message, pointer="/url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError as error:
        message = "This is no address. Write it as https://gateway.agency.example/told."
        raise WrongAddress(message, pointer="/url") from error
    if parts.scheme != "https" or "@" in parts.netloc or parts.fragment:
        message = (
            "Messages are sent over https, to an address without a name, a password "
            "or a fragment in it."
        )
        raise WrongAddress(message, pointer="/url")
    literal = _literal(host)
    if literal is not None:
        _require_reachable(literal, own)
    elif not _NAME.fullmatch(host):
        message = (
            f"{host[:60] or 'Nothing'} is no name of a host in the public network."
        )
        raise WrongAddress(message, pointer="/url")
    if port not in PORTS and not own:
        message = "Messages are sent to port 443 or 8443."
        raise WrongAddress(message, pointer="/url")
    path = parts.path or "/"
    return Place(host, port, f"{path}?{parts.query}" if parts.query else path)


def target_of(
    url: str, *, reachable: Iterable[str] = (), lookup: Lookup | None = None
) -> Target:
    """Look an address up, and judge every answer.

    :raises WrongAddress: if any of them is not public and in none of the networks in
        ``reachable``, or the port is another than 443 and 8443 outside of those
    :raises OSError: if the name is not known
    """
    own = list(reachable)
    place = place_of(url, reachable=own)
    found = [
        ipaddress.ip_address(ip) for ip in (lookup or _ask)(place.host, place.port)
    ]
    if not found:
        message = f"{place.host} has no address"
        raise OSError(message)
    for ip in found:
        _require_reachable(ip, own)
        if place.port not in PORTS and not is_within(str(ip), own):
            message = "Messages are sent to port 443 or 8443."
            raise WrongAddress(message, pointer="/url")
    return Target(place.host, place.port, place.path, str(found[0]))


def _ask(host: str, port: int) -> Iterable[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return dict.fromkeys(str(answer[4][0]) for answer in answers)


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _require_reachable(ip: IPAddress, own: Iterable[str]) -> None:
    if is_within(str(ip), own):
        return
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    judged = inner or ip
    is_public = judged.is_global and not judged.is_multicast
    if not is_public or is_within(str(judged), _WITHIN_OTHERS):
        message = (
            f"{ip} is an address of a private or reserved network, where nothing is "
            "sent unless whoever runs this site names the network."
        )
        raise WrongAddress(message, pointer="/url")
