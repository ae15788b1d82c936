"""A browser, and the site it looks at: a server of its own on a database of its own."""

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker

from accounts.queries import DEMO_PASSWORD
from contracting.core import clock
from contracting.operate.story.cast import PARTS as DEMO_PARTS
from contracting.solicitations.models import Solicitation
from tests.browser import world
from tests.browser.wire import Wire
from tests.builders import DAY, approved_solicitation, released_solicitation
from tests.cast import PARTS, PASSWORD
from tests.databases import ROOT, another_database, pointing_at
from tests.offers import named_openers

_T = TypeVar("_T")
READY_SECONDS = 60
WIDE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 390, "height": 844}
PICTURES = ROOT / "var" / "browser"
AXE = Path(__file__).parent / "axe" / "axe.min.js.gz"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Site:
    """Where the site is, and how somebody logs in."""

    address: str

    def credentials(self, part: str) -> tuple[str, str]:
        """E-mail and password: of the demo's cast (``demo:cor``) or the tests' own."""
        if part.startswith("demo:"):
            return DEMO_PARTS[part.removeprefix("demo:")].email, DEMO_PASSWORD
        return PARTS[part].email, PASSWORD


@contextmanager
def allowed_beside_a_loop() -> Iterator[None]:
    """Django asks no database where a loop runs, and the browser runs one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


def apart(call: Callable[[], _T]) -> _T:
    """Do it in a thread without the browser's event loop: a seal brings its own."""

    def call_and_hang_up() -> _T:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call_and_hang_up).result()


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker) -> Iterator[Site]:
    """The site with its world, served until the last test is done."""
    with another_database() as database:
        with (
            allowed_beside_a_loop(),
            django_db_blocker.unblock(),
            pointing_at(database.name),
        ):
            apart(world.build)
        with serving(database.url) as served:
            yield Site(served.address)


