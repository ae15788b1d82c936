"""Laying an offer open is a step of each opening."""

import pytest
from django.db import IntegrityError, connection

from contracting.core.errors import NotAllowed
from contracting.submissions.models import OpenedOffer
from contracting.submissions.operations.lay_open import lay_open_submission
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing.keys import new_pair
from tests.cast import actor, nothing_happens
from tests.offers import after, latest_version, submitted_offers, the_private_half

pytestmark = pytest.mark.django_db


def laid_open(submission, private, part="contract_specialist"):
    return lay_open_submission(
        submission_id=submission.pk,
        private=private,
        by=actor(part),
        at=after(submission.solicitation),
    )


def test_another_key_opens_nothing():
    submission = submitted_offers()[0]

    with nothing_happens(), pytest.raises(SealBroken):
        laid_open(submission, new_pair().private)


def test_whoever_holds_no_share_lays_nothing_open():
    submission = submitted_offers()[0]

    with nothing_happens(), pytest.raises(NotAllowed):
        laid_open(submission, new_pair().private, part="administrator")


def test_whoever_has_come_by_the_key_otherwise_lays_nothing_open():
    submission = submitted_offers()[0]
    private = the_private_half(submission.solicitation)

    with nothing_happens(), pytest.raises(NotAllowed, match="Until the opening"):
        laid_open(submission, private)


def test_the_database_takes_no_open_offer_without_its_quorum():
    submission = submitted_offers()[0]
    OpenedOffer.objects.create(
        submission=submission,
        version=latest_version(submission),
        technical="Read elsewhere.",
        opened_at=after(submission.solicitation),
    )

    with pytest.raises(IntegrityError, match="by a quorum"):
        connection.check_constraints()
