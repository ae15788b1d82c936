"""Confirm a rate of interest that somebody else has entered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.reference import events, permissions
from contracting.reference.models import RateConfirmation, RateProposal, Threshold
from contracting.reference.operations.propose_rate import require_none
from contracting.reference.refusals import RateInForce
from contracting.reference.states import Confidence, RateCode, Regime, ThresholdUnit


@transaction.atomic
def confirm_rate(*, proposal_id: int, by: Actor, at: datetime) -> Threshold:
    """Put a rate in force after reading its source: four eyes (R-PAY-03).

    A correction takes the place of the rate that was recorded wrong. Of several entries
    for the same days only the last can be confirmed.

    Of two who confirm at once the constraints of the tables let one through.

    :raises NotAllowed: unless ``by`` certifies funds or payments, and is another person
        than who entered it
    :raises RateInForce: if it is confirmed already, another one of these days is, or
        another entry has replaced it
    """
    proposal, wrong = _lock_wrong(proposal_id)
    require(permissions.can_confirm_rate(by, proposal))
    if hasattr(proposal, "confirmation"):
        message = "This rate is confirmed already."
        raise RateInForce(message)
    _guard_replaced(proposal)
    _supersede(wrong, at)
    require_none(proposal.code, proposal.first_day, proposal.last_day)
    threshold = Threshold.objects.create(
        code=proposal.code,
        label=RateCode(proposal.code).label,
        value=proposal.percent,
        unit=ThresholdUnit.PERCENT_PER_YEAR,
        valid_from=proposal.first_day,
        valid_to=proposal.last_day,
        regime=Regime.STATUTE,
        citation=proposal.source[:200],
        confidence=Confidence.HIGH,
    )
    RateConfirmation.objects.create(
        proposal=proposal,
        threshold=threshold,
        confirmed_by_id=by.own_membership_id,
        confirmed_at=at,
    )
    record_event(
        events.RATE_CONFIRMED,
        subject=proposal.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-03",
            "code": proposal.code,
            "first_day": proposal.first_day,
            "percent": proposal.percent,
            "source": proposal.source,
            "was": wrong.value if wrong else None,
        },
    )
    return threshold


def _guard_replaced(proposal: RateProposal) -> None:
    """An entry that was wrong is entered anew, and then holds no longer."""
    later = RateProposal.objects.filter(
        code=proposal.code, first_day=proposal.first_day, pk__gt=proposal.pk
    )
    if later.exists():
        message = (
            "Another rate of these days was entered after this one, which no longer "
            "counts. Confirm that one."
        )
        raise RateInForce(message)


def _lock_wrong(proposal_id: int) -> tuple[RateProposal, Threshold | None]:
    """The entry, which never changes, and the rate that it corrects, locked."""
    proposal = RateProposal.objects.select_related("proposed_by").get(pk=proposal_id)
    rows = Threshold.objects.filter(pk=proposal.corrects_id or 0)
    return proposal, rows.select_for_update().first()


def _supersede(wrong: Threshold | None, at: datetime) -> None:
    """The wrong rate holds no more; its row stays as it was recorded."""
    if wrong is None:
        return
    if wrong.superseded_at is not None:
        message = "This rate was corrected already."
        raise RateInForce(message)
    wrong.superseded_at = at
    wrong.save(update_fields=["superseded_at"])
