"""When the first byte of a request came, as far as it can be told."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from contracting.core import origin

NOW = datetime(2026, 3, 20, 17, 0, tzinfo=UTC)


@pytest.fixture
def later(monkeypatch):
    """A process whose clock goes on by three seconds while a body arrives."""
    seconds = iter([100.0, 103.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))


def told(handed_on, took):
    return f"{handed_on.timestamp():.3f} {took:.3f}"


def began(words, proxies=1):
    arrival = origin.arrival_of(words, proxies)
    assert arrival is not None
    return arrival.began_at(NOW)


def before(seconds):
    return NOW - timedelta(seconds=seconds)


def test_without_a_proxy_it_is_when_the_request_was_seen(later):
    forged = told(before(300), 200)

    assert began(forged, proxies=0) == before(3)


def test_a_proxy_tells_when_it_handed_on_and_how_long_it_had_read(later):
    # Handed on ten seconds ago, and it waited seven for us; the proxy read twenty
    assert began(told(before(10), 20)) == before(30)


@pytest.mark.parametrize("off", [-5, 3600], ids=["ahead", "an hour behind"])
def test_of_a_proxy_whose_clock_is_wrong_only_the_length_counts(later, off):
    assert began(told(before(off), 20)) == before(23)


@pytest.mark.parametrize(
    "said", ["", "yes", "1 2", "1e9.000 0.000", "1.000", "-1.000 2.000"]
)
def test_a_proxy_that_does_not_tell_leaves_it_unknown(said):
    assert origin.arrival_of(said, 1) is None
