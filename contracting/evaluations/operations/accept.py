"""Accept lower prices that came late, of the offer that is selected."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.calculations import has_words
from contracting.evaluations.models import (
    AcceptedModification,
    LateModification,
    SelectedOffer,
)
from contracting.evaluations.refusals import ModificationUnfit
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def accept_prices(
    *, modification_id: int, reason: str, by: Actor, at: datetime
) -> AcceptedModification:
    """Let a late modification count: the award is drafted at its prices.

    Only that of the otherwise successful offer, before its award is drafted; the
    analysis and the decision stand, for no price rises (FAR 52.212-1(f)(2)(ii)).

    :param reason: what shows that it favours the Government
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, of no
        vendor, and no award of the offer is drafted (R-SUB-02)
    :raises NotOpened: once the solicitation is cancelled or awarded
    :raises ModificationUnfit: for an offer that is not selected, a modification that
        was accepted or followed by a later one, or without a reason (R-SUB-02)
    """
    found = LateModification.objects.select_related("submission").get(
        pk=modification_id
    )
    solicitation = Solicitation.objects.locked().get(
        pk=found.submission.solicitation_id
    )
    submission = Submission.objects.locked().get(pk=found.submission_id)
    require(permissions.can_accept_prices(by, submission))
    queries.require_open(solicitation)
    chosen = SelectedOffer.objects.filter(submission=submission, forgone__isnull=True)
    if not chosen.exists():
        message = (
            "This offer is not selected. A late modification counts only of the offer "
            "that is successful without it."
        )
        raise ModificationUnfit(message)
    last = submission.late_modifications.order_by("-pk").first()
    if last != found or hasattr(found, "acceptance"):
        message = "It is accepted already, or its vendor has stated other prices since."
        raise ModificationUnfit(message)
    if not has_words(reason):
        message = "Say what shows that it favours the Government."
        raise ModificationUnfit(message)
    accepted = AcceptedModification.objects.create(
        modification=found,
        reason=reason.strip(),
        accepted_by_id=by.own_membership_id,
        accepted_at=at,
    )
    override_rule(
        rule="R-SUB-02",
        subject=solicitation.subject,
        title=str(solicitation),
        url_path=solicitation.path,
        reason_code="MORE_FAVORABLE",
        words=f"{submission.called}: {accepted.reason}",
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"Your lower prices on {solicitation.piid} are accepted",
        body="An award is made at them, if one is made to you.",
        url_path=f"/submissions/{submission.public_id}",
        by=SYSTEM,
        at=at,
    )
    record_event(
        events.PRICES_ACCEPTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-SUB-02",
            "submission": submission.public_id,
            "modification": found.public_id,
            "reason": accepted.reason,
        },
    )
    return accepted
