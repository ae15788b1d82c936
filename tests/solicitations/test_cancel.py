"""A released solicitation is cancelled with a reason that everybody reads."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.solicitations.refusals import TermInvalid
from contracting.solicitations.states import SolicitationState
from tests.builders import approved_solicitation, released_solicitation
from tests.cast import days, nothing_happens

pytestmark = pytest.mark.django_db


def cancel(solicitation, by, at, reason="The need has gone."):
    return cancel_solicitation(
        solicitation_id=solicitation.pk, reason=reason, by=by, at=at
    )


def test_every_vendor_is_told_why_at_once(contracting_officer, vendor_a, vendor_b, at):
    done = cancel(released_solicitation(at), contracting_officer, at + days(2))

    assert done.state == SolicitationState.CANCELLED
    told = Notice.objects.filter(title__endswith="is cancelled")
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert set(told.values_list("body", flat=True)) == {"The need has gone."}


def test_a_cancellation_says_why(contracting_officer, at):
    released = released_solicitation(at)

    with nothing_happens(), pytest.raises(TermInvalid):
        cancel(released, contracting_officer, at, reason=" ")


def test_what_is_not_released_is_not_cancelled(contracting_officer, at):
    approved = approved_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancel(approved, contracting_officer, at)


@pytest.mark.parametrize("outsider", ["contract_specialist", "other_agency_officer"])
def test_nobody_else_cancels_it(request, outsider, at):
    released = released_solicitation(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancel(released, by, at)
