"""A site that answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GRANT = {
    "calls": 1,
    "tokens": 100,
    "dollars": "0.5",
    "lease_until": "2999-01-01T00:00:00.000000Z",
    "beyond": "",
    "replayed": False,
}
SETTLED = {
    "call": 1,
    "state": "settled",
    "verdict": "accepted",
    "code": "",
    "tokens": 10,
    "dollars": "0.1",
    "over_dollars": "0",
    "late": False,
}


class Site:
    """Answers each verb as it should be, unless ``script`` has something else first.

    An answer is a status with a body, or ``None`` for a connection that breaks.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.script: list[Any] = []
        self.lease_until = GRANT["lease_until"]
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:  # noqa: N802 (its name there)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                verb = self.path.rpartition(":")[2]
                said = {} if verb == "batch" else json.loads(body)
                site.asked.append((verb, said, self.headers["Idempotency-Key"]))
                answer = site.answer(verb, said, body)
                if answer is None:
                    self.close_connection = True
                    return
                status, body = answer[0], json.dumps(answer[1]).encode()
                self.send_response(status)
                if site.is_chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
                else:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: Any) -> None:
                pass

        self.is_chunked = False

        class Server(ThreadingHTTPServer):
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    def answer(self, verb: str, said: dict[str, Any], body: bytes) -> Any:
        if self.script:
            scripted = self.script.pop(0)
            if scripted != "as it should be":
                return scripted
        name = said.get("reservation_id")
        if verb == "authorize":
            made = {**GRANT, "reservation_id": name, "lease_until": self.lease_until}
            return 200, made
        if verb == "settle":
            return 200, {**SETTLED, "reservation_id": name}
        if verb == "release":
            return 200, {"reservation_id": name, "calls": 1}
        if verb == "fence":
            return 200, {"source": "gateway", "gateway": said["gateway"], "epoch": 3}
        ids = [json.loads(line)["id"] for line in body.splitlines()]
        verdicts = [{"index": n, "id": i, "status": "accepted"} for n, i in ids_of(ids)]
        counts = dict.fromkeys(("held", "duplicate", "conflict", "rejected"), 0)
        return 200, {"accepted": len(ids), **counts, "verdicts": verdicts}

    def verbs(self) -> list[str]:
        return [verb for verb, _said, _key in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def ids_of(ids: list[str]) -> list[tuple[int, str]]:
    return list(enumerate(ids))
