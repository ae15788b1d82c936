"""Through which door an act came in: what ties reply, log and audit row together.

A door (the middleware of a request, a task, a command) says so once; ``record_event``
and the log read it. Verbs neither know nor decide by it, and no ``request`` reaches
them.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A door, the id of what came through it, and the address it came from."""

    door: str = "process"
    request_id: str = ""
    ip: str = ""


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


class OriginFilter(logging.Filter):
    """Puts ``request_id`` on every line of the log; ``-`` outside of any door."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current().request_id or "-"
        return True
