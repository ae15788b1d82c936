"""How often funds were added to lines: what opens a new epoch of notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from contracting.ledger.models import Transfer
from contracting.ledger.states import Holder, TransferKind


def times_funds_were_added(holders: Iterable[Holder]) -> int:
    """How many acts have obligated more to these lines than they took away.

    An act that moves funds from one ACRN to another adds none.
    """
    by_kind: dict[str, list[int]] = defaultdict(list)
    for holder in holders:
        by_kind[holder.kind].append(holder.id)
    net: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for kind, ids in by_kind.items():
        for moved, side, sign in (
            (TransferKind.OBLIGATE, "credit", 1),
            (TransferKind.DEOBLIGATE, "debit", -1),
        ):
            rows = Transfer.objects.filter(
                **{
                    "kind": moved,
                    "reversal__isnull": True,
                    f"{side}__balance__line__holder_kind": kind,
                    f"{side}__balance__line__holder_id__in": ids,
                }
            )
            moved_by = rows.values_list("because_kind", "because_id", "dollars")
            for because, number, dollars in moved_by:
                net[because, number] += sign * dollars
    return sum(dollars > 0 for dollars in net.values())
