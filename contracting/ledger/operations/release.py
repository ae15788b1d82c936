"""Release a commitment: the action was cancelled, returned or signed for less."""

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
    _require_commitment,
    _write_book,
)
from contracting.ledger.states import AccountKind, Obligation, TransferKind


@transaction.atomic
def release_commitment(
    *, obligations: list[Obligation], because: Subject, by: Actor, at: datetime
) -> list[Transfer]:
    """Give committed funds back to their line of accounting.

    :raises CommitmentExceeded: if less is committed to a line × ACRN
    :raises BalanceNotOpen: if a line has no such ACRN
    :raises LinesDisagree: if an ACRN is another line of accounting's
    """
    book = _lock_obligations(obligations, because=because, by=by, at=at)
    _require_commitment(book, obligations)
    for obligation in obligations:
        _post_transfer(
            book,
            TransferKind.RELEASE,
            AccountKind.COMMITTED,
            AccountKind.FUNDS,
            on=book.row(obligation.holder, obligation.acrn),
            dollars=obligation.dollars,
        )
    written = _write_book(book)
    record_event(
        events.COMMITMENT_RELEASED,
        subject=because,
        by=by,
        at=at,
        data=_obligation_data(obligations),
    )
    return written
