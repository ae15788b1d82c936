"""The ASGI function: read, look up the key, ask the worker, write the answer."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.conf import settings

from contracting.core import origin
from contracting.core.api import BodyTooLarge
from contracting.core.errors import NotVisible, Refusal
from contracting.metering.gate import bodies, calls, work
from contracting.metering.gate.combiner import Combiner, Full
from contracting.metering.gate.work import Answer, Caller

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX: Final = "/api/v1/funds:"
MOST_BYTES: Final = 64 * 1024
MOST_WAITING: Final = 8_192
_MOST_KEYS: Final = 10_000
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9_-]{8,64}$")


class TooMany(Refusal):
    """More requests than one key may send in a second, or than can wait."""

    code = "too_many_requests"
    status = 429
    retryable = True


class NotThisWay(Refusal):
    """These doors take POST alone."""

    code = "method_not_allowed"
    status = 405


@dataclass(slots=True)
class _Verb:
    decoder: bodies.Decoder
    combiner: Combiner[Any, Answer]


class Gate:
    """The doors ``funds:authorize``, ``:settle``, ``:release``, ``:fence``, and that of
    single calls.
    """

    @staticmethod
    def takes(path: str) -> bool:
        """Whether an address is one of them."""
        return path.startswith(PREFIX) or path == calls.EVENTS

    def __init__(self) -> None:
        self._keys: Combiner[work.Asking, Any] = Combiner(
            work.find_caller, name="gate-keys", most_waiting=MOST_WAITING
        )
        self._verbs = {
            name: _Verb(
                bodies.decoder_of(body),
                Combiner(does, name=f"gate-{name}", most_waiting=MOST_WAITING),
            )
            for name, body, does in (
                ("authorize", bodies.Authorize, work.authorize),
                ("settle", bodies.Settle, work.settle),
                ("release", bodies.Release, work.release),
                ("fence", bodies.Fence, work.fence),
            )
        }
        self._verbs[calls.EVENTS] = _Verb(
            calls.CallDecoder(),
            Combiner(calls.record, name="gate-calls", most_waiting=MOST_WAITING),
        )
        self._spent: dict[int, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing that is read here is kept."""
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        is_named = bool(_REQUEST_ID.match(given))
        name = given if is_named else f"req_{secrets.token_hex(8)}".encode()
        try:
            answer = await self._answer(scope, headers, receive)
        except Refusal as refusal:
            answer = _plain(refusal)
        await send(_start(answer, name))
        await send({"type": "http.response.body", "body": answer.body})

    def close(self) -> None:
        """End the workers."""
        for each in (self._keys, *(verb.combiner for verb in self._verbs.values())):
            each.close()

    async def _answer(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> Answer:
        verb = self._verbs.get(scope["path"].removeprefix(PREFIX))
        if verb is None:
            message = "There is nothing here."
            raise NotVisible(message)
        if scope["method"] != "POST":
            message = "Send it with POST."
            raise NotThisWay(message)
        raw = await _body(headers, receive)
        header = headers.get(b"authorization", b"").decode("latin-1")
        body = bodies.read_body(verb.decoder, raw)
        asking = (header, body.source, _address(scope, headers))
        caller = work.kept_caller(asking)
        if caller is None:
            found = await _waited(self._keys, None, asking)
            if isinstance(found, Answer):
                return found
            caller = found
        self._count(caller)
        answer: Answer = await _waited(verb.combiner, caller, body)
        return answer

    def _count(self, caller: Caller) -> None:
        """Let a key go on at its rate, in bursts of a second.

        :raises TooMany: if it sends more
        """
        most = float(settings.FUNDS_RATE)
        key, now = caller.by.key_id or 0, time.monotonic()
        left, since = self._spent.get(key, (most, now))
        left = min(most, left + (now - since) * most)
        if left < 1:
            message = f"A key may ask {settings.FUNDS_RATE:,} times a second."
            raise TooMany(message)
        if len(self._spent) >= _MOST_KEYS:
            self._spent.clear()
        self._spent[key] = (left - 1, now)


def _address(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """Where the request came from, as far as it can be believed."""
    peer = scope.get("client") or ("", 0)
    told = headers.get(b"x-forwarded-for", b"").decode("latin-1")
    return origin.address_of(peer[0], told, settings.TRUSTED_PROXIES)


async def _waited(combiner: Combiner[Any, Any], group: Any, asked: Any) -> Any:
    try:
        return await combiner.ask(group, asked)
    except Full:
        message = "Too many requests wait already. Nothing was granted."
        raise TooMany(message) from None


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > MOST_BYTES:
        raise _too_large()
    message = await receive()
    raw: bytes = message.get("body", b"")
    while message.get("more_body"):
        if len(raw) > MOST_BYTES:
            raise _too_large()
        message = await receive()
        raw += message.get("body", b"")
    if len(raw) > MOST_BYTES:
        raise _too_large()
    return raw


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"A request here has at most {MOST_BYTES:,} bytes.")


def _plain(refusal: Refusal) -> Answer:
    """A refusal that came about before anybody asked the database: it has no rule."""
    words = {
        "type": f"/api/v1/problems#{refusal.code}",
        "title": refusal.code.replace("_", " "),
        "status": refusal.status,
        "detail": refusal.message,
        "code": refusal.code,
        "data": refusal.data,
        "retryable": refusal.retryable,
    }
    body = msgspec.json.encode({key: value for key, value in words.items() if value})
    return Answer(refusal.status, body, retry=refusal.retryable, is_problem=True)


_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", b"application/problem+json")
_SAFE: Final = (b"x-content-type-options", b"nosniff")
_KEPT_NOWHERE: Final = (b"cache-control", b"no-store")


def _start(answer: Answer, request_id: bytes) -> dict[str, Any]:
    headers = [
        _PROBLEM if answer.is_problem else _JSON,
        (b"content-length", b"%d" % len(answer.body)),
        (b"x-request-id", request_id),
        _SAFE,
        _KEPT_NOWHERE,
    ]
    if answer.retry:
        headers.append((b"retry-after", b"1"))
    if answer.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="api"'))
    return {
        "type": "http.response.start",
        "status": answer.status,
        "headers": headers,
    }
