"""Requests over kept connections: one transport that blocks, one for asyncio.

The standard library alone. Every request that is sent here may be sent again: each has
an id by which Drawdown knows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from drawdown_client.errors import Unreachable

_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_IDLE: Final = 64
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; ``key`` is the same however often it is sent."""

    path: str
    body: bytes
    key: str
    content_type: str = "application/json"
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the body, and after how many seconds to come again, if that is said."""

    status: int
    body: bytes
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where Drawdown is, and the key that asks.

    :raises ValueError: unless it is https, or http on this machine
    """

    url: str
    key: str = field(repr=False)
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or is_near):
            message = f"{self.url} is no https address; a key is sent nowhere else."
            raise ValueError(message)

    @property
    def host(self) -> str:
        """The name to connect to."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port to connect to."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def context(self) -> ssl.SSLContext | None:
        """How the other side is checked; none on this machine."""
        if not self.url.startswith("https:"):
            return None
        return self.tls or ssl.create_default_context()

    def headers(self, request: Request) -> dict[str, str]:
        """What is said of a request."""
        return {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": request.content_type,
            "Accept": "application/json",
            "Idempotency-Key": request.key,
        }

    def target(self, request: Request) -> str:
        """The path below the address's own."""
        return urlsplit(self.url).path.rstrip("/") + request.path


class Connections:
    """Connections that are kept between requests; any number of threads may send."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._context = address.context
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def send(self, request: Request, seconds: float) -> Reply:
        """One answer within so many seconds.

        :raises Unreachable: if none comes
        """
        end = time.monotonic() + seconds
        kept = self._take()
        if kept is not None:
            # Whoever kept it open may have closed it meanwhile: that says nothing yet.
            with contextlib.suppress(Unreachable):
                return self._on(kept, request, seconds)
        return self._on(self._open(), request, end - time.monotonic())

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for each in idle:
            each.close()

    def _take(self) -> http.client.HTTPConnection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _open(self) -> http.client.HTTPConnection:
        place = (self._address.host, self._address.port)
        if self._context is None:
            return http.client.HTTPConnection(*place)
        return http.client.HTTPSConnection(*place, context=self._context)

    def _on(
        self, connection: http.client.HTTPConnection, request: Request, seconds: float
    ) -> Reply:
        try:
            connection.timeout = max(seconds, 0.001)
            if connection.sock is not None:
                connection.sock.settimeout(connection.timeout)
            connection.request(
                request.method,
                self._address.target(request),
                body=request.body,
                headers=self._address.headers(request),
            )
            answer = connection.getresponse()
            body = answer.read(_MOST_BYTES)
            reply = Reply(answer.status, body, _seconds(answer.headers))
            is_kept = not answer.will_close
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _unreachable(error) from error
        with self._lock:
            is_kept = is_kept and len(self._idle) < _MOST_IDLE
            if is_kept:
                self._idle.append(connection)
        if not is_kept:
            connection.close()
        return reply


@dataclass(slots=True)
class _Stream:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class AsyncConnections:
    """The same for asyncio; of one event loop."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._context = address.context
        self._idle: list[_Stream] = []

    async def send(self, request: Request, seconds: float) -> Reply:
        """One answer within so many seconds.

        :raises Unreachable: if none comes
        """
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                if self._idle:
                    with contextlib.suppress(Unreachable):
                        return await self._on(self._idle.pop(), request)
                return await self._on(await self._open(), request)
        except (OSError, TimeoutError) as error:
            raise _unreachable(error) from error

    async def close(self) -> None:
        """Close what is idle."""
        idle, self._idle = self._idle, []
        for each in idle:
            each.writer.close()
            with contextlib.suppress(OSError):
                await each.writer.wait_closed()

    async def _open(self) -> _Stream:
        opened = await asyncio.open_connection(
            self._address.host, self._address.port, ssl=self._context, limit=1 << 20
        )
        return _Stream(*opened)

    async def _on(self, stream: _Stream, request: Request) -> Reply:
        is_kept = False
        try:
            stream.writer.write(self._head(request) + request.body)
            await stream.writer.drain()
            reply, is_kept = await _read(stream.reader)
        except (OSError, EOFError, ValueError, http.client.HTTPException) as error:
            raise _unreachable(error) from error
        except asyncio.LimitOverrunError as error:
            raise _unreachable(error) from error
        finally:
            if is_kept and len(self._idle) < _MOST_IDLE:
                self._idle.append(stream)
            else:
                stream.writer.close()
        return reply

    def _head(self, request: Request) -> bytes:
        host = self._address.host
        name = f"[{host}]" if ":" in host else host
        lines = [
            f"{request.method} {self._address.target(request)} HTTP/1.1",
            f"Host: {name}:{self._address.port}",
            f"Content-Length: {len(request.body)}",
            *(f"{key}: {text}" for key, text in self._address.headers(request).items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read(reader: asyncio.StreamReader) -> tuple[Reply, bool]:
    """An answer, and whether its connection may be used again."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    version, status = first.split(b" ", 2)[:2]
    headers = http.client.parse_headers(io.BytesIO(rest))
    is_closed = headers.get("Connection", "").casefold() == "close"
    is_kept = version == b"HTTP/1.1" and not is_closed
    if "chunked" in headers.get("Transfer-Encoding", "").casefold():
        body = await _chunks(reader)
    elif headers.get("Content-Length") is not None:
        body = await reader.readexactly(_length(headers["Content-Length"], 10))
    else:
        body, is_kept = await reader.read(_MOST_BYTES), False
    return Reply(int(status), body, _seconds(headers)), is_kept


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = _length(line.split(b";")[0].decode(), 16)
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return found
        found += await reader.readexactly(size)
        _length(str(len(found)), 10)
        await reader.readexactly(2)


def _length(said: str, base: int) -> int:
    size = int(said.strip(), base)
    if not 0 <= size <= _MOST_BYTES:
        message = f"An answer of {size} bytes is none."
        raise ValueError(message)
    return size


def _seconds(headers: http.client.HTTPMessage) -> float | None:
    said = headers.get("Retry-After", "").strip()
    return float(said) if said.isdigit() else None


def _unreachable(error: Exception) -> Unreachable:
    return Unreachable(str(error) or type(error).__name__)
