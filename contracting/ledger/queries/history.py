"""How the obligated funds of lines came to be what they are, in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from contracting.ledger.models import HolderBalance, Transfer
from contracting.ledger.states import AccountKind, Holder

_UNBOUND = (AccountKind.FUNDS, AccountKind.COMMITTED)


def obligated_over_time(holders: Iterable[Holder]) -> list[tuple[datetime, Decimal]]:
    """What each act has added to the obligated dollars of these lines, oldest first.

    Below zero where funds were taken back; what was reversed counts back. The sum is
    what is obligated now.
    """
    by_kind: dict[str, list[int]] = {}
    for holder in holders:
        by_kind.setdefault(holder.kind, []).append(holder.id)
    meant = Q(pk__in=())
    for kind, ids in by_kind.items():
        meant |= Q(holder_kind=kind, holder_id__in=ids)
    lines = HolderBalance.objects.filter(meant).values("pk")
    added = Transfer.objects.filter(
        credit__kind=AccountKind.OBLIGATED,
        credit__balance__line__in=lines,
        debit__kind__in=_UNBOUND,
    )
    taken = Transfer.objects.filter(
        debit__kind=AccountKind.OBLIGATED,
        debit__balance__line__in=lines,
        credit__kind__in=_UNBOUND,
    )
    found = [(row.at, row.pk, row.dollars) for row in added.only("at", "dollars")]
    found += [(row.at, row.pk, -row.dollars) for row in taken.only("at", "dollars")]
    return [(at, dollars) for at, _, dollars in sorted(found)]
