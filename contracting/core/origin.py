"""Through which door an act came in: what ties reply, log and audit row together.

A door (the middleware of a request, a task, a command) says so once; ``record_event``
and the log read it. Verbs neither know nor decide by it, and no ``request`` reaches
them.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_TOLD: Final = re.compile(r"([0-9]{1,11}\.[0-9]{3}) ([0-9]{1,6}\.[0-9]{3})")
_LONGEST: Final = timedelta(minutes=10)
"""So long at most a request can have waited between a proxy of ours and this site."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A door, the id of what came through it, and the address it came from."""

    door: str = "process"
    request_id: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request whose first bytes are here, before any of its body was read.

    :param told: by the proxy, when it handed the request on, in seconds since 1970, and
        how many seconds before that its first byte had come; nothing without a proxy
    :param seen: on the clock of this process, which only measures
    """

    seen: float
    told: tuple[float, float] | None = None

    def began_at(self, now: datetime) -> datetime:
        """When the first byte came, by the clock that shows ``now``.

        What a request has waited for this site counts, as far as the clock of the proxy
        can be believed; else it is later than that, and never earlier.
        """
        here = now - timedelta(seconds=time.monotonic() - self.seen)
        if self.told is None:
            return here
        handed_on, took = self.told
        there = datetime.fromtimestamp(handed_on, UTC)
        is_like_it = here - _LONGEST <= there <= here
        return (there if is_like_it else here) - timedelta(seconds=took)


def arrival_of(told: str, proxies: int) -> Arrival | None:
    """The arrival of a request, now; nothing where a proxy does not tell of it.

    :param told: the header ``X-Request-Began``, believed from a proxy of ours alone
    :param proxies: how many proxies of ours stand in front
    """
    if not proxies:
        return Arrival(time.monotonic())
    found = _TOLD.fullmatch(told.strip())
    if found is None:
        return None
    return Arrival(time.monotonic(), (float(found[1]), float(found[2])))


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039


def current() -> Origin:
    """The door of the present request, task or command."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Whatever is recorded or logged inside came in through this door."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def address_of(peer: str, forwarded_for: str, proxies: int) -> str:
    """The address that a request came from, as far as it can be believed.

    :param peer: who is at the other end of the connection
    :param forwarded_for: the header of that name; whoever asks can write its left part
    :param proxies: how many proxies of ours stand in front, each adding one address
    :returns: empty where there is none, such as on a socket of this machine
    """
    told = [each.strip() for each in forwarded_for.split(",") if each.strip()]
    believed = told[-proxies] if 0 < proxies <= len(told) else peer
    try:
        return str(ipaddress.ip_address(believed))
    except ValueError:
        return ""


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


class OriginFilter(logging.Filter):
    """Puts ``request_id`` on every line of the log; ``-`` outside of any door."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current().request_id or "-"
        return True
