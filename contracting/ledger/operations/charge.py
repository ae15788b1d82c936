"""Draw what is owed without tokens on the funds: a month, an hour, a receipt."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.calculations import spread
from contracting.ledger.models import Transfer
from contracting.ledger.operations.post import (
    _lock_book,
    _post_transfer,
    _require_positive,
    _write_book,
)
from contracting.ledger.states import AccountKind, Holder, TransferKind


@transaction.atomic
def charge_funds(
    *,
    holder: Holder,
    acrn: str | None = None,
    dollars: Dollars,
    fundable: Dollars,
    key: str,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Draw an amount on the ACRNs of a line in their order of payment, with no tokens.

    Beyond the funds, and beyond what is ordered, it is owed by nobody: the rest is
    recorded in full as unfunded and never payable (R-FND-08).

    :param acrn: whose funds are drawn on; of all in order of payment when ``None``
    :param fundable: how much of it is ordered and may be funded at all
    :param key: the caller's name for what is charged; the transfers carry it
    :raises BalanceNotOpen: if no funds were ever opened for the line
    :raises AmountNotPositive: for nothing or less; a correction reverses a transfer
    """
    book = _lock_book(because=because, by=by, at=at, holders=[holder])
    rows = book.rows_at(holder, acrn)
    _require_positive(dollars)
    most = max(min(dollars, fundable), Dollars())
    parts = spread(most, [row.funds_left for row in rows])
    for row, part in zip(rows, parts, strict=True):
        if part:
            _post_transfer(
                book,
                TransferKind.CONSUME,
                AccountKind.OBLIGATED,
                AccountKind.CONSUMED,
                on=row,
                dollars=part,
                note=key,
            )
    unfunded = dollars - total_dollars(parts)
    if unfunded:
        _post_transfer(
            book,
            TransferKind.UNFUNDED,
            AccountKind.METER,
            AccountKind.UNFUNDED,
            on=rows[-1],
            dollars=unfunded,
            note=key,
        )
    written = _write_book(book)
    record_event(
        events.FUNDS_CHARGED,
        subject=because,
        by=by,
        at=at,
        data={
            "holder": {"kind": holder.kind, "id": holder.id},
            "key": key,
            "funded": total_dollars(parts),
            "unfunded": unfunded,
        },
    )
    return written
