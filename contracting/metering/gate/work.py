"""What the workers of the gate do: a group of requests in, an answer to each out.

Everything here runs in a worker's thread, where it may talk to the database.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from django.db import Error, InterfaceError, OperationalError, connection

from accounts.api import REFUSED, actor_of_bearer
from contracting.core import clock, doors
from contracting.core.actors import Actor
from contracting.core.canonical import plain
from contracting.core.errors import NotAllowed, Refusal
from contracting.core.postgresql.pipeline import in_flight
from contracting.metering.gate import bodies
from contracting.metering.operations.authorize import Grant, authorize_usage
from contracting.metering.operations.fence import fence_gateway
from contracting.metering.operations.release_reservation import release_reservation
from contracting.metering.operations.settle import REJECTED, Settled, settle_usage
from contracting.metering.queries import get_source_for
from contracting.metering.refusals import DatabaseDown

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode

KEY_SECONDS: Final = 3.0
"""So long may a key be used without being looked up: a revoked one dies by then."""

TRUST_SECONDS: Final = 5.0
"""For so long after its last use a connection is taken to be alive."""

WORDS_SECONDS: Final = 60.0
_MOST_KEPT: Final = 5_000

_Asked = TypeVar("_Asked")


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that asks, and the source that it names."""

    by: Actor
    source_id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body, with the headers beside it."""

    status: int
    body: bytes
    retry: bool = False
    is_problem: bool = False


class UnknownKey(NotAllowed):
    """No key, or one that is unknown, revoked or expired; the answer is 401."""

    code = "not_authenticated"
    status = 401


Asking = tuple[str, str, str]
"""The header with the key, the source that is named, and the address it came from."""

_callers: dict[tuple[str, ...], tuple[float, Caller]] = {}
_words: dict[str, tuple[float, doors.RuleWords | None]] = {}


def kept_caller(asking: Asking) -> Caller | None:
    """Who asks, if that was looked up a moment ago."""
    found = _callers.get(_place(asking))
    if found is None or time.monotonic() >= found[0]:
        return None
    return found[1]


def find_caller(_group: Hashable, asked: Sequence[Asking]) -> list[Any]:
    """Look up keys and the sources that they name.

    :returns: a :class:`Caller`, or an :class:`Answer` that refuses, for each
    """
    return _each(asked, _look_up)


def _look_up(asking: Asking) -> Caller:
    header, source, address = asking
    found = actor_of_bearer(header, clock.now(), address=address)
    if found is None:
        raise UnknownKey(REFUSED)
    caller = Caller(found, get_source_for(found, code=source).pk)
    if len(_callers) >= _MOST_KEPT:
        _callers.clear()
    until = time.monotonic() + KEY_SECONDS
    _callers[_place(asking)] = (until, caller)
    return caller


def _place(asking: Asking) -> tuple[str, ...]:
    name = str(connection.settings_dict["NAME"])
    header, source, address = asking
    return (name, hashlib.sha256(header.encode()).hexdigest(), source, address)


def authorize(group: Hashable, asked: Sequence[bodies.Authorize]) -> list[Answer]:
    """Answer what one key asks for one source, in one transaction."""
    return together(group, asked, _authorize)


def _authorize(
    caller: Caller, asked: Sequence[bodies.Authorize], at: datetime
) -> Sequence[Any]:
    asks = [each.asked() for each in asked]
    with in_flight():
        found = authorize_usage(
            source_id=caller.source_id, asks=asks, by=caller.by, at=at
        )
    return [bodies.granted(a) if isinstance(a, Grant) else a for a in found]


def settle(group: Hashable, asked: Sequence[bodies.Settle]) -> list[Answer]:
    """Settle what one key sends for one source, as one batch of usage."""
    return together(group, asked, _settle)


def _settle(
    caller: Caller, asked: Sequence[bodies.Settle], at: datetime
) -> Sequence[Any]:
    found = settle_usage(
        source_id=caller.source_id,
        calls=[each.spent() for each in asked],
        by=caller.by,
        at=at,
    )
    return [bodies.settled_call(a) if isinstance(a, Settled) else a for a in found]


def release(group: Hashable, asked: Sequence[bodies.Release]) -> list[Answer]:
    """Give back what one key releases of one source."""
    return together(group, asked, _release)


def _release(
    caller: Caller, asked: Sequence[bodies.Release], at: datetime
) -> Sequence[Any]:
    found = release_reservation(
        source_id=caller.source_id,
        reservation_ids=[each.reservation_id for each in asked],
        by=caller.by,
        at=at,
    )
    return [
        a if isinstance(a, Refusal) else bodies.ReleasedCalls(a.reservation_id, a.calls)
        for a in found
    ]


def fence(group: Hashable, asked: Sequence[bodies.Fence]) -> list[Answer]:
    """Open an epoch for each gateway that begins anew."""
    return together(group, asked, _fence)


def _fence(caller: Caller, asked: Sequence[bodies.Fence], at: datetime) -> list[Any]:
    made = [
        fence_gateway(
            source_id=caller.source_id, gateway=each.gateway, by=caller.by, at=at
        )
        for each in asked
    ]
    return [
        bodies.Fenced(each.source, row.gateway, row.epoch)
        for each, row in zip(asked, made, strict=True)
    ]


def together(
    group: Hashable,
    asked: Sequence[_Asked],
    work: Callable[[Caller, Sequence[_Asked], datetime], Sequence[Any]],
) -> list[Answer]:
    """All in one transaction; if that fails for one of them, each by itself."""
    assert isinstance(group, Caller)  # noqa: S101 (typing)
    try:
        try:
            found = _answered(work, group, asked)
        except Error as error:
            if not _is_down(error) or not _was_trusted():
                raise
            found = _answered(work, group, asked)  # a repeat is answered the same
    except Exception as error:  # noqa: BLE001 (told to whoever asked)
        if len(asked) == 1 or _concerns_all(error):
            return [_refused(error)] * len(asked)
        return [answer for each in asked for answer in together(group, [each], work)]
    return [_shown(each) for each in found]


def _concerns_all(error: Exception) -> bool:
    """Whether every one of a group would be answered the same."""
    refusal = doors.refusal_of(error)
    waited_in_vain = refusal is not None and refusal.retryable
    return waited_in_vain or isinstance(error, Refusal) or _is_down(error)


def _answered(
    work: Callable[[Caller, Sequence[_Asked], datetime], Sequence[Any]],
    caller: Caller,
    asked: Sequence[_Asked],
) -> Sequence[Any]:
    _renew()
    return work(caller, asked, clock.now())


class _Trust(threading.local):
    """Until when a worker's connection is used without being looked at first."""

    until = 0.0


