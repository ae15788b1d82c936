"""A released request is cancelled with a reason that everybody reads."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.market_research.operations.cancel import cancel_rfi
from contracting.market_research.refusals import TermInvalid
from contracting.market_research.states import RfiState
from contracting.notices.models import Notice
from tests.builders_market import drafted_rfi, released_rfi, respond
from tests.cast import days, nothing_happens

pytestmark = pytest.mark.django_db


def cancel(rfi, by, at, reason="The need has gone."):
    return cancel_rfi(rfi_id=rfi.pk, reason=reason, by=by, at=at)


def test_every_vendor_is_told_why_and_answers_are_kept(
    contracting_officer, vendor_a, vendor_b, at
):
    rfi = released_rfi(at)
    respond(rfi)

    done = cancel(rfi, contracting_officer, at + days(2))

    assert done.state == RfiState.CANCELLED
    assert rfi.responses.count() == 1
    told = Notice.objects.filter(title__endswith="is cancelled")
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert set(told.values_list("body", flat=True)) == {"The need has gone."}


def test_a_cancellation_says_why(contracting_officer, at):
    rfi = released_rfi(at)

    with nothing_happens(), pytest.raises(TermInvalid):
        cancel(rfi, contracting_officer, at, reason=" ")


def test_a_draft_is_not_cancelled(contracting_officer, at):
    rfi = drafted_rfi(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancel(rfi, contracting_officer, at)


@pytest.mark.parametrize("outsider", ["program_manager", "other_agency_officer"])
def test_nobody_else_cancels_it(request, outsider, at):
    rfi = released_rfi(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancel(rfi, by, at)
