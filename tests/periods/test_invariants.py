"""Whoever changes a closed month breaks its chain."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contracting.core.canonical import content_sha256
from contracting.periods.calculations import breaks, link_sha256
from contracting.periods.invariants import INVARIANTS
from contracting.periods.models import Entry
from contracting.periods.operations.reopen import reopen_period
from contracting.periods.queries import chain_of
from tests.builders_periods import APRIL, REOPENED_AT, closed_month
from tests.cast import actor


def exceptions():
    return {each.code: each.exceptions() for each in INVARIANTS}


@pytest.fixture
def chain(order):
    """A month that was closed and opened again."""
    closed_month(order)
    reopen_period(
        order_id=order.pk,
        month=APRIL,
        reason="A report was restated.",
        by=actor("contracting_officer"),
        at=REOPENED_AT,
    )
    return list(chain_of(order))


def test_a_chain_is_whole_until_somebody_touches_it(chain):
    assert list(breaks(chain)) == []

    # A figure that is changed, with its hash or without
    chain[0].content["sums"]["tokens"] += 1
    assert list(breaks(chain)) == [
        "the figures of link 1 are not those that were signed off"
    ]
    chain[0].content_sha256 = content_sha256(chain[0].content)
    assert list(breaks(chain)) == ["link 1 is not as it was written"]
    chain[0].sha256 = link_sha256(chain[0].link)
    assert list(breaks(chain)) == ["link 2 does not follow the one before it"]


def test_a_link_that_is_taken_out_is_missed(chain):
    assert list(breaks(chain[1:])) == ["link 1 is missing"]
    chain[1].reason = "Because."
    assert list(breaks(chain)) == ["link 2 is not as it was written"]


def test_the_command_finds_a_link_that_was_written_by_hand(chain):
    out = StringIO()
    call_command("verify_periods", stdout=out)
    assert out.getvalue().startswith("2 links")

    # When somebody writes a link with other figures behind the verbs' back
    last = chain[-1]
    Entry.objects.create(
        order=last.order,
        number=3,
        kind="CLOSED",
        month=APRIL,
        content={"usage": [], "sums": {}},
        content_sha256=last.content_sha256,
        previous_sha256=last.sha256,
        sha256="1" * 64,
        representative=chain[0].representative,
        finance=chain[0].finance,
        made_by=last.made_by,
        made_at=REOPENED_AT,
    )

    # Then every check that it breaks says so
    found = exceptions()
    assert (len(found["PER-1"]), len(found["PER-2"]), len(found["PER-3"])) == (2, 1, 1)
    with pytest.raises(CommandError, match="PER-1"):
        call_command("verify_periods", stdout=out)
