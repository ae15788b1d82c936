"""The client for asyncio: the same decisions, with a wire that does not block."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from drawdown_client.calls import OneCall, Progress
from drawdown_client.client import Client
from drawdown_client.desk import new_name, request_of
from drawdown_client.errors import DrawdownError, Unreachable
from drawdown_client.messages import Ask, Grant, Receipt, Settled
from drawdown_client.retries import Patience, Tries, decided
from drawdown_client.spool import MOST_BYTES, Owed
from drawdown_client.wire import AsyncConnections, Reply, Request

_log = logging.getLogger(__name__)
_Part = TypeVar("_Part")


class AsyncClient:
    """Talks to Drawdown for one source, from one event loop.

    Parameters are those of :class:`drawdown_client.Client`. Leases are renewed and what
    waits is sent in a thread of its own.
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
        self._keeper = Client(
            url,
            key=key,
            source=source,
            spool=spool,
            gateway=gateway,
            soft_orders=soft_orders,
            patience=patience,
            spool_bytes=spool_bytes,
            tls=tls,
            background_seconds=background_seconds,
        )
        self.desk, self.patience = self._keeper.desk, self._keeper.patience
        self._wire = AsyncConnections(self._keeper.address)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Send what can be sent at once, and let go of the spool."""
        await self._wire.close()
        await asyncio.to_thread(self._keeper.close)

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
    ) -> AsyncCall:
        """A call that is granted on entry and settled on exit, as of the other client.

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
        return AsyncCall(self, ask, name or new_name())

    async def authorize(self, ask: Ask, name: str = "") -> Grant:
        """Room for calls, without more: the caller settles or releases them.

        :raises Refused: with the limit or rule that stands against it
        :raises Unreachable: if nobody answers and the order is not soft
        """
        name = name or new_name()
        try:
            if not self.desk.is_fenced:
                await asyncio.to_thread(self._keeper.fence)
            outcome: Reply | Unreachable = await self._ask(
                self.desk.authorize_request(ask, name)
            )
        except Unreachable as error:
            outcome = error
        return self.desk.granted(ask, name, outcome)

    async def begin(self, ask: Ask, name: str = "") -> Progress:
        """Authorize a call and remember it on disk; :meth:`end` has to follow.

        :raises Refused: with the limit or rule that stands against it
        :raises Unreachable: if nobody answers and the order is not soft
        :raises SpoolFull: if too much waits already
        """
        grant = await self.authorize(ask, name)
        try:
            return await asyncio.to_thread(self.desk.begin, ask, grant)
        except DrawdownError:
            if not grant.is_unreserved:
                await self._give_back(grant)
            raise

    async def end(
        self, progress: Progress, error: BaseException | None = None
    ) -> Settled:
        """Settle a call that was begun, or release it."""
        owed = await asyncio.to_thread(self.desk.end, progress, error)
        if owed is None:
            return Settled(progress.name, "released")
        return await self._settled(owed)

    async def settle(
        self, name: str, event: Mapping[str, Any] | None, *, call: int = 1
    ) -> Settled:
        """Settle a call with an event of the caller's; ``None`` if nobody knows."""
        kept = await asyncio.to_thread(self.desk.owe_settlement, name, event, call)
        return await self._settled(kept)

    async def release(self, name: str) -> Settled:
        """Give back a reservation whose calls are not made."""
        return await self._settled(await asyncio.to_thread(self.desk.owe_release, name))

    async def send(self, events: Iterable[Mapping[str, Any]]) -> list[Receipt]:
        """Report calls that were not announced; each batch is kept until taken."""
        kept = await asyncio.to_thread(self.desk.owe_events, events)
        found = [await self._deliver(owed) for owed in kept]
        return [each for each in found if isinstance(each, Receipt)]

    async def flush(self) -> int:
        """Send what waits, its own and that of clients that are gone; what is left."""
        return await asyncio.to_thread(self._keeper.flush)

    async def _give_back(self, grant: Grant) -> None:
        try:
            await self.release(grant.reservation_id)
        except OSError:
            _log.warning("%s is freed when its lease ends.", grant.reservation_id)

    async def _settled(self, owed: Owed) -> Settled:
        found = await self._deliver(owed)
        assert isinstance(found, Settled)  # noqa: S101 (typing: it is no batch)
        return found

    async def _deliver(self, owed: Owed) -> Settled | Receipt:
        try:
            outcome: Reply | Unreachable = await self._ask(request_of(owed))
        except Unreachable as error:
            _log.warning("%s waits in the spool: %s", owed.name, error)
            outcome = error
        return self.desk.arrived(owed, outcome)

    async def _ask(self, request: Request) -> Reply:
        tries = Tries(self.patience)
        while True:
            try:
                outcome: Reply | Unreachable = await self._wire.send(
                    request, tries.seconds
                )
            except Unreachable as error:
                outcome = error
            pause = tries.pause_after(outcome)
            if pause is None:
                return decided(outcome)
            await asyncio.sleep(pause)


class AsyncCall(OneCall):
    """A call between its grant and its settlement: an async context manager."""

    STATEMENT = "an async with statement"

    def __init__(self, client: AsyncClient, ask: Ask, name: str) -> None:
        super().__init__(ask, name)
        self._client = client

    async def stream(self, parts: AsyncIterable[_Part]) -> AsyncIterator[_Part]:
        """Hand on the parts of a streamed answer, and count them on the way."""
        async for part in parts:
            self.progress.see(part)
            yield part

    async def __aenter__(self) -> AsyncCall:
        self._progress = await self._client.begin(self._ask, self._name)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        # Whoever cancels the call does not cancel its settlement.
        ended = asyncio.ensure_future(self._client.end(self.progress, error))
        self.settled = await asyncio.shield(ended)
