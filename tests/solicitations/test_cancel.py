"""A released solicitation is cancelled with a reason that everybody reads."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from contracting.notices.models import Notice
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.solicitations.refusals import CancellationUnexplained
from contracting.solicitations.states import SolicitationState
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.refusals import NotOpenForOffers
from tests.builders import DEADLINE, approved_solicitation, released_solicitation
from tests.cast import client_for, days, nothing_happens
from tests.offers import PASSPHRASE, submitted_offers

pytestmark = pytest.mark.django_db


def cancel(solicitation, by, at, reason="The need has gone.", memo="No funds."):
    return cancel_solicitation(
        solicitation_id=solicitation.pk, reason=reason, memo=memo, by=by, at=at
    )


@pytest.mark.rule("R-SOL-11", case="allowed")
def test_every_vendor_is_told_why_at_once(contracting_officer, vendor_a, vendor_b, at):
    done = cancel(released_solicitation(at), contracting_officer, at + days(2))

    assert done.state == SolicitationState.CANCELLED
    told = Notice.objects.filter(title__endswith="is cancelled")
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert set(told.values_list("body", flat=True)) == {"The need has gone."}


@pytest.mark.rule("R-SOL-11", case="refused")
@pytest.mark.parametrize("without", ["reason", "memo"])
def test_a_cancellation_says_why(contracting_officer, at, without):
    released = released_solicitation(at)

    with nothing_happens(), pytest.raises(CancellationUnexplained):
        cancel(released, contracting_officer, at, **{without: " "})


def test_the_memo_stays_in_the_file(contracting_officer, vendor_a_signer, at):
    done = cancel(released_solicitation(at), contracting_officer, at + days(2))

    memo = approved(done.subject, Kind.CANCELLATION)
    assert memo is not None
    assert memo.text == "No funds."
    public = client_for(vendor_a_signer).get(done.public_path).content.decode()
    assert "This solicitation was cancelled: The need has gone." in public
    assert memo.text not in public


def test_unopened_offers_stay_sealed(contract_specialist, contracting_officer):
    # Given two sealed offers on a solicitation that is cancelled
    solicitation = submitted_offers()[0].solicitation
    cancel(solicitation, contracting_officer, DEADLINE - days(1))

    # When the deadline has passed, then nobody opens them
    after = DEADLINE + days(1)
    with nothing_happens(), pytest.raises(NotOpenForOffers):
        open_submissions(
            solicitation_id=solicitation.pk,
            passphrase=PASSPHRASE,
            by=contract_specialist,
            at=after,
        )


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
