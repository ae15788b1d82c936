"""What is used, funded and not accepted of a line by ACRN, as of an instant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.calculations import spread
from contracting.ledger.models import Transfer
from contracting.ledger.queries import balances_of
from contracting.ledger.states import Holder, TransferKind


@dataclass(frozen=True, slots=True)
class Unaccepted:
    """One ACRN of a line: used and funded by then, and accepted by then; exact."""

    acrn: str
    used: Dollars
    accepted: Dollars

    @property
    def dollars(self) -> Dollars:
        return self.used - self.accepted


def unaccepted_as_of(
    holder: Holder, cut: datetime, used_since: Dollars
) -> list[Unaccepted]:
    """By ACRN in order of payment, what stood unaccepted at an instant.

    Funds are drawn on in the order of use: what was used last is taken off first, of
    the unfunded and then of the last ACRN.

    :param used_since: what of the usage and charges of the line came after it
    """
    rows = balances_of(holder)
    funded = [
        Dollars(row.consumed_dollars) - Dollars(row.given_up_dollars) for row in rows
    ]
    unfunded = total_dollars(Dollars(row.unfunded_dollars) for row in rows)
    since = used_since - min(max(used_since, Dollars()), unfunded)
    whole = max(total_dollars(funded) - since, Dollars())
    by_then = spread(whole, funded)
    if by_then:
        # What was taken back since then was there: it stood on the last ACRN.
        by_then[-1] += whole - total_dollars(by_then)
    later = _accepted_since(holder, cut)
    return [
        Unaccepted(
            acrn=row.acrn,
            used=used,
            accepted=Dollars(row.accepted_dollars)
            - Dollars(row.rounding_dollars)
            - Dollars(row.tolerated_dollars)
            - later[row.acrn],
        )
        for row, used in zip(rows, by_then, strict=True)
    ]


def _accepted_since(holder: Holder, cut: datetime) -> dict[str, Dollars]:
    """By ACRN, the exact amounts that were accepted at the instant or later."""
    of_line = Q(
        credit__balance__line__holder_kind=holder.kind,
        credit__balance__line__holder_id=holder.id,
    )
    rows = Transfer.objects.filter(
        of_line,
        kind=TransferKind.ACCEPT,
        at__gte=cut,
        reverses__isnull=True,
        reversal__isnull=True,
    ).values_list("credit__balance__acrn", "dollars")
    found: dict[str, Dollars] = defaultdict(Dollars)
    for acrn, dollars in rows:
        found[acrn] += Dollars(dollars)
    return found
