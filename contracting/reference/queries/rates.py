"""Reads of published rates of interest: which are entered, and for which days."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import months_after
from contracting.reference.models import RateProposal
from contracting.reference.states import RateCode

_MONTHS = {RateCode.PROMPT_PAYMENT: 6, RateCode.VALUE_OF_FUNDS: 12}


def term_of(code: str, first_day: date) -> date | None:
    """The last day of a rate that begins on a day; ``None`` if none begins on it."""
    months = _MONTHS[RateCode(code)]
    if first_day.day != 1 or (first_day.month - 1) % months:
        return None
    return months_after(first_day, months) - timedelta(days=1)


def rate_proposals_for(actor: Actor) -> QuerySet[RateProposal]:
    """What was entered; everybody of an agency reads it, since it is public."""
    rows = RateProposal.objects.select_related(
        "proposed_by__user", "confirmation__confirmed_by__user"
    )
    return rows.order_by("-first_day", "-pk") if actor.is_agency else rows.none()


def get_rate_proposal_for(actor: Actor, public_id: str) -> RateProposal:
    """One rate that was entered.

    :raises NotVisible: if it is not there for this actor
    """
    found = rate_proposals_for(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such rate."
        raise NotVisible(message)
    return found
