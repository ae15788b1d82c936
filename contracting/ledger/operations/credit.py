"""Credit the funds: what was paid and is owed back returns to the ACRN that paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Transfer
from contracting.ledger.operations.post import (
    _lock_book,
    _post_transfer,
    _require_positive,
    _write_book,
)
from contracting.ledger.queries import require_open_accounts
from contracting.ledger.refusals import AmountNotPositive, CreditExceeded
from contracting.ledger.states import AccountKind, Holder, TransferKind


@transaction.atomic
def credit_funds(
    *,
    credits: Mapping[tuple[Holder, str], Dollars],
    on: date,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Return what was paid to the very funds that paid it, by set-off or by refund.

    What was paid is no longer paid nor accepted, and as much of the usage is no longer
    payable, as if the vendor had given it up. The tokens stay used and accepted: they
    were used. The dollars are obligated and not used again; they can be deobligated.

    :param credits: whole cents by line and ACRN
    :param on: the day on which the money came back
    :raises CreditExceeded: if less was paid from an ACRN (R-PAY-06)
    :raises AccountCancelled: to an account that was closed before it (R-FND-05)
    :raises AmountNotPositive: if an amount is not above zero, or there is none
    :raises BalanceNotOpen: if a line has no such ACRN
    """
    if not credits:
        message = "There is no amount to credit."
        raise AmountNotPositive(message)
    holders = {holder for holder, _ in credits}
    book = _lock_book(because=because, by=by, at=at, holders=holders)
    rows = {key: book.row(*key) for key in sorted(credits)}
    require_open_accounts((row.line_of_accounting_id for row in rows.values()), on=on)
    for key, row in rows.items():
        dollars = credits[key]
        _require_positive(dollars)
        paid = Dollars(row.paid_dollars)
        if dollars > paid:
            message = (
                f"ACRN {row.acrn} has paid {paid}; {dollars} cannot come back to it."
            )
            short = dollars - paid
            raise CreditExceeded(message, asked=dollars, left=paid, short_by=short)
        for kind, debit, credit in (
            (TransferKind.CREDIT, AccountKind.PAID, AccountKind.CONSUMED),
            (TransferKind.GIVE_UP, AccountKind.GIVEN_UP, AccountKind.OBLIGATED),
        ):
            _post_transfer(book, kind, debit, credit, on=row, dollars=dollars)
    written = _write_book(book)
    record_event(
        events.CREDIT_RECORDED,
        subject=because,
        by=by,
        at=at,
        data={
            "dollars": total_dollars(credits.values()),
            "on": on,
            "credits": [
                {
                    "holder": {"kind": holder.kind, "id": holder.id},
                    "acrn": acrn,
                    "dollars": credits[holder, acrn],
                }
                for holder, acrn in rows
            ],
        },
    )
    return written
