"""What a voucher pays of claims, and the interest that they earn (41 U.S.C. 7109)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from contracting.billing.states import ChargeKind
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.models import Claim, ClaimCharge
from contracting.disputes.queries.payable import earned_on
from contracting.payments.calculations.interest import Interest
from contracting.reconciliation.models import Acceptance, AcceptedCharge


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """Cents of an acceptance that pay a claim."""

    claim: Claim
    dollars: Dollars


def claim_parts(acceptance: Acceptance) -> list[ClaimPart]:
    """What an acceptance has of claims; of each invoice line the oldest claim first."""
    rows = AcceptedCharge.objects.filter(
        acceptance=acceptance, charge_line__kind=ChargeKind.CLAIM
    ).select_related("charge_line")
    return [part for row in rows.order_by("pk") for part in _parts(row)]


def _parts(row: AcceptedCharge) -> Iterator[ClaimPart]:
    stated = row.charge_line
    before = AcceptedCharge.objects.filter(charge_line=stated, pk__lt=row.pk)
    skip = Dollars(before.aggregate(sum=Sum("payable_dollars"))["sum"] or Decimal(0))
    left = Dollars(row.payable_dollars)
    charged = ClaimCharge.objects.filter(
        charge__line=stated.order_line_id, charge__period__contained_by=stated.period
    )
    for each in charged.select_related("charge", "claim__contract").order_by("pk"):
        whole = Dollars(each.charge.dollars)
        passed = min(skip, whole)
        skip -= passed
        taken = min(left, whole - passed)
        if taken:
            left -= taken
            yield ClaimPart(each.claim, taken)


def claims_in(acceptance: Acceptance) -> Dollars:
    """The cents of an acceptance that earn interest by their claims alone."""
    return total_dollars(part.dollars for part in claim_parts(acceptance))


def claim_interest_of(
    acceptances: list[Acceptance], paid_on: date, rate_on: Callable[[date], Decimal]
) -> list[Interest]:
    """The interest of the claims of a voucher, one row for each half-year of each.

    :raises RateMissing: naming the half-year of which no rate is loaded
    """
    return [
        Interest(
            dollars=part.dollars,
            due=half.first - timedelta(days=1),
            days=half.days,
            percent=half.percent,
            interest=half.earned,
            claim=part.claim.public_id,
        )
        for acceptance in acceptances
        for part in claim_parts(acceptance)
        for half in earned_on(part.claim, part.dollars, paid=paid_on, rate_on=rate_on)
    ]
