"""The wire between a browser and the site, listened to; and the memory of processes."""

import socket
import socketserver
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus


class Wire(socketserver.ThreadingTCPServer):
    """The wire between browser and site, and every byte that the browser has sent."""

    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__(("127.0.0.1", 0), _Ends)
        self.far_end = ("127.0.0.1", int(address.rpartition(":")[2]))
        self.sent = bytearray()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Ends(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        with socket.create_connection(self.server.far_end) as far:
            threading.Thread(target=self._back, args=(far,), daemon=True).start()
            while chunk := self.request.recv(65536):
                self.server.sent += chunk
                far.sendall(chunk)

    def _back(self, far: socket.socket) -> None:
        with suppress(OSError):
            while chunk := far.recv(65536):
                self.request.sendall(chunk)
            self.request.shutdown(socket.SHUT_WR)


def holds(pid: int, secret: bytes) -> bool:
    """Whether the writable memory of a process has these bytes."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            where, rights, *_rest = line.split()
            if not rights.startswith("rw") or "[v" in line:
                continue
            start, end = (int(each, 16) for each in where.split("-"))
            memory.seek(start)
            try:
                if secret in memory.read(end - start):
                    return True
            except OSError:
                continue
    return False


def spelled(text: str) -> list[bytes]:
    """As it is, and as forms send it."""
    return [text.encode(), quote(text).encode(), quote_plus(text).encode()]
