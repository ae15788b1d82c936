"""Charge interest on a late payment to the funds of the program that paid late."""

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
from contracting.ledger.refusals import AmountNotPositive, FundsExceeded
from contracting.ledger.states import AccountKind, TransferKind


@transaction.atomic
def charge_interest(
    *,
    interest: Mapping[int, Dollars],
    on: date,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Pay interest from what lines of accounting have free, beside every order.

    Interest is no price of the order: neither its ceiling nor its obligation carries
    it. It is paid from the funds of the program for which it is incurred, without any
    further appropriation (31 U.S.C. 3902(f)).

    :param interest: cents by line of accounting
    :param on: the day of payment
    :raises FundsExceeded: if a line of accounting has less free (31 U.S.C. 1341)
    :raises AccountCancelled: from an account that was closed before it (R-FND-05)
    :raises AmountNotPositive: if an amount is not above zero, or there is none
    """
    if not interest:
        message = "There is no interest to charge."
        raise AmountNotPositive(message)
    book = _lock_book(because=because, by=by, at=at, lines_of_accounting=interest)
    require_open_accounts(interest, on=on)
    for pk, dollars in sorted(interest.items()):
        _require_positive(dollars)
        row = book.funds[pk]
        if dollars > row.free:
            short = dollars - row.free
            message = (
                f"{row.line_of_accounting.label} has {row.free} free, and interest of "
                f"{dollars} is owed for the late payment: {short} is missing. Allot "
                "funds first."
            )
            raise FundsExceeded(message, asked=dollars, free=row.free, short_by=short)
        _post_transfer(
            book,
            TransferKind.INTEREST,
            AccountKind.FUNDS,
            AccountKind.INTEREST,
            on=row,
            dollars=dollars,
        )
    written = _write_book(book)
    record_event(
        events.INTEREST_CHARGED,
        subject=because,
        by=by,
        at=at,
        data={
            "dollars": total_dollars(interest.values()),
            "by_line_of_accounting": {str(pk): interest[pk] for pk in sorted(interest)},
            "on": on,
        },
    )
    return written
