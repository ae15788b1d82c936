"""Both sides count every call of the sample, and see each other's when both have."""

from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.disputes.models import JointRecount
from contracting.disputes.operations.enter_recount import enter_recount
from contracting.disputes.queries.recounts import result_of
from contracting.disputes.refusals import AlreadyCounted, RecountIncomplete
from tests.builders_disputes import ANSWERED_AT
from tests.cast import actor, nothing_happens
from tests.disputes.test_join_recount import joined
from tests.disputes.test_start_recount import started

pytestmark = pytest.mark.django_db

TRUE = {("r-1", 1): 400_001, ("r-2", 2): 250_000}


@pytest.fixture
def recount(case, finding):
    recount = started(case, finding)
    joined(recount)
    return JointRecount.objects.get(pk=recount.pk)


def counted(recount, counts=TRUE, *, by="cor"):
    return enter_recount(
        recount_id=recount.pk, counts=counts, by=actor(by), at=ANSWERED_AT
    )


def test_the_result_confirms_the_meter(recount):
    # Given the agency's counts: nobody sees a result yet
    counted(recount)
    assert result_of(recount) is None

    # When the vendor counts the same
    counted(recount, by="vendor_a_member")

    # Then both confirm the meter in every call, and the report in one of two
    result = result_of(recount)
    assert result is not None
    assert result.agreed.value == result.meter_right.value == Decimal(100)
    assert result.report_right.value == Decimal(50)
    assert result.agency_total.is_exact
    assert result.agency_total.value == result.metered_total.value == 650_001
    assert result.reported_total.value == 900_001


@pytest.mark.parametrize(
    "wrong",
    [
        {("r-1", 1): 400_001},
        {**TRUE, ("r-3", 1): 5},
        {**TRUE, ("r-1", 1): -1},
    ],
    ids=["missing", "strange", "negative"],
)
def test_every_call_is_counted_once(recount, wrong):
    with nothing_happens(), pytest.raises(RecountIncomplete):
        counted(recount, wrong)


def test_what_a_side_entered_stays(recount):
    counted(recount)
    with nothing_happens(), pytest.raises(AlreadyCounted):
        counted(recount, by="contracting_officer")


@pytest.mark.parametrize("outsider", ["other_vendor_signer", "other_agency_officer"])
def test_nobody_else_counts(recount, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        counted(recount, by=outsider)