@dataclass(frozen=True)
class Served:
    """Where a site of the tests answers, and the process that serves it."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def serving(database_url: str) -> Iterator[Served]:
    """The site on a database of the tests, until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = _start(listener, database_url)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        _wait_for_an_answer(server, address)
        yield Served(address, server)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _start(listener: socket.socket, database_url: str) -> subprocess.Popen[bytes]:
    log = ROOT / "var" / "log" / "test-browser.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "contracting.wsgi"]
            + ["--worker-class", "gthread", "--workers", "1", "--threads", "4"]
            + ["--no-control-socket", "--log-level", "warning", "--timeout", "120"]
            + ["--bind", f"fd://{listener.fileno()}"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": database_url,
                "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
                "DRAWDOWN_DEMO": "1",
                "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            },
            pass_fds=(listener.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


def _wait_for_an_answer(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and server.poll() is None:
        session = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
        try:
            session.request("GET", "/readyz")
            if session.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            session.close()
    pytest.fail("the site does not answer: see var/log/test-browser.log")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own browser, without a window."""
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        pytest.fail("browser tests need Chromium; `make browser` says how to get it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found[0],
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    return gzip.decompress(AXE.read_bytes()).decode()


class Visitor:
    """Somebody at a screen: one window, and everything its console complained about."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def go(self, path: str):
        """Open a page of the site; the answer of the server."""
        return self.page.goto(f"{self.site.address}{path}", wait_until="load")

    def fetch(self, path: str) -> tuple[int, str]:
        """What the server answers this person, without showing it."""
        answer = self.page.request.get(f"{self.site.address}{path}")
        return answer.status, answer.text()

    def log_in(self, part: str) -> "Visitor":
        """By the form, as people do."""
        email, password = self.site.credentials(part)
        self.go("/accounts/login/")
        self.page.get_by_label("Email", exact=True).fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.locator("main").get_by_role("button", name="Log in").click()
        self.page.wait_for_load_state()
        self.page.get_by_role("button", name="Log out").wait_for()
        return self


class Visits:
    """``visit()`` opens a fresh browser window; ``visit.site`` is what it shows."""

    def __init__(self, site: Site, chromium: Browser) -> None:
        self.site = site
        self.visitors: list[Visitor] = []
        self._chromium = chromium

    def __call__(
        self, *, javascript: bool = True, size: ViewportSize = WIDE
    ) -> Visitor:
        context = self._chromium.new_context(
            java_script_enabled=javascript, viewport=size, reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)
        self.visitors.append(Visitor(context, self.site))
        return self.visitors[-1]


@pytest.fixture
def visit(request, site, chromium) -> Iterator[Visits]:
    """Visits to the site; a picture of each window is kept if the test fails."""
    with visiting(site, chromium, request.node) as visits:
        yield visits


@contextmanager
def visiting(site: Site, chromium: Browser, test: pytest.Item) -> Iterator[Visits]:
    """Visits to a site during a test, with their pictures if it fails."""
    visits = Visits(site, chromium)
    yield visits
    failed = getattr(test, "failed_call", False)
    for number, visitor in enumerate(visits.visitors):
        if failed:
            PICTURES.mkdir(parents=True, exist_ok=True)
            name = "".join(c if c.isalnum() else "-" for c in test.name)
            visitor.page.screenshot(path=PICTURES / f"{name}-{number}.png")
        visitor.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Tell the fixtures of a test whether it failed."""
    report = yield
    if report.when == "call" and report.failed:
        item.failed_call = True
    return report


@dataclass(frozen=True)
class Sealing:
    """A site of its own: a package to rehearse, one to name openers of, four open."""

    site: Site
    to_rehearse: Solicitation
    to_name: Solicitation
    solicitation: Solicitation
    to_reread: Solicitation
    to_reseal: Solicitation
    to_send: Solicitation
    server: Popen[bytes]
    database: str
    blocker: DjangoDbBlocker

    @property
    def path(self) -> str:
        """Where an offer is handed in on the one that is open."""
        return reverse(
            "submissions:submit_submission", args=[self.solicitation.public_id]
        )

    @contextmanager
    def database_of_it(self) -> Iterator[None]:
        """Its database, read beside the browser, whose loop runs in this thread."""
        told = pointing_at(self.database)
        with allowed_beside_a_loop(), self.blocker.unblock(), told:
            yield

    def workers(self) -> list[int]:
        """The processes of the site that take requests."""
        pid = self.server.pid
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in told.split()]


def open_until(deadline: datetime) -> Solicitation:
    """A solicitation that takes offers today."""
    return released_solicitation(
        deadline - 23 * DAY,
        terms={
            "deadline": deadline,
            "ordering_start": (deadline + 40 * DAY).date(),
            "ordering_end": (deadline + 380 * DAY).date(),
        },
    )


@pytest.fixture(scope="session")
def sealing(django_db_setup, django_db_blocker) -> Iterator[Sealing]:
    """A solicitation that is open today, served until the last test is done."""
    with another_database() as database:
        told = pointing_at(database.name)
        with allowed_beside_a_loop(), django_db_blocker.unblock(), told:
            now = clock.now()
            packages = (
                named_openers(on=approved_solicitation()),
                approved_solicitation(),
            )
            first, second, third, last = (
                open_until(now + 20 * DAY) for _each in "1234"
            )
        with serving(database.url) as served:
            yield Sealing(
                Site(served.address),
                *packages,
                *(first, second, third, last),
                served.process,
                database.name,
                django_db_blocker,
            )


@pytest.fixture
def wire(sealing) -> Iterator[Wire]:
    """A wire to that site, which is listened to."""
    with Wire(sealing.site.address) as wire:
        threading.Thread(target=wire.serve_forever, daemon=True).start()
        yield wire
        wire.shutdown()


@pytest.fixture(scope="module")
def staged_site(django_db_setup, django_db_blocker) -> Iterator[Site]:
    """The site of one file: its tests build in its database, and stay in it."""
    from tests.browser.stage import staged

    with allowed_beside_a_loop(), django_db_blocker.unblock(), staged() as site:
        yield site


@pytest.fixture
def stage(request, staged_site, chromium):
    """That site, its clock, and people with scripts or without."""
    from tests.browser.stage import Stage

    with visiting(staged_site, chromium, request.node) as visits:
        yield Stage(visits)
