"""A program manager estimates the workload; it is priced at public list at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import is_plausible
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.reference.models import AiModel, ListPrice, TokenClass
from contracting.reference.queries import list_price
from contracting.requisitions import calculations, events, permissions
from contracting.requisitions.calculations import PricedRow, Range, RowDraft
from contracting.requisitions.models import (
    EstimateRow,
    IndependentEstimate,
    Requisition,
)
from contracting.requisitions.refusals import EstimateInvalid, ListPriceMissing

TOO_DEAR: Final = Dollars(10**12)
"""What no estimate comes to; its column has no room for it either."""


@transaction.atomic
def estimate_workload(
    *,
    requisition_id: int,
    rows: Sequence[RowDraft],
    by: Actor,
    at: datetime,
    seen_version: int,
) -> Requisition:
    """Replace the rows of a draft and save the independent estimate that follows.

    Each row is priced at the public list price in force on the day; a row without one
    is named and refuses the whole, since a missing price is never a price of zero.

    :param rows: tokens per model, class and month at P10, P50 and P90
    :raises NotAllowed: if ``by`` is no program manager of the agency, or it is no draft
    :raises Stale: if the requisition has changed since it was read
    :raises EstimateInvalid: if rows are missing, double, negative or out of order
    :raises ListPriceMissing: naming every model and class without a list price
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    require(permissions.can_estimate_workload(by, requisition))
    requisition.require_version(seen_version)
    at_list = price_at_list(rows, requisition.agency.local_day(at))
    estimate = save_estimate(requisition, rows, at_list)
    record_event(
        events.WORKLOAD_ESTIMATED,
        subject=requisition.subject,
        by=by,
        at=at,
        data={
            "version": requisition.version,
            "content_sha256": requisition.content_sha256,
            "rows": len(rows),
            "p50_dollars": estimate.p50_dollars,
            "p90_dollars": estimate.p90_dollars,
        },
    )
    return requisition


@dataclass(frozen=True, slots=True)
class AtList:
    """Rows at the public list prices known on a day, and the release they are from."""

    on: date
    rows: list[PricedRow]
    source: str

    @property
    def total(self) -> Range:
        return calculations.total_at_list(self.rows)


def price_at_list(rows: Sequence[RowDraft], on: date) -> AtList:
    """The rows at list on a day; nothing is saved yet.

    :raises EstimateInvalid: if rows are missing, double, negative or out of order, or
        the whole comes to a trillion dollars
    :raises ListPriceMissing: naming every model and class without a list price
    """
    _require_sound(rows)
    priced, source = _priced(rows, on)
    at_list = AtList(on, priced, source)
    if at_list.total.p90 >= TOO_DEAR:
        message = "The P90 figures come to a trillion dollars or more. Look for a slip."
        raise EstimateInvalid(message)
    return at_list


def save_estimate(
    requisition: Requisition, rows: Sequence[RowDraft], at_list: AtList
) -> IndependentEstimate:
    """Replace the rows of a locked draft and keep the estimate of its new version."""
    requisition.estimate_rows.all().delete()
    EstimateRow.objects.bulk_create(
        EstimateRow(
            requisition=requisition,
            model_id=row.model_id,
            token_class_id=row.token_class_id,
            month=row.month,
            p10_tokens=row.p10.count,
            p50_tokens=row.p50.count,
            p90_tokens=row.p90.count,
        )
        for row in rows
    )
    requisition.version += 1
    requisition.content_sha256 = content_sha256(calculations.content(requisition))
    requisition.save(update_fields=["version", "content_sha256"])
    total = at_list.total
    return IndependentEstimate.objects.create(
        requisition=requisition,
        priced_on=at_list.on,
        version=requisition.version,
        rows=[row.plain() for row in at_list.rows],
        p10_dollars=total.p10.amount,
        p50_dollars=total.p50.amount,
        p90_dollars=total.p90.amount,
        price_source=at_list.source,
    )


def _require_sound(rows: Sequence[RowDraft]) -> None:
    if not rows:
        message = "Estimate at least one class of tokens in one month."
        raise EstimateInvalid(message)
    seen: set[tuple[int, int, date]] = set()
    for number, row in enumerate(rows, start=1):
        if row.month.day != 1:
            message = f"Row {number}: a month is named by its first day."
            raise EstimateInvalid(message, row=number)
        if not is_plausible(row.month):
            message = f"Row {number}: name a month in the years 2000 to 2100."
            raise EstimateInvalid(message, row=number)
        if not Tokens(0) <= row.p10 <= row.p50 <= row.p90:
            message = f"Row {number}: an estimate rises from P10 through P50 to P90."
            raise EstimateInvalid(message, row=number)
        key = (row.model_id, row.token_class_id, row.month)
        if key in seen:
            message = f"Row {number}: this class of this model stands twice in a month."
            raise EstimateInvalid(message, row=number)
        seen.add(key)


def _priced(rows: Sequence[RowDraft], on: date) -> tuple[list[PricedRow], str]:
    """The rows at list, and the release of the price catalogue they come from."""
    prices = _prices({(row.model_id, row.token_class_id) for row in rows}, on)
    priced = [
        PricedRow(
            model=str(prices[row.model_id, row.token_class_id].model),
            token_class=str(prices[row.model_id, row.token_class_id].token_class),
            month=row.month,
            p10=row.p10,
            p50=row.p50,
            p90=row.p90,
            price=prices[row.model_id, row.token_class_id].price,
        )
        for row in rows
    ]
    releases = sorted({price.package_version for price in prices.values()})
    return priced, f"public list, catalogue release {', '.join(releases)}"[:120]


def _prices(pairs: set[tuple[int, int]], on: date) -> dict[tuple[int, int], ListPrice]:
    models = AiModel.objects.in_bulk([model for model, _ in pairs])
    classes = TokenClass.objects.in_bulk([token_class for _, token_class in pairs])
    prices: dict[tuple[int, int], ListPrice] = {}
    missing: list[str] = []
    for model_id, class_id in sorted(pairs):
        if model_id not in models or class_id not in classes:
            message = "A row names a model or a class that the dictionary lacks."
            raise EstimateInvalid(message)
        price = list_price(models[model_id], classes[class_id], on)
        if price is None:
            missing.append(f"{models[model_id]} {classes[class_id]}")
        else:
            prices[model_id, class_id] = price
    if missing:
        message = (
            f"No public list price is known on {on} for: {', '.join(missing)}. "
            "Without it the estimate would be too low, so nothing was saved."
        )
        raise ListPriceMissing(message, missing=missing, on=on)
    return prices
