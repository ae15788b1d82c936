"""Runs that have rated usage anew, their reports, and who may read them."""

from __future__ import annotations

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.metering.models import RatingDifference, RatingRun
from contracting.metering.states import HoldReason, LeftAlone
from contracting.orders.queries import visible_to


def rating_runs_visible_to(actor: Actor) -> QuerySet[RatingRun]:
    """Runs of the agency's own contracts, the newest first; nobody else sees any."""
    runs = RatingRun.objects.select_related(
        "contract", "order", "prepared_by__user", "decided_by__user"
    )
    if actor.is_agency and (actor.role or actor.is_key):
        own = runs.filter(contract__agency_id=actor.organization_id)
        orders = visible_to(actor).order_by().values("contract")
        return own.filter(contract__in=orders).order_by("-pk")
    return runs.none()


def get_rating_run_for(actor: Actor, public_id: str) -> RatingRun:
    """One run by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    run = rating_runs_visible_to(actor).filter(public_id=public_id).first()
    if run is None:
        message = "There is no such rating run."
        raise NotVisible(message)
    return run


def differences_of(run: RatingRun) -> list[RatingDifference]:
    """The report of a run, by day, line and class."""
    rows = RatingDifference.objects.filter(run=run).select_related(
        "old_order_line__order",
        "old_order_line__contract_line",
        "order_line__contract_line",
        "old_rate_row__model",
        "rate_row__model",
    )
    return list(rows.order_by("day", "old_order_line", "token_class_code", "pk"))


def why_left(run: RatingRun) -> list[tuple[str, str, int]]:
    """Why calls stay as they are, in words, what it is about, and how many."""
    words = {**dict(HoldReason.choices), **dict(LeftAlone.choices)}
    return [(str(words.get(why, why)), about, n) for why, about, n in run.left]
