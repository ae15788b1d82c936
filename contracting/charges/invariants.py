"""What must hold of charges at every moment, recomputed from their rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.db.models import Q

from contracting.charges.models import Charge, Receipt
from contracting.charges.queries import drawn_by
from contracting.charges.states import BY_CALENDAR, ChargeSource
from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars, PricePerUnit

_SHOWN: Final = Decimal("0.0000005")
_HALF_A_CENT: Final = Decimal("0.005")
_ROWS_AT_A_TIME: Final = 2_000


def _the_ledger_has_every_charge() -> Iterator[str]:
    charges = list(Charge.objects.order_by("pk"))
    drawn = drawn_by(charges)
    for charge in charges:
        funded, unfunded = drawn.get(charge.pk, (Dollars(), Dollars()))
        wanted = Dollars() if charge.reversed_at else Dollars(charge.dollars)
        if funded + unfunded != wanted:
            yield (
                f"charge {charge.public_id}: {wanted} is charged; the ledger has "
                f"{funded + unfunded}"
            )


def _charges_are_units_at_their_price() -> Iterator[str]:
    for charge in Charge.objects.iterator(chunk_size=_ROWS_AT_A_TIME):
        price = PricePerUnit(charge.usd_per_unit)
        exact = price.of(charge.units)
        off = abs(exact.amount - charge.dollars)
        # Part of a month: its quantity is shown in 6 decimals, its amount in cents.
        most = price.usd_per_unit * _SHOWN + _HALF_A_CENT
        is_part = charge.dollars == Dollars(charge.dollars).to_cents().amount
        if off and not (is_part and off <= most):
            yield f"charge {charge.public_id}: {exact} is right"


def _receipts_are_charged_or_reversed() -> Iterator[str]:
    charged = Charge.objects.filter(reversed_at__isnull=True).values("receipt")
    standing = Receipt.objects.filter(reversal__isnull=True, units__gt=0)
    free = Q(pk__in=Charge.objects.values("receipt"))
    for receipt in standing.filter(free).exclude(pk__in=charged.exclude(receipt=None)):
        yield f"receipt {receipt.public_id} stands and its charge does not"
    taken_back = Receipt.objects.filter(reversal__isnull=False)
    for receipt in taken_back.filter(pk__in=charged.exclude(receipt=None)):
        yield f"receipt {receipt.public_id} is taken back and still charged"


def _charges_are_of_their_structure() -> Iterator[str]:
    calendar = [str(each) for each in BY_CALENDAR]
    wrong = Charge.objects.filter(
        Q(source=ChargeSource.CALENDAR)
        & ~Q(line__contract_line__structure__in=calendar)
        | Q(source=ChargeSource.RECEIPT) & ~Q(line__contract_line__structure="SERVICE")
    )
    for charge in wrong.order_by("pk"):
        yield f"charge {charge.public_id} is not due on a line of this structure"


INVARIANTS = [
    Invariant(
        "CHG-1",
        "What is charged is on the ledger, funded or unfunded, and what is reversed is "
        "not.",
        _the_ledger_has_every_charge,
    ),
    Invariant(
        "CHG-2",
        "Every charge is its units at its price; a part of a month to the cent.",
        _charges_are_units_at_their_price,
    ),
    Invariant(
        "CHG-3",
        "A receipt that stands is charged, one that is taken back is not.",
        _receipts_are_charged_or_reversed,
    ),
    Invariant(
        "CHG-4",
        "The calendar charges seats, bundles and capacity; receipts charge services.",
        _charges_are_of_their_structure,
    ),
]
