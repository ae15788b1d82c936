"""Requisitions as one actor may see them, and what is known about one."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import fiscal_year
from contracting.reference.queries import models_on, token_classes
from contracting.requisitions.models import (
    EstimateRow,
    IndependentEstimate,
    Requisition,
)
from contracting.requisitions.states import RequisitionState


def visible_to(actor: Actor) -> QuerySet[Requisition]:
    """The requisitions of the actor's own agency; discarded drafts are hidden."""
    if not actor.is_agency or actor.organization_id is None:
        return Requisition.objects.none()
    return (
        Requisition.objects.filter(agency_id=actor.organization_id)
        .exclude(state=RequisitionState.DISCARDED)
        .select_related("agency", "requester__user")
        .order_by("-pk")
    )


def get_requisition_for(actor: Actor, public_id: str) -> Requisition:
    """The requisition with this public id.

    :raises NotVisible: if it does not exist for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such requisition."
        raise NotVisible(message)
    return found


def rows_of(requisition: Requisition) -> QuerySet[EstimateRow]:
    """The rows of the estimate by model, class and month."""
    return requisition.estimate_rows.select_related("model", "token_class").order_by(
        "model_id", "token_class_id", "month"
    )


def latest_estimate(requisition: Requisition) -> IndependentEstimate | None:
    """The independent estimate of the version in force, or ``None`` without one."""
    return (
        requisition.independent_estimates.filter(version=requisition.version)
        .order_by("-pk")
        .first()
    )


def next_number(agency_id: int, on: date) -> str:
    """The next number of the agency's fiscal year; hold the agency's lock."""
    stem = f"PR-{fiscal_year(on) % 100:02d}-"
    used = Requisition.objects.filter(agency_id=agency_id, number__startswith=stem)
    return f"{stem}{used.count() + 1:05d}"


def dictionary_on(on: date) -> dict[str, list[tuple[int, str]]]:
    """The models in force on a day and the token classes, as pairs of id and name."""
    return {
        "model": [(model.pk, str(model)) for model in models_on(on)],
        "token_class": [(each.pk, each.label) for each in token_classes()],
    }
