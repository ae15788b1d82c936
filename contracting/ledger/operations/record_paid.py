"""Record a payment against what was accepted."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.calculations import spread
from contracting.ledger.models import Transfer
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _post_transfer,
    _require_positive,
    _write_book,
)
from contracting.ledger.queries import require_open_accounts
from contracting.ledger.refusals import CrossCharged, PaymentExceeded
from contracting.ledger.states import AccountKind, Holder, TransferKind


@transaction.atomic
def record_paid(
    *,
    holder: Holder,
    acrn: str | None,
    dollars: Dollars,
    on: date,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Record that accepted usage was paid.

    :param acrn: which ACRN paid; in order of payment over all when ``None``
    :param on: the day of payment
    :raises AccountCancelled: from an account that was closed before it (R-FND-05)
    :raises CrossCharged: if an ACRN would pay what another one of the line has accepted
        (R-FND-12)
    :raises PaymentExceeded: if payments would pass the value of accepted usage
        (R-FND-10, 31 U.S.C. 3324)
    :raises AmountNotPositive: if the amount is not above zero
    """
    book = _lock_book(because=because, by=by, at=at, holders=[holder])
    rows = book.rows_at(holder, acrn)
    _require_positive(dollars)
    owed = total_dollars(row.unpaid for row in rows)
    if acrn is not None and dollars > owed:
        _refuse_cross_charge(book, holder, acrn, dollars, owed)
    if dollars > owed:
        message = (
            f"{owed} of accepted usage is not paid yet and {dollars} is asked: usage "
            "is paid after it is received, never before."
        )
        raise PaymentExceeded(
            message, asked=dollars, left=owed, short_by=dollars - owed
        )
    parts = spread(dollars, [row.unpaid for row in rows])
    paying = [row for row, part in zip(rows, parts, strict=True) if part]
    require_open_accounts((row.line_of_accounting_id for row in paying), on=on)
    for row, part in zip(rows, parts, strict=True):
        if part:
            _post_transfer(
                book,
                TransferKind.PAY,
                AccountKind.ACCEPTED,
                AccountKind.PAID,
                on=row,
                dollars=part,
            )
    written = _write_book(book)
    record_event(
        events.PAYMENT_RECORDED,
        subject=because,
        by=by,
        at=at,
        data={
            "holder": {"kind": holder.kind, "id": holder.id},
            "acrn": acrn,
            "dollars": dollars,
            "paid_on": on,
        },
    )
    return written


def _refuse_cross_charge(
    book: Book, holder: Holder, acrn: str, dollars: Dollars, owed: Dollars
) -> None:
    """:raises CrossCharged: if the others of the line owe what this one does not"""
    all_of_it = total_dollars(row.unpaid for row in book.rows_at(holder, None))
    if dollars <= all_of_it:
        others = all_of_it - owed
        message = (
            f"ACRN {acrn} owes {owed}, and the other ACRNs of the line {others}: each "
            "pays what was used on it, in the order that the order states."
        )
        raise CrossCharged(
            message, acrn=acrn, asked=dollars, left=owed, short_by=dollars - owed
        )
