"""What was drawn on the funds because of one thing, funded and unfunded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Case, F, Sum, When

from contracting.core.quantities import Dollars
from contracting.ledger.models import Transfer
from contracting.ledger.states import COLUMNS, Holder, TransferKind

_FUNDED = COLUMNS["consumed_dollars"]
_UNFUNDED = COLUMNS["unfunded_dollars"]


def drawn_because(kind: str, ids: Iterable[int]) -> dict[int, tuple[Dollars, Dollars]]:
    """Funded and unfunded dollars by the id of their cause; reversals taken off."""
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    rows = Transfer.objects.filter(because_kind=kind, because_id__in=list(ids))
    for cause, debit, credit, dollars in rows.values_list(
        "because_id", "debit__kind", "credit__kind", "dollars"
    ):
        sums[cause][0] += _FUNDED.effect(debit, credit) * dollars
        sums[cause][1] += _UNFUNDED.effect(debit, credit) * dollars
    return {
        cause: (Dollars(funded), Dollars(unfunded))
        for cause, (funded, unfunded) in sums.items()
    }


def standing_because(
    kind: str, cause: int, *, kinds: Collection[str] = tuple(TransferKind)
) -> list[int]:
    """The transfers that one thing caused and that are not reversed, newest first.

    Those between accounts of funds come before them in the order of keys, in which
    funds are locked.

    :param kinds: of these kinds of transfer only
    """
    rows = Transfer.objects.filter(
        because_kind=kind,
        because_id=cause,
        kind__in=kinds,
        reverses__isnull=True,
        reversal__isnull=True,
    )
    of_funds = Case(
        When(kind=TransferKind.INTEREST, then=F("debit__line_of_accounting"))
    )
    ordered = rows.order_by(of_funds.asc(nulls_last=True), "-pk")
    return list(ordered.values_list("pk", flat=True))


def credited_of(holder: Holder) -> Dollars:
    """What came back to the funds of a line as credits; reversals taken off."""
    rows = Transfer.objects.filter(
        kind=TransferKind.CREDIT,
        reversal__isnull=True,
        debit__balance__line__holder_kind=holder.kind,
        debit__balance__line__holder_id=holder.id,
    )
    return Dollars(rows.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0))
