"""What a client decides, whoever carries its requests: names, spool, who may go on."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from drawdown_client.calls import Progress
from drawdown_client.errors import Refused, Unreachable
from drawdown_client.messages import (
    AUTHORIZE,
    EVENTS,
    FENCE,
    NDJSON,
    RELEASE,
    SETTLE,
    Ask,
    Grant,
    Receipt,
    Settled,
    authorize_body,
    grant_of,
    post,
    read,
    receipt_of,
    settle_body,
    settled_of,
)
from drawdown_client.spool import Owed, Spool
from drawdown_client.wire import Reply, Request

_log = logging.getLogger(__name__)

MOST_ROWS: Final = 10_000
_NEVER_TAKEN: Final = frozenset({400, 409, 411, 413, 415, 422})
"""Answers that are final, if it is Drawdown that gives them; all others may change: a
key that was revoked, a source that is not there yet, a proxy in between."""

_STRANGE: Final = (KeyError, TypeError, ValueError, ArithmeticError)


class Desk:
    """Everything but the wire; safe for any number of threads."""

    def __init__(
        self,
        source: str,
        spool: Path,
        *,
        gateway: str = "",
        soft_orders: Collection[str] = (),
        spool_bytes: int,
    ) -> None:
        self.source, self.gateway = source, gateway
        self.soft_orders = frozenset(soft_orders)
        self.spool = Spool(spool, most_bytes=spool_bytes)
        self.epoch = 0
        self.is_fenced = not gateway
        self.running: dict[str, Progress] = {}
        self.lock = threading.RLock()

    def fence_request(self) -> Request:
        """A new epoch for a gateway that begins; its former self gets nothing more."""
        body = {"source": self.source, "gateway": self.gateway}
        return post(FENCE, body, secrets.token_hex(12))

    def fenced(self, reply: Reply) -> None:
        """Take the epoch that has begun.

        :raises Refused: if there is none for this key
        """
        self.epoch = int(read(reply)["epoch"])
        self.is_fenced = True

    def authorize_request(self, ask: Ask, name: str) -> Request:
        """The question whether a call may be made; the same however often sent."""
        body = authorize_body(ask, name, self.source, self.gateway, self.epoch)
        return post(AUTHORIZE, body, name)

    def granted(self, ask: Ask, name: str, outcome: Reply | Unreachable) -> Grant:
        """The grant; an order that is soft here goes on where nobody answers.

        :raises Refused: if the answer is no; a soft order is no exception
        :raises Unreachable: if nobody answers: the call must not be made
        """
        if isinstance(outcome, Reply):
            try:
                return grant_of(outcome)
            except _STRANGE as error:
                outcome = Unreachable(f"The answer is none of Drawdown's: {error!r}.")
        if ask.order not in self.soft_orders:
            raise outcome
        _log.warning("Call %s goes on without an answer: %s", name, outcome)
        return Grant(name, None, is_unreserved=True)

    def begin(self, ask: Ask, grant: Grant) -> Progress:
        """Remember a call on disk before it is made.

        :raises SpoolFull: if it cannot be: the call must not be made
        """
        progress = Progress(self.source, ask, grant)
        self.spool.open(progress.owed_if_lost())
        with self.lock:
            self.running[progress.operation] = progress
        return progress

    def end(self, progress: Progress, error: BaseException | None) -> Owed | None:
        """Keep on disk what is owed of a call that has ended; it may be sent then."""
        with self.lock:
            self.running.pop(progress.operation, None)
            owed = progress.owed(error)
            if owed is None:
                self.spool.done(progress.name)
            else:
                self.spool.owe(owed)
        return owed

    def running_call(self, name: str) -> Progress | None:
        """The call that was begun under a name, while it has not ended."""
        with self.lock:
            return self.running.get(name)

    def overdue(self, seconds: float) -> list[Progress]:
        """Calls that were begun so long ago that nobody will end them any more."""
        before = time.monotonic() - seconds
        with self.lock:
            return [e for e in self.running.values() if e.begun_at < before]

    def moved(self, progress: Progress, grant: Grant) -> Owed:
        """Note that a call goes on under another reservation; the first is released."""
        before = progress.name
        progress.moved_to(grant)
        self.spool.owe(progress.owed_if_lost(), replaces=before)
        body = json.dumps({"reservation_id": before, "source": self.source})
        owed = Owed(before, RELEASE, body)
        self.spool.owe(owed)
        return owed

    def owe_settlement(
        self, name: str, event: Mapping[str, Any] | None, call: int
    ) -> Owed:
        """Keep a settlement that the caller has made up itself."""
        body = json.dumps(settle_body(name, self.source, event, call))
        owed = Owed(f"{name}.{call}" if call > 1 else name, SETTLE, body)
        self.spool.owe(owed)
        return owed

    def owe_release(self, name: str) -> Owed:
        """Keep that a reservation is not needed."""
        body = json.dumps({"reservation_id": name, "source": self.source})
        owed = Owed(name, RELEASE, body)
        self.spool.owe(owed)
        return owed

    def owe_events(self, events: Iterable[Mapping[str, Any]]) -> list[Owed]:
        """Keep events, in batches that fit."""
        lines = [json.dumps(each, separators=(",", ":")) for each in events]
        found = []
        for start in range(0, len(lines), MOST_ROWS):
            body = "\n".join(lines[start : start + MOST_ROWS]) + "\n"
            owed = Owed(f"batch-{secrets.token_hex(12)}", EVENTS, body, NDJSON)
            self.spool.owe(owed)
            found.append(owed)
        return found

    def arrived(self, owed: Owed, outcome: Reply | Unreachable) -> Settled | Receipt:
        """What became of something owed: done, set aside for good, or still waiting."""
        is_batch = owed.path == EVENTS
        if isinstance(outcome, Unreachable) or _waits(outcome):
            return Receipt(owed.name, "spooled") if is_batch else _still(owed)
        try:
            found: Settled | Receipt = (
                receipt_of(owed.name, outcome)
                if is_batch
                else settled_of(owed.name, owed.path, outcome)
            )
        except Refused as refusal:
            _log.error("%s will never be taken: %s", owed.name, refusal)
            self.spool.refused(owed, outcome.body.decode(errors="replace"))
            if is_batch:
                return Receipt(owed.name, "refused")
            return Settled(owed.name, "refused", code=refusal.code)
        except _STRANGE as error:
            _log.warning("An answer is none of Drawdown's: %r", error)
            return Receipt(owed.name, "spooled") if is_batch else _still(owed)
        if isinstance(found, Receipt) and (found.rejected or found.conflict):
            _log.error("Of %s not every row was taken: see refused.jsonl.", owed.name)
            self.spool.refused(owed, outcome.body.decode(errors="replace"))
        self.spool.done(owed.name, owed)
        return found


def request_of(owed: Owed) -> Request:
    """Something owed as it is sent, with the same key every time."""
    key = f"drawdown-client:{owed.path.rpartition('/')[2]}:{owed.name}"[:255]
    return Request(owed.path, owed.body.encode(), key, owed.content_type)


def new_name() -> str:
    """An id that nobody else makes."""
    return f"call-{secrets.token_hex(16)}"


def _still(owed: Owed) -> Settled:
    return Settled(owed.name, "spooled")


def _waits(reply: Reply) -> bool:
    """Whether it may be taken later, as it is."""
    if 200 <= reply.status < 300:
        return False
    try:
        body = json.loads(reply.body)
    except ValueError:
        body = {}
    code = body.get("code") if isinstance(body, dict) else None
    if not code or body.get("retryable"):
        return True
    return reply.status not in _NEVER_TAKEN and code != "unknown_reservation"
