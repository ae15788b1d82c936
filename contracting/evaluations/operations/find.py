"""Find a vendor not responsible."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import NonresponsibilityFinding
from contracting.evaluations.refusals import FindingIncomplete
from contracting.evaluations.standing.responsibility import finding_of
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SetAside
from contracting.submissions.models import Submission


@transaction.atomic
def find_nonresponsible(
    *, submission_id: int, is_small: bool, reason: str, by: Actor, at: datetime
) -> NonresponsibilityFinding:
    """Put on record which element of responsibility the vendor lacks (FAR 9.105-2).

    From then on nothing is awarded to it; a small business is referred next (R-EVL-09).

    :param is_small: as the vendor represents itself for the NAICS code
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: before the opening, and once it is awarded or cancelled
    :raises FindingIncomplete: without a reason, a second time, or if an offeror of a
        set-aside is said not to be small
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_find_nonresponsible(by, solicitation))
    queries.require_open(solicitation)
    if finding_of(submission) is not None:
        message = "This vendor is found not responsible already."
        raise FindingIncomplete(message)
    if not calculations.has_words(reason):
        message = "Say which element of responsibility it lacks, and how that shows."
        raise FindingIncomplete(message)
    is_set_aside = solicitation.set_aside not in ("", SetAside.UNRESTRICTED)
    if is_set_aside and not is_small:
        message = "This solicitation is set aside: whoever offers on it is small."
        raise FindingIncomplete(message)
    finding = NonresponsibilityFinding.objects.create(
        submission=submission,
        is_small=is_small,
        reason=reason.strip(),
        found_by_id=by.own_membership_id,
        found_at=at,
    )
    record_event(
        events.NONRESPONSIBLE_FOUND,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": submission.public_id,
            "is_small": is_small,
            "reason": finding.reason,
        },
    )
    return finding
