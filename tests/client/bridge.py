"""The site of the test itself over real HTTP: the ASGI entry, gate and all.

In this process, so that its clock and its database are those of the test.
"""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Bridge:
    """Serves an ASGI application at ``url`` until it is closed."""

    def __init__(self, application: Any) -> None:
        loop = asyncio.new_event_loop()
        self._loop = loop
        bridge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:  # noqa: N802 (its name there)
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                asked = bridge.ask(application, self, raw)
                status, headers, body = asyncio.run_coroutine_threadsafe(
                    asked, loop
                ).result()
                self.send_response(status)
                for name, value in headers:
                    if name.lower() != b"content-length":
                        self.send_header(name.decode(), value.decode())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256

            def handle_error(self, *_words: Any) -> None:
                pass  # whoever asked was killed

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._threads = [
            threading.Thread(target=loop.run_forever),
            threading.Thread(target=self._server.serve_forever, args=(0.05,)),
        ]
        for each in self._threads:
            each.start()

    async def ask(
        self, application: Any, request: BaseHTTPRequestHandler, raw: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """One request of one client, answered."""
        path, _, query = request.path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.lower().encode(), value.encode())
                for name, value in request.headers.items()
            ],
            "client": request.client_address,
            "server": ("127.0.0.1", self._server.server_port),
        }
        told: list[Any] = []
        sent = [{"type": "http.request", "body": raw, "more_body": False}]
        ended = asyncio.Event()

        async def receive() -> Any:
            if sent:
                return sent.pop()
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        await application(scope, receive, send)
        ended.set()
        body = b"".join(each.get("body", b"") for each in told[1:])
        return told[0]["status"], told[0]["headers"], body

    def close(self) -> None:
        """End the server; what is under way is let go."""
        self._server.shutdown()
        self._server.server_close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        for each in self._threads:
            each.join()
        self._loop.close()
