"""One call from its grant to its end, and what is owed of it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from drawdown_client.errors import BadUsage
from drawdown_client.messages import (
    RELEASE,
    SETTLE,
    Ask,
    Grant,
    Settled,
    event_of,
    settle_body,
)
from drawdown_client.spool import Owed
from drawdown_client.streams import Counted
from drawdown_client.usage import ABSENT, ESTIMATED, Usage, usage_of

_log = logging.getLogger(__name__)

RENEWED_AFTER: Final = 0.7
"""The share of a lease after which a call that still runs moves to another one."""

_USUAL_LEASE: Final = 600.0
_UNDECIDED: Final = frozenset({408, 499, 504})
_NO_ANSWER: Final = ("Timeout", "APITimeoutError", "APIConnectionError")


class Progress:
    """What is known of one call that was granted.

    The one who makes the call says what it used; whatever is not said stays unknown,
    and keeps its reserve.
    """

    def __init__(self, source: str, ask: Ask, grant: Grant) -> None:
        self.source, self.ask, self.grant = source, ask, grant
        self.operation = grant.reservation_id
        self.granted_at = time.time()
        self.begun_at = time.monotonic()
        self._usage: Usage | None = None
        self._estimate: Usage | None = None
        self._stream: Counted | None = None
        self._was_not_made = False

    @property
    def name(self) -> str:
        """The id of its reservation, and of its event."""
        return self.grant.reservation_id

    def used(self, answer: Any) -> None:
        """Take the usage from the provider's answer; nothing else of it is read."""
        try:
            self._usage = usage_of(answer)
        except BadUsage as error:
            _log.error("The usage of %s is not known: %s", self.name, error)
            self._usage = Usage(basis=ABSENT)

    def counted(self, usage: Usage) -> None:
        """Take counts that the caller has read itself."""
        self._usage = usage

    def estimate(
        self, input_tokens: int, output_tokens: int, *, reason: str = ""
    ) -> None:
        """What to state, marked as an estimate, if the provider never says its counts.

        An estimate is held for a person and never billed by itself.
        """
        counts = {"input": input_tokens, "output": output_tokens}
        self._estimate = Usage(counts, ESTIMATED, outcome=reason)

    def not_made(self) -> None:
        """The call was not sent to the provider: its reserve is not needed."""
        self._was_not_made = True

    def see(self, part: Any) -> None:
        """Take the counts from one part of a streamed answer."""
        if self._stream is None:
            self._stream = Counted()
        try:
            self._stream.see(part)
        except BadUsage as error:
            _log.error("A part of %s cannot be read: %s", self.name, error)

    def owed_if_lost(self) -> Owed:
        """What is owed if this process dies now: nobody knows what the call used."""
        return self._settles(self._known_absent(), is_open=True)

    def owed(self, error: BaseException | None) -> Owed | None:
        """What is owed now that the call has ended; nothing where nothing was reserved.

        :param error: what ended it, if not its answer
        """
        usage = self._counts(error)
        is_unmade = self._was_not_made or (
            error is not None and usage.basis == ABSENT and refused_by_provider(error)
        )
        if not is_unmade:
            return self._settles(usage)
        if self.grant.is_unreserved:
            return None
        body = {"reservation_id": self.name, "source": self.source}
        return Owed(self.name, RELEASE, json.dumps(body))

    def is_due(self) -> bool:
        """Whether the lease is so far gone that the call has to move to another."""
        if self.grant.lease_until is None:
            return False
        lease = self.grant.lease_until.timestamp() - self.granted_at
        lease = lease if lease > 0 else _USUAL_LEASE  # its clock is not ours
        return time.time() - self.granted_at >= lease * RENEWED_AFTER

    def moved_to(self, grant: Grant) -> None:
        """Go on under another reservation."""
        self.grant, self.granted_at = grant, time.time()

    def _counts(self, error: BaseException | None) -> Usage:
        found = self._usage
        if found is None and self._stream is not None:
            try:
                found = self._stream.usage()
            except BadUsage as bad:
                _log.error("The usage of %s is not known: %s", self.name, bad)
        found = found or Usage(basis=ABSENT)
        if isinstance(error, GeneratorExit) or _is_cancelled(error):
            found = replace(found, outcome="CANCELLED")
        if found.basis == ABSENT and self._estimate is not None:
            return replace(self._estimate, model=found.model, outcome=found.outcome)
        return found

    def _known_absent(self) -> Usage:
        return Usage(basis=ABSENT)

    def _settles(self, usage: Usage, *, is_open: bool = False) -> Owed:
        """Without counts a reserve is kept; where there is none the event says so."""
        event: Mapping[str, Any] | None = None
        if usage.basis != ABSENT or self.grant.is_unreserved:
            event = event_of(
                usage,
                name=self.name,
                source=self.source,
                at=datetime.fromtimestamp(time.time(), UTC),
                ask=self.ask,
                operation=self.operation,
            )
        body = json.dumps(settle_body(self.name, self.source, event))
        return Owed(self.name, SETTLE, body, is_open=is_open)


class OneCall:
    """A call between its grant and its settlement, whichever way it is sent."""

    STATEMENT: ClassVar[str] = "a with statement"

    def __init__(self, ask: Ask, name: str) -> None:
        self._ask, self._name = ask, name
        self._progress: Progress | None = None
        self.settled: Settled | None = None

    @property
    def progress(self) -> Progress:
        """What is known of the call: say there what it used.

        :raises RuntimeError: before it is granted
        """
        if self._progress is None:
            message = f"The call has not been granted: use it in {self.STATEMENT}."
            raise RuntimeError(message)
        return self._progress

    @property
    def grant(self) -> Grant:
        """The room that the call has now."""
        return self.progress.grant

    def used(self, answer: Any) -> None:
        """Take the usage from the provider's answer."""
        self.progress.used(answer)


def refused_by_provider(error: BaseException) -> bool:
    """Whether the provider said itself that it did not answer, so that nothing is owed.

    A time-out, or a connection that broke, says nothing: the provider may have worked
    for the call. That the connection was refused says that it has not.
    """
    if isinstance(error, ConnectionRefusedError):
        return True
    names = {each.__name__ for each in type(error).__mro__}
    if names & set(_NO_ANSWER):
        return False
    answer = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(answer, "status_code", None)
    status = status or getattr(error, "code", None)
    return isinstance(status, int) and 400 <= status < 600 and status not in _UNDECIDED


def _is_cancelled(error: BaseException | None) -> bool:
    return error is not None and type(error).__name__ == "CancelledError"
