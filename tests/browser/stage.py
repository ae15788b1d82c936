"""A site whose clock stands where a test wants it, looked at without a script.

The doors ask the database for the time. In the database of this site that question is
answered by a function of ours, which adds what the test has put into a table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.urls import reverse
from playwright.sync_api import Locator, Page
from psycopg import sql

from tests.browser.conftest import Site, Visitor, Visits, serving
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
    """A page as somebody sees it who has no scripts."""

    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def answer(self) -> str:
        """The page's one answer."""
        return self.main.locator("[data-answer]").inner_text()

    def heading(self) -> str:
        return self.main.locator("h1").inner_text()

    def press(self, name: str) -> None:
        """Press the button of that name, and read what comes."""
        self.main.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        """Follow the first link of that name."""
        self.main.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def fill(self, **fields: str) -> None:
        """Type into fields by the names that the form sends."""
        for name, text in fields.items():
            self.main.locator(f'[name="{name}"]').fill(text)

    def check(self, name: str, value: str = "") -> None:
        """Tick a box or choose one of several, as a hand does: at its label."""
        more = f'[value="{value}"]' if value else ""
        field = self.main.locator(f'[name="{name}"]{more}')
        self.main.locator(f'label[for="{field.get_attribute("id")}"]').click()
        assert field.is_checked()


@dataclass(frozen=True)
class Stage:
    """The site, its clock, and whoever comes to it without a script."""

    visits: Visits

    def at(self, instant: datetime) -> None:
        """From now on the site takes this for the present instant."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE stage.clock SET ahead = %s - pg_catalog.clock_timestamp()",
                [instant.astimezone(UTC)],
            )

    def see(self, part: str, route: str, *ids: str) -> Screen:
        """Somebody of the cast logs in and goes to a page."""
        visitor = self.visits(javascript=False).log_in(part)
        answer = visitor.go(reverse(route, args=ids))
        assert answer is not None
        assert answer.status == 200, f"{route} answers {answer.status}"
        return Screen(visitor)


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
