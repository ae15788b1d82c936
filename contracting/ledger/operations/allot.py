"""Allot funds to a line of accounting."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger import events, permissions
from contracting.ledger.models import FundsBalance, LineOfAccounting
from contracting.ledger.operations.post import (
    _lock_book,
    _post_transfer,
    _require_positive,
    _write_book,
)
from contracting.ledger.states import AccountKind, TransferKind


@transaction.atomic
def allot_funds(
    *, line_of_accounting_id: int, dollars: Dollars, by: Actor, at: datetime
) -> FundsBalance:
    """Make dollars of an appropriation available on a line of accounting.

    :raises NotAllowed: if ``by`` is no funds certifier of the agency
    :raises AmountNotPositive: if the amount is not above zero
    """
    line = LineOfAccounting.objects.get(pk=line_of_accounting_id)
    subject = line.subject
    book = _lock_book(because=subject, by=by, at=at, lines_of_accounting=[line.pk])
    require(permissions.can_allot_funds(by, line))
    _require_positive(dollars)
    funds = book.funds[line.pk]
    _post_transfer(
        book,
        TransferKind.ALLOT,
        AccountKind.APPROPRIATION,
        AccountKind.FUNDS,
        on=funds,
        dollars=dollars,
    )
    _write_book(book)
    record_event(
        events.FUNDS_ALLOTTED,
        subject=subject,
        by=by,
        at=at,
        data={"dollars": dollars, "available": funds.available_dollars},
    )
    return funds
