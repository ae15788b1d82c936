"""A real worker: another process, on the test's own database."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contracting.celery import app

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 40
DONE_SECONDS = 40


@pytest.fixture
def worker(own_database):
    """A prefork worker for every queue, as in production, until the test ends."""
    app.control.purge()
    log = ROOT / "var" / "log" / "test-worker.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "contracting", "worker"]
            + ["-P", "prefork", "-c", "1", "-Q", "work,paper", "-l", "INFO"]
            + ["--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": own_database.url,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        eventually(lambda: app.control.ping(timeout=0.5), within=READY_SECONDS)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def eventually(answer, *, within: float = DONE_SECONDS):
    """What ``answer`` returns as soon as it is true; fails when the time is up."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = answer()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"nothing within {within} seconds")
