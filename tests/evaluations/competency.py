"""Steps from a finding on a vendor to its certificate or its rejection."""

from __future__ import annotations

from datetime import date, datetime

from contracting.evaluations.operations.find import find_nonresponsible
from contracting.evaluations.operations.record import record_certificate
from contracting.evaluations.operations.refer import refer_nonresponsibility
from contracting.evaluations.operations.reject import reject_offer
from contracting.submissions.models import Submission
from tests.cast import actor
from tests.offers import after

OFFICE = "Area II, Philadelphia"
WHY = "Its balance sheet shows no means to serve this volume (FAR 9.104-1(a))."
RECEIVED_ON = date(2026, 3, 23)
"""The Monday after the deadline."""
DUE_ON = date(2026, 4, 13)
"""Fifteen business days later."""


def day_after(submission: Submission) -> datetime:
    """Three days after the deadline: Monday, 23 March 2026."""
    return after(submission.solicitation, days=3)


def found(submission, *, is_small=True, reason=WHY, by="contracting_officer", at=None):
    return find_nonresponsible(
        submission_id=submission.pk,
        is_small=is_small,
        reason=reason,
        by=actor(by),
        at=at or day_after(submission),
    )


def referred(submission, *, office=OFFICE, on=RECEIVED_ON, by="contracting_officer"):
    return refer_nonresponsibility(
        submission_id=submission.pk,
        office=office,
        received_on=on,
        by=actor(by),
        at=day_after(submission),
    )


def recorded(
    submission,
    *,
    is_issued,
    reference="COC-26-17",
    on=date(2026, 3, 27),
    by="contracting_officer",
):
    return record_certificate(
        submission_id=submission.pk,
        is_issued=is_issued,
        reference=reference,
        decided_on=on,
        by=actor(by),
        at=after(submission.solicitation, days=8),
    )


def rejected(submission, *, reason=WHY, by="contracting_officer", at=None):
    return reject_offer(
        submission_id=submission.pk,
        reason=reason,
        by=actor(by),
        at=at or after(submission.solicitation, days=8),
    )
