"""The vendor's seed draws the sample, and anybody can draw it again."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.disputes.calculations import drawn, population_sha256
from contracting.disputes.models import JointRecount
from contracting.disputes.operations.join_recount import join_recount
from contracting.disputes.queries.recounts import calls_behind
from contracting.disputes.refusals import RecountImpossible, RecountIncomplete
from tests.builders_billing import CALLS, Call, reported
from tests.builders_disputes import ANSWERED_AT
from tests.cast import actor, nothing_happens
from tests.disputes.test_start_recount import started

pytestmark = pytest.mark.django_db

SEED = "thirty-two throws of three dice"


@pytest.fixture
def recount(case, finding):
    return started(case, finding)


def joined(recount, *, by="vendor_a_member", seed=SEED):
    return join_recount(recount_id=recount.pk, seed=seed, by=actor(by), at=ANSWERED_AT)


def test_the_sample_is_what_both_seeds_draw(recount):
    joined(recount)

    calls = calls_behind(recount.finding, "IN_UNCACHED")
    assert population_sha256(calls) == recount.population_sha256
    again = drawn(calls, 2, agency_seed=recount.agency_seed, vendor_seed=SEED)
    rows = recount.calls.order_by("position")
    assert [(row.request_id, row.attempt) for row in rows] == again
    # The call that the vendor lists twice is reported twice, and metered once
    twice = rows.get(request_id="r-2")
    assert (twice.metered_tokens, twice.reported_tokens) == (250_000, 500_000)


def test_it_is_joined_once_with_a_seed_of_some_length(recount):
    with nothing_happens(), pytest.raises(RecountIncomplete):
        joined(recount, seed="x" * 15)
    joined(recount)
    recount = JointRecount.objects.get(pk=recount.pk)
    with nothing_happens(), pytest.raises(NotAllowed):
        joined(recount, seed="another seed of the vendor")


def test_where_other_calls_are_there_now_nothing_is_drawn(recount, order):
    more = Call("r-9", {"IN_UNCACHED": 7})
    reported(order, [*CALLS, more], label="R-2", supersedes="R-1")

    with nothing_happens(), pytest.raises(RecountImpossible):
        joined(recount)


@pytest.mark.parametrize("outsider", ["cor", "other_vendor_signer"])
def test_nobody_else_joins(recount, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        joined(recount, by=outsider)
