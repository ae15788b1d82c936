"""Excuse a vendor from being registered, under an exception of the regulation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import RegistrationExcuse
from contracting.evaluations.refusals import ExcuseUnfounded
from contracting.evaluations.standing.registration import excuse_of
from contracting.evaluations.states import (
    UP_TO_MICRO_PURCHASES,
    RegistrationException,
)
from contracting.reference.queries import threshold
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def excuse_registration(
    *, submission_id: int, code: str, reason: str, by: Actor, at: datetime
) -> RegistrationExcuse:
    """Record the coded exception of FAR 4.1102(a) that applies to an opened offer.

    With it the offer may be awarded although its vendor was not registered at
    submission, or is not at award (R-SUB-06).

    :param code: a ``RegistrationException``
    :param reason: what shows that it applies
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: before the opening, and once it is awarded or cancelled
    :raises ExcuseUnfounded: without a reason, for an exception that does not apply, or
        a second time
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_excuse_registration(by, solicitation))
    queries.require_open(solicitation)
    _require_ground(submission, code, reason, at)
    excuse = RegistrationExcuse.objects.create(
        submission=submission,
        code=code,
        reason=reason.strip(),
        excused_by_id=by.own_membership_id,
        excused_at=at,
    )
    override_rule(
        rule="R-SUB-06",
        subject=solicitation.subject,
        title=str(solicitation),
        url_path=solicitation.path,
        reason_code=code,
        words=excuse.reason,
        by=by,
        at=at,
    )
    record_event(
        events.REGISTRATION_EXCUSED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-SUB-06",
            "submission": submission.public_id,
            "code": code,
            "reason": excuse.reason,
        },
    )
    return excuse


def _require_ground(
    submission: Submission, code: str, reason: str, at: datetime
) -> None:
    if code not in RegistrationException.values:
        message = "Name the exception of FAR 4.1102(a) that applies."
        raise ExcuseUnfounded(message, code=code)
    if not calculations.has_words(reason):
        message = "Write down what shows that the exception applies."
        raise ExcuseUnfounded(message)
    if excuse_of(submission) is not None:
        message = "This vendor is excused on this solicitation already."
        raise ExcuseUnfounded(message)
    solicitation = submission.solicitation
    amount = threshold("MPT", solicitation.agency.local_day(at)).value
    if code in UP_TO_MICRO_PURCHASES and solicitation.maximum_dollars > amount:
        message = (
            f"This exception is for micro-purchases, up to ${amount:,.2f}; this "
            f"solicitation is for up to ${solicitation.maximum_dollars:,.2f}."
        )
        raise ExcuseUnfounded(message, above=amount)
