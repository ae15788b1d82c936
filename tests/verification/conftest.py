"""What the tests of verification share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from contracting.core import clock
from tests.builders_orders import MODIFIED_AT
from tests.cast import days

TODAY = MODIFIED_AT + days(3)


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    """Nobody has asked yet in this minute."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read the clock three days after the modifications."""
    monkeypatch.setattr(clock, "now", lambda: TODAY)
