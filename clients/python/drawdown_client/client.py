"""The client that blocks: asks before a call, and settles after it."""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from drawdown_client.calls import OneCall, Progress
from drawdown_client.desk import Desk, new_name, request_of
from drawdown_client.errors import DrawdownError, Unreachable
from drawdown_client.messages import (
    HEARTBEATS,
    Ask,
    Grant,
    Receipt,
    Settled,
    post,
    read,
)
from drawdown_client.retries import Patience, Tries, decided
from drawdown_client.spool import MOST_BYTES, Owed
from drawdown_client.wire import Address, Connections, Reply, Request

_log = logging.getLogger(__name__)
_Part = TypeVar("_Part")


class Client:
    """Talks to Drawdown for one source; any number of threads may use it.

    Make it after forking: what it keeps on disk is of one process. What a process that
    died has left in ``spool`` is sent by the next one.

    :param url: where Drawdown's gate is, https
    :param key: an API key that may write usage
    :param source: the code of the registered source
    :param spool: a folder on a disk that stays
    :param gateway: a name for this gateway; if given, a new epoch is begun, and its
        former self, should it still run, gets no room any more
    :param soft_orders: orders whose calls are made although nobody answers; an answer
        that says no holds for them too
    :param background_seconds: how often what waits is sent and leases are looked at;
        zero for never
    """

    def __init__(
        self,
        url: str,
        *,
        key: str,
        source: str,
        spool: Path | str,
        gateway: str = "",
        soft_orders: Collection[str] = (),
        patience: Patience | None = None,
        spool_bytes: int = MOST_BYTES,
        tls: ssl.SSLContext | None = None,
        background_seconds: float = 5.0,
    ) -> None:
        self.address = Address(url, key, tls)
        self.patience = patience or Patience()
        self.desk = Desk(
            source,
            Path(spool),
            gateway=gateway,
            soft_orders=soft_orders,
            spool_bytes=spool_bytes,
        )
        self._wire = Connections(self.address)
        self._sending = threading.Lock()
        self._ends = threading.Event()
        self._keeper: threading.Thread | None = None
        if background_seconds:
            self._keeper = threading.Thread(
                target=self._keep, args=(background_seconds,), daemon=True
            )
            self._keeper.start()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Send what can be sent at once, and let go of the spool."""
        self._ends.set()
        if self._keeper is not None:
            self._keeper.join()
        self.flush()
        self._wire.close()
        self.desk.spool.close()

    def call(
        self,
        *,
        order: str,
        model: str,
        input_tokens_max: int,
        output_tokens_max: int,
        tier: str = "",
        boundary: str = "",
        project: str = "",
        key: str = "",
        name: str = "",
    ) -> Call:
        """A call that is granted on entry and settled on exit.

        :param name: its id; of a call that is repeated with the same name there is one
        :raises Refused: on entry, with the limit or rule that stands against it
        :raises Unreachable: on entry, if nobody answers and the order is not soft
        """
        ask = Ask(
            order=order,
            model=model,
            input_tokens_max=input_tokens_max,
            output_tokens_max=output_tokens_max,
            tier=tier,
            boundary=boundary,
            project=project,
            key=key,
        )
        return Call(self, ask, name or new_name())

    def authorize(self, ask: Ask, name: str = "") -> Grant:
        """Room for calls, without more: the caller settles or releases them.

        :raises Refused: with the limit or rule that stands against it
        :raises Unreachable: if nobody answers and the order is not soft
        """
        name = name or new_name()
        try:
            if not self.desk.is_fenced:
                self.fence()
            outcome: Reply | Unreachable = self._ask(
                self.desk.authorize_request(ask, name)
            )
        except Unreachable as error:
            outcome = error
        return self.desk.granted(ask, name, outcome)

    def settle(
        self, name: str, event: Mapping[str, Any] | None, *, call: int = 1
    ) -> Settled:
        """Settle a call with an event of the caller's; ``None`` if nobody knows."""
        return self._settled(self.desk.owe_settlement(name, event, call))

    def release(self, name: str) -> Settled:
        """Give back a reservation whose calls are not made."""
        return self._settled(self.desk.owe_release(name))

    def send(self, events: Iterable[Mapping[str, Any]]) -> list[Receipt]:
        """Report calls that were not announced; each batch is kept until taken."""
        found = [self._deliver(owed) for owed in self.desk.owe_events(events)]
        return [each for each in found if isinstance(each, Receipt)]

    def heartbeat(self, watermark: datetime, last_seq: int | None = None) -> None:
        """Say that this source is there and has sent whatever ended before that.

        :raises DrawdownError: if it does not arrive
        """
        at = watermark.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        body = {"source": self.desk.source, "watermark": at, "last_seq": last_seq}
        read(self._ask(post(HEARTBEATS, body, f"{self.desk.source}:{at}")))

    def fence(self) -> int:
        """Begin a new epoch; returns its number.

        :raises DrawdownError: if there is none
        """
        with self.desk.lock:
            self.desk.fenced(self._ask(self.desk.fence_request()))
            return self.desk.epoch

    def flush(self) -> int:
        """Send what waits, its own and that of clients that are gone; what is left.

        One at a time sends; the first that does not get through ends the round, and is
        the last one of the next: it may be the only one that is in trouble.
        """
        with self._sending:
            self.desk.spool.take_over()
            for owed in self.desk.spool.waiting():
                if self._deliver(owed).state == "spooled":
                    self.desk.spool.later(owed)
                    break
            return len(self.desk.spool.waiting())

    def renew(self, progress: Progress) -> bool:
        """Move a call that still runs to a new reservation; whether it has moved.

        Where there is no room the call goes on: it is under way, and is counted in full
        when it settles after its lease.
        """
        name = f"{progress.operation}~{new_name()[5:13]}"
        try:
            outcome = self._ask(self.desk.authorize_request(progress.ask, name))
            grant = self.desk.granted(progress.ask, name, outcome)
        except DrawdownError as error:
            _log.warning("The lease of %s is not renewed: %s", progress.name, error)
            return False
        with self.desk.lock:
            has_ended = progress.operation not in self.desk.running
            owed = (
                self.desk.owe_release(name)
                if has_ended
                else self.desk.moved(progress, grant)
            )
        self._deliver(owed)
        return not has_ended

    def begin(self, ask: Ask, name: str = "") -> Progress:
        """Authorize a call and remember it on disk; :meth:`end` has to follow.

        For whoever cannot use a ``with`` statement, such as a callback.

        :raises Refused: with the limit or rule that stands against it
        :raises Unreachable: if nobody answers and the order is not soft
        :raises SpoolFull: if too much waits already
        """
        grant = self.authorize(ask, name)
        try:
            return self.desk.begin(ask, grant)
        except DrawdownError:
            if not grant.is_unreserved:
                self._give_back(grant)
            raise

    def end(self, progress: Progress, error: BaseException | None = None) -> Settled:
        """Settle a call that was begun, or release it."""
        owed = self.desk.end(progress, error)
        if owed is None:
            return Settled(progress.name, "released")
        return self._settled(owed)

    def _give_back(self, grant: Grant) -> None:
        try:
            self.release(grant.reservation_id)
        except OSError:
            _log.warning("%s is freed when its lease ends.", grant.reservation_id)

    def _settled(self, owed: Owed) -> Settled:
        found = self._deliver(owed)
        assert isinstance(found, Settled)  # noqa: S101 (typing: it is no batch)
        return found

    def _deliver(self, owed: Owed) -> Settled | Receipt:
        try:
            outcome: Reply | Unreachable = self._ask(request_of(owed))
        except Unreachable as error:
            _log.warning("%s waits in the spool: %s", owed.name, error)
            outcome = error
        return self.desk.arrived(owed, outcome)

    def _ask(self, request: Request) -> Reply:
        """Ask until there is an answer that decides, or the deadline has come."""
        tries = Tries(self.patience)
        while True:
            try:
                outcome: Reply | Unreachable = self._wire.send(request, tries.seconds)
            except Unreachable as error:
                outcome = error
            pause = tries.pause_after(outcome)
            if pause is None:
                return decided(outcome)
            time.sleep(pause)

    def _keep(self, seconds: float) -> None:
        """Renew leases and send what waits, until the client is closed."""
        self._round()
        while not self._ends.wait(seconds):
            self._round()

    def _round(self) -> None:
        try:
            with self.desk.lock:
                due = [each for each in self.desk.running.values() if each.is_due()]
            for progress in due:
                self.renew(progress)
            self.flush()
        except (OSError, DrawdownError, json.JSONDecodeError):
            _log.exception("What waits could not be sent; it is tried again.")


class Call(OneCall):
    """A call between its grant and its settlement: a context manager."""

    def __init__(self, client: Client, ask: Ask, name: str) -> None:
        super().__init__(ask, name)
        self._client = client

    def stream(self, parts: Iterable[_Part]) -> Iterator[_Part]:
        """Hand on the parts of a streamed answer, and count them on the way."""
        for part in parts:
            self.progress.see(part)
            yield part

    def __enter__(self) -> Call:
        self._progress = self._client.begin(self._ask, self._name)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.settled = self._client.end(self.progress, error)