_trust = _Trust()


def _renew() -> None:
    """Drop a connection that is broken or old; one inside a transaction is in use."""
    if connection.in_atomic_block:
        return
    connection.close_if_unusable_or_obsolete()
    now = time.monotonic()
    if connection.connection is not None and now < _trust.until:
        link: Any = connection
        link.health_check_done = True  # else a question more before each group
    _trust.until = now + TRUST_SECONDS


def _was_trusted() -> bool:
    """Close the connection; whether it may have been dead before it was used."""
    _trust.until = 0.0
    if connection.in_atomic_block:
        return False
    connection.close()
    return True


def _each(asked: Sequence[Any], work: Callable[[Any], Any]) -> list[Any]:
    found: list[Any] = []
    for each in asked:
        try:
            _renew()
            found.append(work(each))
        except Exception as error:  # noqa: BLE001 (told to whoever asked)
            found.append(_refused(error))
    return found


def _shown(found: Any) -> Answer:
    if isinstance(found, Answer):
        return found
    if isinstance(found, Refusal):
        return problem(found)
    is_refused = isinstance(found, bodies.SettledCall) and found.state == REJECTED
    return Answer(422 if is_refused else 200, _encode(found))


def _is_down(error: Exception) -> bool:
    """Whether the records cannot be reached, or are too busy to tell."""
    is_ours = isinstance(error, OperationalError | InterfaceError)
    known = doors.refusal_of(error)
    return is_ours and (known is None or isinstance(known, doors.RecordsDown))


def _refused(error: Exception) -> Answer:
    """Fail closed: whatever went wrong, nothing is granted."""
    if _is_down(error):
        _log.warning("The gate cannot reach the records: %s", error)
        connection.close()
        message = "The records cannot be reached: nobody can tell what is left."
        return problem(DatabaseDown(message))
    refusal = doors.refusal_of(error)
    if refusal is not None:
        return problem(refusal)
    _log.error("A request at the gate failed.", exc_info=error)
    body = {
        "type": "/api/v1/problems#internal_error",
        "title": "internal error",
        "status": 500,
        "detail": "Something failed on our side; whatever it had begun was undone.",
        "code": "internal_error",
        "retryable": False,
    }
    return Answer(500, _encode(body), is_problem=True)


def problem(refusal: Refusal) -> Answer:
    """A refusal as RFC 9457, with the words of its rule where they can be read."""
    words = _words_of(refusal.rule)
    more = {
        "rule": refusal.rule,
        "sentence": words.sentence if words else "",
        "citation": words.citation if words else "",
        "lift": words.lift if words else "",
        "data": plain(refusal.data),
    }
    body = {
        "type": f"/api/v1/problems#{refusal.code}",
        "title": refusal.code.replace("_", " "),
        "status": refusal.status,
        "detail": refusal.message,
        "code": refusal.code,
        **{key: value for key, value in more.items() if value},
        "retryable": refusal.retryable,
    }
    return Answer(
        refusal.status, _encode(body), retry=refusal.retryable, is_problem=True
    )


def _words_of(rule: str) -> doors.RuleWords | None:
    if not rule:
        return None
    kept = _words.get(rule)
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1]
    try:
        words = doors.words_of(rule, clock.now())
    except Error:
        return kept[1] if kept is not None else None
    _words[rule] = (time.monotonic() + WORDS_SECONDS, words)
    return words
