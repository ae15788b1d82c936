"""Commit funds to an action that is not signed yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Transfer
from contracting.ledger.operations.post import (
    _lock_obligations,
    _obligation_data,
    _post_transfer,
    _require_free_funds,
    _require_room,
    _write_book,
)
from contracting.ledger.states import AccountKind, Obligation, TransferKind


@transaction.atomic
def commit_funds(
    *, obligations: list[Obligation], because: Subject, by: Actor, at: datetime
) -> list[Transfer]:
    """Set funds aside for what a certifier has certified; nothing is owed by it.

    :raises FundsExceeded: if a line of accounting has less free (R-FND-01)
    :raises CeilingExceeded: if a line × ACRN has less room under its ceiling
    :raises BalanceNotOpen: if a line has no such ACRN
    :raises LinesDisagree: if an ACRN is another line of accounting's
    """
    book = _lock_obligations(obligations, because=because, by=by, at=at)
    _require_free_funds(book, obligations)
    _require_room(book, obligations)
    for obligation in obligations:
        _post_transfer(
            book,
            TransferKind.COMMIT,
            AccountKind.FUNDS,
            AccountKind.COMMITTED,
            on=book.row(obligation.holder, obligation.acrn),
            dollars=obligation.dollars,
        )
    written = _write_book(book)
    record_event(
        events.FUNDS_COMMITTED,
        subject=because,
        by=by,
        at=at,
        data=_obligation_data(obligations),
    )
    return written
