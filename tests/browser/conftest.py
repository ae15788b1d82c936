"""A browser, and the site it looks at: a server of its own on a database of its own."""

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)

from accounts.queries import DEMO_PASSWORD
from contracting.operate.story.cast import PARTS as DEMO_PARTS
from tests.browser import world
from tests.cast import PARTS, PASSWORD
from tests.databases import ROOT, another_database, pointing_at

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


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker) -> Iterator[Site]:
    """The site with its world, served until the last test is done."""
    with another_database() as database:
        with django_db_blocker.unblock(), pointing_at(database.name):
            world.build()
        with serving(database.url) as served:
            yield Site(served.address)


@contextmanager
def allowed_beside_a_loop() -> Iterator[None]:
    """Django asks no database where a loop runs, and the browser runs one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


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
        assert self.page.get_by_role("button", name="Log out").is_visible()
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
