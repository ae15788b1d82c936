"""Withdrawing an offer."""

from datetime import timedelta

import pytest

from contracting.core.errors import IllegalMove, NotAllowed
from contracting.submissions.models import ContentKeyWrap
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.refusals import DeadlinePassed
from contracting.submissions.states import SubmissionState
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import (
    before,
    deadline,
    latest_version,
    opened_offers,
    submitted_offer,
)

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-SUB-04", case="allowed")
def test_a_withdrawn_offer_is_kept_sealed_and_never_opened(vendor_a_signer):
    # Given an offer that its vendor withdraws at the very deadline
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    withdraw_submission(
        submission_id=submission.pk, by=vendor_a_signer, at=deadline(solicitation)
    )

    # When the others are opened
    opened_offers(on=solicitation)

    # Then it is not among them, and its versions are still here
    submission.refresh_from_db()
    assert submission.state == SubmissionState.WITHDRAWN
    assert submission.versions.count() == 1
    assert not hasattr(submission, "opened_offer")

    # And with no key left for them, whoever had every share could not read them
    version = latest_version(submission)
    assert version.sealed_blob.size_bytes > 0
    assert not ContentKeyWrap.objects.filter(version=version).exists()


@pytest.mark.rule("R-SUB-04", case="refused")
def test_nothing_is_withdrawn_after_the_deadline(vendor_a_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)

    with nothing_happens(), pytest.raises(DeadlinePassed) as refusal:
        withdraw_submission(
            submission_id=submission.pk,
            by=vendor_a_signer,
            at=deadline(solicitation) + timedelta(microseconds=1),
        )

    assert refusal.value.rule == "R-SUB-04"


def test_a_withdrawn_offer_may_be_submitted_again_until_the_deadline(vendor_a_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    withdraw_submission(
        submission_id=submission.pk, by=vendor_a_signer, at=before(solicitation)
    )

    again = submitted_offer(on=solicitation, at=deadline(solicitation))

    assert again == submission
    assert again.state == SubmissionState.SUBMITTED
    assert again.version_of_record == latest_version(again)
    assert latest_version(again).number == 2


def test_an_offer_is_withdrawn_once(vendor_a_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    when = before(solicitation)
    withdraw_submission(submission_id=submission.pk, by=vendor_a_signer, at=when)

    with nothing_happens(), pytest.raises(IllegalMove):
        withdraw_submission(submission_id=submission.pk, by=vendor_a_signer, at=when)


def test_nobody_else_withdraws_it():
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)

    for part in ("vendor_b_signer", "contracting_officer", "vendor_a_administrator"):
        with nothing_happens(), pytest.raises(NotAllowed):
            withdraw_submission(
                submission_id=submission.pk,
                by=actor(part),
                at=before(solicitation),
            )
