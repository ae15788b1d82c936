"""Usage through the site's own door, over HTTP, on a server of two workers.

*G2*: batches of 1,000 and 10,000 calls through ``POST /api/v1/usage/events:batch``,
with the key's authentication, hashes and a verdict for each row, beside a bare COPY of
the very rows. *G3*: the same calls, a thousand at a time, through a plain DRF door
(``bench/served.py``) on the same server. *G6*: single calls at the gate, each answered
when it is on the disk, beside the null view of the same server, and beside the least
that an ASGI server can do (``bench/empty_view.py``).
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import funds
import ingest
from figures import spread

ROUNDS = 5
CLIENTS = 2
SINGLE_CLIENTS = (8, 64)
SINGLES = 1_600
"""Single calls of all clients in a round, and as many null views."""

DOOR = "/api/v1/usage/events:batch"
SINGLE_DOOR = "/api/v1/usage/events"


def measure() -> dict[str, Any]:
    """G2, G3 and G6."""
    world = ingest.the_world()
    with server() as port, ingest.writers(CLIENTS) as crew:
        post = Poster(port)
        figures = {
            "g2_10000": _batches(world, crew, post, 10_000),
            "g2_1000": _batches(world, crew, post, 1_000),
            "g3": _against_plain(world, post),
        }
    here = Path(__file__).resolve().parent
    with (
        funds.served("served:gate", here) as gate,
        funds.served("empty_view:application", here) as empty,
    ):
        for clients in SINGLE_CLIENTS:
            figures[f"g6_{clients}"] = _singles(world, post.key, gate, empty, clients)
    for name, found in figures.items():
        print(f"{name}: {found['ratio']['median']} {found['what']}")
    return figures


def _batches(world: Any, crew: list[Any], post: Poster, calls: int) -> dict[str, Any]:
    """Our door / COPY of the rows that it left, as many at once."""
    ours, copies = [], []
    for number in range(ROUNDS + 1):
        names = [f"http{calls}-{number}-{client}" for client in range(CLIENTS)]
        batches = [world.batch(name, calls) for name in names]
        took = post.all(DOOR, batches)
        rows = [world.rows(name) for name in names]
        copied = ingest.together(crew, [("copy", each) for each in rows])
        if number:
            ours.append(took)
            copies.append(copied)
    count = CLIENTS * calls
    return {
        "what": f"HTTP batches of {calls:,} calls by {CLIENTS} clients / COPY",
        "ratio": spread([c / o for c, o in zip(copies, ours, strict=True)], 3),
        "calls_per_second": spread([count / took for took in ours], 0),
        "lines_per_second": spread([4 * count / took for took in ours], 0),
        "copied_calls_per_second": spread([count / took for took in copies], 0),
    }


def _against_plain(world: Any, post: Poster) -> dict[str, Any]:
    """Our door / the plain DRF door, a thousand calls at a time."""
    ours, theirs = [], []
    for number in range(ROUNDS + 1):
        names = [f"plain-{number}-{client}" for client in range(CLIENTS)]
        batches = [world.batch(name, 1_000) for name in names]
        plain = [_plainly(batch) for batch in batches]
        took = post.all(DOOR, batches)
        other = post.all("/bench/plain", plain, kind="application/json")
        if number:
            ours.append(took)
            theirs.append(other)
    count = CLIENTS * 1_000
    return {
        "what": "our door / DRF serializer and bulk_create, 1,000 calls a batch",
        "ratio": spread([t / o for t, o in zip(theirs, ours, strict=True)], 2),
        "calls_per_second": spread([count / took for took in ours], 0),
        "plain_calls_per_second": spread([count / took for took in theirs], 0),
    }


def _singles(
    world: Any, key: str, gate: int, empty: int, clients: int
) -> dict[str, Any]:
    """Single calls / null views, by as many clients, each waiting for its answer."""
    each = SINGLES // clients
    ours, nulls, least = [], [], []
    for number in range(ROUNDS + 1):
        rows = [
            world.batch(f"single-{clients}-{number}-{n}", each).splitlines()
            for n in range(clients)
        ]
        took = asyncio.run(_stream(gate, SINGLE_DOOR, key, rows))
        null = asyncio.run(_stream(gate, "/bench/null", key, rows))
        bare = asyncio.run(_stream(empty, "/", key, rows))
        if number:
            ours.append(clients * each / took)
            nulls.append(clients * each / null)
            least.append(clients * each / bare)
    return {
        "what": f"single calls / null view, {clients} clients",
        "ratio": spread([o / n for o, n in zip(ours, nulls, strict=True)], 3),
        "of_an_empty_server": spread(
            [o / n for o, n in zip(ours, least, strict=True)], 3
        ),
        "calls_per_second": spread(ours, 0),
        "lines_per_second": spread([4 * rate for rate in ours], 0),
        "null_views_per_second": spread(nulls, 0),
        "empty_answers_per_second": spread(least, 0),
    }


async def _stream(
    port: int, path: str, key: str, streams: Sequence[Sequence[bytes]]
) -> float:
    """Each client posts its bodies on one connection, one after the other; seconds."""

    async def client(bodies: Sequence[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        for body in bodies:
            writer.write(head + b"%d\r\n\r\n" % len(body) + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = re.search(rb"content-length: (\d+)", answer.lower())
            assert length, answer
            await reader.readexactly(int(length[1]))
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*map(client, streams))
    return time.perf_counter() - start


def _plainly(batch: bytes) -> bytes:
    """The same calls as the plain door takes them."""
    rows = [json.loads(line) for line in batch.splitlines()]
    return json.dumps(
        [
            {
                "id": row["id"],
                "source": row["source"],
                "time": row["time"],
                "order_id": row["data"]["order_id"],
                "model": row["data"]["model"],
                "operation_id": row["data"]["operation_id"],
                "lines": [
                    {"token_class": line["class"], "tokens": line["tokens"]}
                    for line in row["data"]["lines"]
                ],
            }
            for row in rows
        ]
    ).encode()


class Poster:
    """Clients of the server with the gateway's key, each on a connection it keeps."""

    def __init__(self, port: int) -> None:
        from tests.cast import key_text, machine

        self._port = port
        self.key = f"Bearer {key_text(machine('gateway'))}"

    def all(
        self, path: str, bodies: Sequence[bytes], kind: str = "application/x-ndjson"
    ) -> float:
        """Each body by a client of its own, at once; seconds until all are answered."""
        return self.streams(path, [[body] for body in bodies], kind=kind)

    def streams(
        self,
        path: str,
        streams: Sequence[Sequence[bytes]],
        kind: str = "application/x-ndjson",
        method: str = "POST",
    ) -> float:
        """Each client sends its bodies one after the other; seconds for all."""

        def send(bodies: Sequence[bytes]) -> None:
            link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
            headers = {"Authorization": self.key, "Content-Type": kind}
            for body in bodies:
                link.request(method, path, body or None, headers)
                answer = link.getresponse()
                text = answer.read()
                assert answer.status == 200, (answer.status, text[:300])
            link.close()

        start = time.perf_counter()
        with ThreadPoolExecutor(len(streams)) as pool:
            list(pool.map(send, streams))
        return time.perf_counter() - start


@contextmanager
def server() -> Iterator[int]:
    """Two workers of gunicorn on a free port, on this run's database."""
    from django.db import connection
    from served import TABLES

    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Path(__file__).resolve().parent
    environment = os.environ | {
        "PYTHONPATH": f"{here}{os.pathsep}{here.parent}",
        "API_RATE": "1000000/min",
    }
    command = [
        *(sys.executable, "-m", "gunicorn", "served:application", "--workers", "2"),
        *("--worker-class", "gthread", "--threads", "4", "--timeout", "300"),
        *("--bind", f"127.0.0.1:{port}", "--keep-alive", "60", "--log-level", "error"),
        "--no-control-socket",
    ]
    process = subprocess.Popen(command, cwd=here.parent, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/bench/null")
            assert link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    message = "the server did not start within a minute"
    raise RuntimeError(message)
