"""Requisitions as one actor may see them, and what is known about one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.identifiers import next_in_fiscal_year
from contracting.core.quantities import Dollars, UnitPrice
from contracting.reference.models import AiModel
from contracting.reference.queries import models_on, token_classes
from contracting.requisitions.calculations import (
    CLASS_OF,
    Swing,
    WorkloadDraft,
    sensitivity,
    typed_row,
)
from contracting.requisitions.models import (
    EstimateRow,
    IndependentEstimate,
    OwnershipComparison,
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


def workload_of(requisition: Requisition) -> list[WorkloadDraft]:
    """The workloads that the estimate in force was built from, as they were typed."""
    rows = requisition.workload_rows.filter(version=requisition.version)
    return [typed_row(row) for row in rows.order_by("position")]


def workload_classes() -> dict[str, int]:
    """The keys of the token classes that a call is counted in, by code."""
    found = token_classes().filter(code__in=CLASS_OF.values())
    return dict(found.values_list("code", "pk"))


def latest_comparison(
    estimate: IndependentEstimate | None,
) -> OwnershipComparison | None:
    """What owned capacity was last compared with this estimate, or ``None``."""
    if estimate is None:
        return None
    found = estimate.comparisons.select_related("compared_by__user")
    return found.order_by("-pk").first()


def swings_of(
    workload: Sequence[WorkloadDraft], estimate: IndependentEstimate | None
) -> list[Swing]:
    """What the total of an estimate hangs on; nothing if it was typed per month."""
    if estimate is None or not workload:
        return []
    keys = {row.model_id for row in workload}
    names = {str(model): pk for pk, model in AiModel.objects.in_bulk(keys).items()}
    prices = {
        (names[row["model"]], row["class"]): UnitPrice(row["usd_per_million_tokens"])
        for row in estimate.rows
    }
    return sensitivity(workload, prices, Dollars(estimate.p50_dollars))


def latest_estimate(requisition: Requisition) -> IndependentEstimate | None:
    """The independent estimate of the version in force, or ``None`` without one."""
    return (
        requisition.independent_estimates.filter(version=requisition.version)
        .order_by("-pk")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that makes a need ready to be bought, and how far it is."""

    label: str
    words: str
    is_done: bool
    is_needed: bool = True


def tasks_of(
    requisition: Requisition, estimate: IndependentEstimate | None
) -> list[Task]:
    """What a need has and what it lacks, in the order in which people see to it."""
    compared = latest_comparison(estimate) is not None
    line = requisition.line_of_accounting
    sent = requisition.state == RequisitionState.SUBMITTED
    return [
        Task("Need", "It is written down.", is_done=True),
        _estimated(estimate),
        _within(requisition, estimate),
        _optional("Owning instead", "It was compared." if compared else ""),
        _optional("Funds", f"They are expected from {line}." if line else ""),
        Task("Contracting office", "It has the need." if sent else "", is_done=sent),
    ]


def _optional(label: str, words: str) -> Task:
    return Task(label, words, is_done=bool(words), is_needed=False)


def _estimated(estimate: IndependentEstimate | None) -> Task:
    label = "Token estimate at public list prices"
    if estimate is None:
        return Task(label, "No tokens are estimated yet.", is_done=False)
    words = f"By model, class and month, priced on {estimate.priced_on:%-d %b %Y}."
    return Task(label, words, is_done=True)


def _within(requisition: Requisition, estimate: IndependentEstimate | None) -> Task:
    label, planned = "Planned amount", requisition.planned_dollars
    if estimate is None:
        return Task(label, "It is compared once there is an estimate.", is_done=False)
    fits = estimate.p50_dollars <= planned
    words = "covers" if fits else "does not cover"
    return Task(label, f"${planned:,.2f} {words} the P50 of the estimate.", fits)


def next_number(agency_id: int, on: date) -> str:
    """The next number of the agency's fiscal year; hold the agency's lock."""
    numbered = Requisition.objects.filter(agency_id=agency_id)
    return next_in_fiscal_year("PR", on, numbered)


def dictionary_on(on: date) -> dict[str, list[tuple[int, str]]]:
    """The models in force on a day and the token classes, as pairs of id and name."""
    return {
        "model": [(model.pk, str(model)) for model in models_on(on)],
        "token_class": [(each.pk, each.label) for each in token_classes()],
    }
