"""Replacing an offer."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from contracting.core.errors import IllegalMove, NotAllowed
from contracting.submissions.models import SubmissionVersion
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.refusals import DeadlinePassed
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import before, deadline, latest_version, offer_on, submitted_offer

pytestmark = pytest.mark.django_db


def replaced(submission, *, by, at, **offered):
    return replace_submission(
        submission_id=submission.pk,
        offer=offer_on(submission.solicitation, **offered),
        acknowledged=[],
        by=by,
        at=at,
    )


@pytest.mark.rule("R-SUB-04", case="allowed")
def test_every_version_is_kept_and_the_last_one_in_time_counts(vendor_a_signer):
    # Given an offer in time
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)

    # When a signer replaces it at the very deadline
    replaced(submission, by=vendor_a_signer, at=deadline(solicitation))

    # Then both versions are here, and the second is of record
    numbers = [version.number for version in submission.versions.order_by("number")]
    assert numbers == [1, 2]
    assert submission.version_of_record == latest_version(submission)


@pytest.mark.rule("R-SUB-04", case="refused")
def test_nothing_is_replaced_after_the_deadline(vendor_a_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    late = deadline(solicitation) + timedelta(microseconds=1)

    with nothing_happens(), pytest.raises(DeadlinePassed) as refusal:
        replaced(submission, by=vendor_a_signer, at=late)

    assert refusal.value.rule == "R-SUB-04"
    assert refusal.value.status == 409


def test_a_withdrawn_offer_is_submitted_again_instead(vendor_a_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    withdraw_submission(
        submission_id=submission.pk, by=vendor_a_signer, at=before(solicitation)
    )

    with nothing_happens(), pytest.raises(IllegalMove):
        replaced(submission, by=vendor_a_signer, at=before(solicitation))


def test_another_vendor_does_not_replace_it(vendor_b_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)

    with nothing_happens(), pytest.raises(NotAllowed):
        replaced(submission, by=vendor_b_signer, at=before(solicitation))


def test_the_database_keeps_every_version_as_it_was(vendor_a_signer):
    submitted_offer(on=released_solicitation())
    versions = SubmissionVersion.objects.all()

    for change in (
        lambda: versions.update(is_late=True),
        lambda: versions._raw_delete(versions.db),
    ):
        with (
            pytest.raises(DatabaseError, match="only ever added|permission denied"),
            transaction.atomic(),
        ):
            change()

    assert versions.get().is_late is False
