"""Send one message to one address: once, without redirects, within twenty seconds."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

from contracting.exchange.outgoing.address import Target, target_of
from contracting.exchange.refusals import WrongAddress

SECONDS: Final = 20.0
LONGEST_WAIT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a try.

    :param status: of the answer; ``None`` if there was none
    :param problem: in words, if it was not taken
    :param wait: what the receiver asked for in ``Retry-After``, in seconds
    """

    status: int | None
    problem: str
    milliseconds: int
    wait: timedelta = timedelta()

    @property
    def is_taken(self) -> bool:
        """Only a status from 200 to 299 says that the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


class _Pinned(http.client.HTTPSConnection):
    """A connection to the address that was judged; the name is what TLS checks."""

    def __init__(self, target: Target, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS, context=context)
        self._target, self._tls = target, context

    def connect(self) -> None:
        plain = socket.create_connection((self._target.ip, self._target.port), SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._target.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send it, and read no more of the answer than its status.

    :returns: whatever happens; nothing is raised for an address that cannot be reached
    """
    began = time.monotonic()
    try:
        target = target_of(url, reachable=settings.WEBHOOK_NETWORKS)
        status, wait = _exchange(target, body, headers)
    except WrongAddress as refusal:
        return Reply(None, refusal.message[:300], _since(began))
    except socket.gaierror:
        words = "The name of the host is not known: no address was found for it."
        return Reply(None, words, _since(began))
    except (OSError, http.client.HTTPException, ValueError) as error:
        words = f"{type(error).__name__}: {error}"[:300]
        return Reply(None, words, _since(began))
    problem = "" if 200 <= status < 300 else f"answered {status}"
    return Reply(status, problem, _since(began), wait)


def _exchange(
    target: Target, body: bytes, headers: Mapping[str, str]
) -> tuple[int, timedelta]:
    context = ssl.create_default_context(cafile=settings.WEBHOOK_CA or None)
    link = _Pinned(target, context)
    try:
        sent = {
            "Content-Type": "application/json",
            "User-Agent": "Drawdown-Webhooks/1",
            **headers,
        }
        link.request("POST", target.path, body=body, headers=sent)
        answer = link.getresponse()
        return answer.status, _wait(answer.getheader("Retry-After", ""))
    finally:
        link.close()


def _wait(said: str) -> timedelta:
    seconds = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    return min(timedelta(seconds=seconds), LONGEST_WAIT)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
