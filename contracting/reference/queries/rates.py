"""Reads of published rates of interest: which are entered, and for which days."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import months_after
from contracting.reference.models import RateProposal, Threshold
from contracting.reference.states import RateCode

_MONTHS = {RateCode.PROMPT_PAYMENT: 6, RateCode.VALUE_OF_FUNDS: 12}


def term_of(code: str, first_day: date) -> date | None:
    """The last day of a rate that begins on a day; ``None`` if none begins on it."""
    months = _MONTHS[RateCode(code)]
    if first_day.day != 1 or (first_day.month - 1) % months:
        return None
    return months_after(first_day, months) - timedelta(days=1)


def rates_in_force() -> QuerySet[Threshold]:
    """Every published rate that was not corrected, the latest days first."""
    rows = Threshold.objects.filter(code__in=RateCode.values)
    return rows.filter(superseded_at__isnull=True).order_by("-valid_from", "code")


def rate_proposals_for(actor: Actor) -> QuerySet[RateProposal]:
    """What was entered; everybody of an agency reads it, since it is public.

    One that another entry of the same days has replaced is marked ``is_replaced``.
    """
    later = RateProposal.objects.filter(
        code=OuterRef("code"), first_day=OuterRef("first_day"), pk__gt=OuterRef("pk")
    )
    rows = RateProposal.objects.select_related(
        "corrects", "proposed_by__user", "confirmation__confirmed_by__user"
    ).annotate(is_replaced=Exists(later))
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
