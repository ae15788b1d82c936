"""Stands between Envoy and Drawdown: answers ext_authz, and settles what Lua reports.

Envoy sends it a copy of each request, headers and body, before the provider gets it,
and the end of each answer after. It listens on this machine alone. Started with::

    DRAWDOWN_URL=… DRAWDOWN_KEY=… DRAWDOWN_SOURCE=… DRAWDOWN_SPOOL=… python sidecar.py
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from drawdown_client import Ask, Client, DrawdownError, Refused
from drawdown_client.calls import Progress

_log = logging.getLogger(__name__)

ORDER = "x-drawdown-order"
CALL = "x-drawdown-call"
STATUS = "x-provider-status"
MOST_BYTES = 8 * 1024 * 1024
ATTACHED = ("image_url", "input_image", "input_audio", "input_file", "file", "image")

KEPT_THERE = ("previous_response_id", "conversation")
"""Names of what the provider has kept and reads again, however long that is."""


class Answered(Exception):
    """What Envoy's caller is answered in place of the provider's answer."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, dict(body)


class Sidecar(ThreadingHTTPServer):
    """Two addresses: ``/authorize…`` for ext_authz, ``/settle`` for the end of a call.

    :param longest_answer: refused is a request that sets no limit or a higher one: what
        Envoy sends on cannot be changed here
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        address: tuple[str, int],
        client: Client,
        *,
        boundary: str = "",
        longest_answer: int = 16_384,
        longest_seconds: float = 3_600,
    ) -> None:
        self.client, self.boundary = client, boundary
        self.longest_answer, self.longest_seconds = longest_answer, longest_seconds
        super().__init__(address, _Handler)

    def authorize(self, path: str, headers: Mapping[str, str], body: bytes) -> str:
        """The id of the call that may be made.

        :raises Answered: if none may
        """
        for progress in self.client.desk.overdue(self.longest_seconds):
            _log.warning("Nobody says what %s used: it is held.", progress.name)
            self.client.end(progress)
        ask = self._ask(path, headers, body)
        try:
            return self.client.begin(ask).operation
        except Refused as refusal:
            raise Answered(402, refusal.problem) from refusal
        except DrawdownError as error:
            raise Answered(503, {"detail": str(error)}) from error

    def settle(self, headers: Mapping[str, str], end: bytes) -> None:
        """End a call with the last bytes of its answer; a second time says nothing.

        :param end: an answer in JSON, or the last events of a stream
        """
        progress = self.client.desk.running_call(headers.get(CALL, ""))
        if progress is None:
            return
        status = headers.get(STATUS, "")
        if status.isdigit() and int(status) >= 400:
            self.client.end(progress, _ProviderError(int(status)))
            return
        _see(progress, end)
        self.client.end(progress)

    def _ask(self, path: str, headers: Mapping[str, str], body: bytes) -> Ask:
        try:
            request = json.loads(body)
        except (ValueError, RecursionError):
            request = None
        order = headers.get(ORDER, "")
        if not isinstance(request, dict) or not order:
            raise Answered(400, {"detail": f"Send a request in JSON, and {ORDER}."})
        is_kept = isinstance(request.get("prompt"), dict)
        if is_kept or any(request.get(name) for name in KEPT_THERE):
            detail = "What the provider has kept cannot be bounded here."
            raise Answered(400, {"detail": detail})
        if _has_attachment(request):
            raise Answered(400, {"detail": "An attachment cannot be bounded here."})
        names = ("max_completion_tokens", "max_tokens", "max_output_tokens")
        limits = [request[name] for name in names if request.get(name)]
        if any(not isinstance(each, int) for each in limits):
            limits = []
        limit = max(limits, default=0)
        many = request.get("n") or 1
        if not 0 < limit <= self.longest_answer:
            raise Answered(400, {"detail": "Set a limit of tokens for the answer."})
        if not (isinstance(many, int) and 0 < many <= 128):
            raise Answered(400, {"detail": "n is no number of answers."})
        if request.get("stream") and path.endswith("/chat/completions"):
            _insist_on_counts(request)
        return Ask(
            order=order,
            model=str(request.get("model", "")),
            input_tokens_max=len(body),  # no token is shorter than a byte
            output_tokens_max=limit * many,
            boundary=self.boundary,
        )


class _ProviderError(Exception):
    """The provider said that it did not answer."""

    def __init__(self, status_code: int) -> None:
        super().__init__(status_code)
        self.status_code = status_code


def _has_attachment(request: Mapping[str, Any]) -> bool:
    """Whether a part of it, however deep and however written, is no text."""
    parts: list[Any] = [request]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if part.get("type") in ATTACHED:
                return True
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return False


def _insist_on_counts(request: Mapping[str, Any]) -> None:
    """A stream of OpenAI's chat tells its counts only when it is asked to."""
    options = request.get("stream_options") or {}
    if not options.get("include_usage"):
        detail = "Set stream_options.include_usage, so that the stream is counted."
        raise Answered(400, {"detail": detail})


def _see(progress: Progress, end: bytes) -> None:
    """The counts from a whole answer, or from the events at the end of a stream."""
    try:
        whole = json.loads(end)
    except ValueError:
        whole = None
    if isinstance(whole, dict):
        progress.used(whole)
        return
    for line in end.split(b"\n"):
        name, _, data = line.partition(b":")
        if name.strip() != b"data":
            continue
        try:
            part = json.loads(data)
        except ValueError:
            continue  # [DONE], or the first one, of which the beginning is missing
        if isinstance(part, dict):
            progress.see(part)


class _Handler(BaseHTTPRequestHandler):
    server: Sidecar
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:  # noqa: N802 (its name there)
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            self.close_connection = True
            self._answer(413, {"detail": "The request is too large."})
            return
        body = self.rfile.read(size)
        headers = {name.lower(): text for name, text in self.headers.items()}
        try:
            if self.path.startswith("/authorize"):
                call = self.server.authorize(self.path, headers, body)
                self._answer(200, {}, call=call)
            elif self.path == "/settle":
                self.server.settle(headers, body)
                self._answer(200, {})
            else:
                self._answer(404, {"detail": "There is nothing here."})
        except Answered as answered:
            self._answer(answered.status, answered.body)

    def _answer(self, status: int, body: Mapping[str, Any], call: str = "") -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        if call:
            self.send_header(CALL, call)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_words: Any) -> None:
        """Say nothing: Envoy has its own log."""


def main() -> None:
    """Serve until the process is ended."""
    client = Client(
        os.environ["DRAWDOWN_URL"],
        key=os.environ["DRAWDOWN_KEY"],
        source=os.environ["DRAWDOWN_SOURCE"],
        spool=os.environ["DRAWDOWN_SPOOL"],
    )
    with client, Sidecar(("127.0.0.1", 9_191), client) as sidecar:
        sidecar.serve_forever()


if __name__ == "__main__":
    main()
