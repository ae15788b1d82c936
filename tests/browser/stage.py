"""A site whose clock stands where a test wants it, looked at mostly without a script.

The doors ask the database for the time. In the database of this site that question is
answered by a function of ours, which adds what the test has put into a table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection
from django.urls import reverse
from playwright.sync_api import Locator, Page
from psycopg import sql

from tests.browser.conftest import NARROW, WIDE, Site, Visitor, Visits, serving
from tests.databases import another_database, as_owner, pointing_at

_CLOCK = """
CREATE SCHEMA stage;
CREATE TABLE stage.clock (ahead interval NOT NULL);
INSERT INTO stage.clock VALUES ('0');
CREATE FUNCTION stage.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM stage.clock';
GRANT USAGE ON SCHEMA stage TO PUBLIC;
GRANT SELECT, UPDATE ON stage.clock TO PUBLIC;
"""


@dataclass(frozen=True)
class Screen:
    """A page as somebody sees it, and how often they have typed, chosen or clicked."""

    visitor: Visitor
    hands: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def answer(self) -> str:
        """The page's one answer."""
        return self.main.locator("[data-answer]").inner_text()

    def require_answer(self) -> None:
        """Insist on an answer in words above the fold; a phone has two screens."""
        for size, screens in ((NARROW, 2), (WIDE, 1)):
            self.page.set_viewport_size(size)
            assert self.answer().strip(), f"{self.page.url} answers nothing"
            box = self.main.locator("[data-answer]").bounding_box()
            assert box is not None, self.page.url
            assert box["y"] < screens * size["height"], f"{self.page.url}: {box}"

    def heading(self) -> str:
        return self.main.locator("h1").inner_text()

    def press(self, name: str) -> None:
        """Press the button of that name, and read what comes."""
        self.hands.append(f"press {name}")
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the first link of that name."""
        self.hands.append(f"follow {name}")
        self.main.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.require_answer()

    def fill(self, **fields: str) -> None:
        """Type into fields by the names that the form sends."""
        for name, text in fields.items():
            self.hands.append(f"fill {name}")
            self.main.locator(f'[name="{name}"]').fill(text)

    def choose(self, **options: str) -> None:
        """Choose from lists by the names of their fields, what the form sends."""
        for name, value in options.items():
            self.hands.append(f"choose {name}")
            self.main.locator(f'select[name="{name}"]').select_option(value)

    def check(self, name: str, value: str = "") -> None:
        """Tick a box or choose one of several, as a hand does: at its label."""
        self.hands.append(f"check {name}")
        more = f'[value="{value}"]' if value else ""
        field = self.main.locator(f'[name="{name}"]{more}')
        self.main.locator(f'label[for="{field.get_attribute("id")}"]').click()
        assert field.is_checked()


@dataclass(frozen=True)
class Stage:
    """The site, its clock, and whoever comes to it."""

    visits: Visits

    def at(self, instant: datetime) -> None:
        """From now on the site takes this for the present instant."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE stage.clock SET ahead = %s - pg_catalog.clock_timestamp()",
                [instant.astimezone(UTC)],
            )

    def see(self, part: str, route: str, *ids: str, script: bool = False) -> Screen:
        """Somebody of the cast logs in and goes to a page, with scripts or without."""
        visitor = self.visits(javascript=script).log_in(part)
        answer = visitor.go(reverse(route, args=ids))
        assert answer is not None
        assert answer.status == 200, f"{route} answers {answer.status}"
        screen = Screen(visitor)
        screen.require_answer()
        return screen


@contextmanager
def staged() -> Iterator[Site]:
    """A site on a database of its own, into which the test builds its worlds."""
    with another_database() as database:
        with as_owner(database.name) as session:
            session.execute(_CLOCK)
            session.execute(
                sql.SQL(
                    "ALTER DATABASE {} SET search_path = stage, pg_catalog, public"
                ).format(sql.Identifier(database.name))
            )
        with pointing_at(database.name), serving(database.url) as served:
            yield Site(served.address)
