"""Deobligate funds: give back what is neither used nor owed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Balance, Transfer
from contracting.ledger.operations.post import (
    _asked_by_row,
    _lock_obligations,
    _obligation_data,
    _post_transfer,
    _write_book,
)
from contracting.ledger.queries import pending_of
from contracting.ledger.refusals import DeobligationExceeded
from contracting.ledger.states import AccountKind, Obligation, TransferKind


@transaction.atomic
def deobligate_funds(
    *, obligations: list[Obligation], because: Subject, by: Actor, at: datetime
) -> list[Transfer]:
    """Return obligated dollars to their lines of accounting, all of them or none.

    :raises DeobligationExceeded: if an amount passes the unliquidated obligation less
        what is accepted and unpaid, less the accrual (R-FND-09, FAR 4.804-5)
    :raises BalanceNotOpen: if a line has no such ACRN
    :raises LinesDisagree: if an ACRN is another line of accounting's
    """
    book = _lock_obligations(obligations, because=because, by=by, at=at)
    waiting = pending_of(each.holder for each in obligations)
    for row, dollars in _asked_by_row(book, obligations):
        _guard(row, dollars, waiting.get(row.holder, Dollars()))
    for obligation in obligations:
        _post_transfer(
            book,
            TransferKind.DEOBLIGATE,
            AccountKind.OBLIGATED,
            AccountKind.FUNDS,
            on=book.row(obligation.holder, obligation.acrn),
            dollars=obligation.dollars,
        )
    written = _write_book(book)
    record_event(
        events.FUNDS_DEOBLIGATED,
        subject=because,
        by=by,
        at=at,
        data=_obligation_data(obligations),
    )
    return written


def _guard(row: Balance, dollars: Dollars, waiting: Dollars) -> None:
    """What was used and is on no balance yet is accrued too, on whatever ACRN."""
    accrual = row.unaccepted + min(waiting, row.funds_left)
    limit = row.unliquidated - total_dollars([row.unpaid, accrual])
    if dollars <= limit:
        return
    message = (
        f"ACRN {row.acrn} has {row.unliquidated} unliquidated; {row.unpaid} of it is "
        f"accepted and unpaid and {accrual} is used and not accepted: at most "
        f"{limit} can be deobligated, not {dollars}."
    )
    raise DeobligationExceeded(
        message,
        acrn=row.acrn,
        unliquidated=row.unliquidated,
        accepted_unpaid=row.unpaid,
        accrual=accrual,
        limit=limit,
        short_by=dollars - limit,
    )
