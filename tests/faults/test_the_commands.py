"""The commands of the README as a person runs them: as processes, from the outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contracting.operate.management.demo_database import is_embedded
from tests.workers import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = ROOT / "var" / "serve"
PARTS = {"web", "gate", "worker", "paper", "beat"}
OF_THE_TESTS = {"DJANGO_SETTINGS_MODULE", "MEDIA_ROOT", "DRAWDOWN_TEST_DB"}

pytestmark = pytest.mark.skipif(
    not is_embedded(), reason="plays in databases that it drops: embedded servers only"
)


def environment(**changes: str) -> dict[str, str]:
    """That of a person at a terminal, on the servers of this run."""
    ours = {name: text for name, text in os.environ.items() if name not in OF_THE_TESTS}
    return {**ours, "DRAWDOWN_DEBUG": "1", "DRAWDOWN_DEMO": "0", **changes}


# demo -------------------------------------------------------------------------------


def play():
    """Play the story in a process of its own, and read what it leaves."""
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--anchor", "2028-02-29"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "DIFFERS" not in done.stdout
    return json.loads((ROOT / "var" / "demo" / "summary.json").read_text())


def test_the_demo_finds_every_fault_up_to_a_leap_day():
    summary = play()

    # Its twelve figures are those of the real calls and of the planted faults
    assert list(summary) == [
        "input_tokens",
        "output_tokens",
        "amount_usd",
        "planted",
        "found",
        "unexplained_usd",
        "credited_usd",
        "hard_stop",
        "documents",
        "invariants",
        "audit",
        "seconds",
    ]
    assert summary["input_tokens"] == 18_059_974
    assert summary["output_tokens"] == 245_896
    assert summary["amount_usd"] == "50.466107385"
    assert sorted(map(str, summary["planted"])) == sorted(map(str, summary["found"]))
    assert len(summary["found"]) == 5
    assert summary["invariants"] == summary["audit"] == "ok"

    # And each paper lies beside the summary
    papers = list((ROOT / "var" / "demo").glob("*.pdf"))
    assert len(papers) == len(summary["documents"])


# serve ------------------------------------------------------------------------------


class Site:
    """A served site: its process, and the first lines that it says."""

    def __init__(self, port: int, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self.children: list[int] = []

    def announced(self) -> Site:
        """This site, as soon as it has said where it is and all its parts run."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C ends it" in line:
                break
        served = re.search(r"served at http://127\.0\.0\.1:(\d+)/", self.said)
        assert served, self.said
        self.port = int(served[1])
        eventually(lambda: _recorded().keys() == PARTS)
        self.children = list(_recorded().values())
        return self

    def status(self) -> int:
        session = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        session.request("GET", "/livez")
        reply = session.getresponse()
        reply.read()
        session.close()
        return reply.status

    def alive(self) -> list[int]:
        """The children that are still there."""
        return [pid for pid in self.children if _is_alive(pid)]


@pytest.fixture
def serve(own_database):
    """Serve the test's own database; what is left is ended with the test."""
    sites: list[Site] = []
    env = environment(
        DATABASE_URL=own_database.url,
        REDIS_URL=f"{os.environ['REDIS_URL'].split('?')[0]}?db=5",
    )

    def start(port: int) -> Site:
        sites.append(Site(port, env))
        return sites[-1].announced()

    yield start
    for site in sites:
        if site.process.poll() is None:
            site.process.send_signal(signal.SIGINT)
        site.process.wait(timeout=60)
        for pid in site.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_the_site_is_served_and_ended_whatever_happens(serve):
    # Given a port that somebody else has taken
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        # When the site is served, then it steps over that port and answers
        first = serve(port)
        assert first.port > port
        assert first.status() == 200

    # When it is killed, then the next is served all the same, and alone
    first.process.kill()
    first.process.wait()
    second = serve(port)
    assert second.status() == 200
    eventually(lambda: not first.alive())

    # When Ctrl-C is pressed, then everything that it started ends with it
    assert len(second.alive()) == len(PARTS)
    second.process.send_signal(signal.SIGINT)
    assert second.process.wait(timeout=60) == 0
    assert second.alive() == []
    assert list(STATE.glob("*.json")) == []


def _recorded() -> dict[str, int]:
    """The process of each part whose record is written to its end."""
    said = {path.stem: path.read_text() for path in STATE.glob("*.json")}
    return {part: json.loads(text)["pid"] for part, text in said.items() if text}


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
