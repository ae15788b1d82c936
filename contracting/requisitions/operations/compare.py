"""A program manager compares owned capacity with the estimate at list."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.requisitions import calculations, events, permissions
from contracting.requisitions.calculations import OwnedCapacity
from contracting.requisitions.models import OwnershipComparison, Requisition
from contracting.requisitions.queries import latest_estimate
from contracting.requisitions.refusals import ComparisonInvalid, EstimateMissing

MOST_GPUS: Final = 1_000_000
MOST_TOKENS_PER_SECOND: Final = 10_000_000
MOST_GPU_HOUR: Final = Dollars(100_000)
MOST_MONTHLY: Final = Tokens(10**18)
LEAST_PERCENT: Final = Decimal("0.01")


@transaction.atomic
def compare_ownership(
    *,
    requisition_id: int,
    owned: OwnedCapacity,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> OwnershipComparison:
    """Keep what owned GPUs should cost beside the estimate of this version.

    Nothing else changes: it is no term of the need. What it costs is what the GPU-hour
    holds; staff, power and financing count only if they are in it.

    :param owned: dollars per GPU-hour, tokens per busy GPU-second, utilization
    :raises NotAllowed: if ``by`` is no program manager of the agency, or it is no draft
    :raises Stale: if the requisition has changed since it was read
    :raises EstimateMissing: if there is no estimate to compare with
    :raises ComparisonInvalid: naming the figure that cannot be right
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    require(permissions.can_compare_ownership(by, requisition))
    requisition.require_version(seen_version)
    estimate = latest_estimate(requisition)
    if estimate is None:
        message = "Estimate the workload first: there is nothing to compare with."
        raise EstimateMissing(message)
    _require_sound(owned)
    found = calculations.own(owned, estimate.rows)
    if found is None:
        message = "The estimate costs nothing at P50, so owning never breaks even."
        raise ComparisonInvalid(message)
    if (
        not Tokens(0) < found.capacity <= MOST_MONTHLY
        or found.break_even > MOST_MONTHLY
    ):
        message = "The figures come to no tokens, or too many to count a month."
        raise ComparisonInvalid(message)
    comparison = OwnershipComparison.objects.create(
        estimate=estimate,
        gpus=owned.gpus,
        gpu_hour_dollars=owned.gpu_hour.amount,
        tokens_per_gpu_second=owned.tokens_per_gpu_second,
        utilization_percent=owned.utilization_percent,
        owned_usd_per_million_tokens=found.owned_price.usd_per_million_tokens,
        list_usd_per_million_tokens=found.list_price.usd_per_million_tokens,
        capacity_tokens=found.capacity.count,
        break_even_tokens=found.break_even.count,
        p50_tokens=found.p50.count,
        compared_by_id=by.own_membership_id,
        compared_at=at,
    )
    record_event(
        events.OWNERSHIP_COMPARED,
        subject=requisition.subject,
        by=by,
        at=at,
        data={
            "version": requisition.version,
            "gpus": owned.gpus,
            "gpu_hour_dollars": owned.gpu_hour,
            "tokens_per_gpu_second": owned.tokens_per_gpu_second,
            "utilization_percent": owned.utilization_percent,
            "owned_usd_per_million_tokens": found.owned_price,
            "list_usd_per_million_tokens": found.list_price,
            "break_even_tokens": found.break_even,
        },
    )
    return comparison


def _require_sound(owned: OwnedCapacity) -> None:
    speed, busy = owned.tokens_per_gpu_second, owned.utilization_percent
    flaws = {
        "gpus": (not 1 <= owned.gpus <= MOST_GPUS, "GPUs: 1 to 1,000,000."),
        "gpu_hour_dollars": (
            not Dollars() < owned.gpu_hour <= MOST_GPU_HOUR,
            "Dollars per GPU-hour: above zero, at most 100,000.",
        ),
        "tokens_per_gpu_second": (
            not 1 <= speed <= MOST_TOKENS_PER_SECOND,
            "Tokens per GPU-second: 1 to 10,000,000.",
        ),
        "utilization_percent": (
            not LEAST_PERCENT <= busy <= 100 or busy != round(busy, 2),
            "Utilization: 0.01 to 100 percent, at most two decimals.",
        ),
    }
    for field, (is_wrong, message) in flaws.items():
        if is_wrong:
            raise ComparisonInvalid(message, field=field)
    if owned.gpu_hour.amount != round(owned.gpu_hour.amount, 6):
        message = "Dollars per GPU-hour: at most six decimals."
        raise ComparisonInvalid(message, field="gpu_hour_dollars")
