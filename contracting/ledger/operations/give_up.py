"""Give up usage: what a vendor will not claim is free of its funds again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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
from contracting.ledger.refusals import AmountNotPositive, GivenUpExceeded
from contracting.ledger.states import AccountKind, Holder, TransferKind


@transaction.atomic
def give_up_usage(
    *,
    given_up: Mapping[tuple[Holder, str], Dollars],
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Take usage that was never accepted out of what is payable, in dollars alone.

    The tokens stay used, at their price: they were used. Their dollars are obligated
    and not used again, and can be deobligated.

    :param given_up: exact dollars by line and ACRN
    :raises GivenUpExceeded: if more is given up than is used, funded and not accepted
    :raises AmountNotPositive: if an amount is not above zero, or there is none
    :raises BalanceNotOpen: if a line has no such ACRN
    """
    if not given_up:
        message = "There is no amount to give up."
        raise AmountNotPositive(message)
    holders = {holder for holder, _ in given_up}
    book = _lock_book(because=because, by=by, at=at, holders=holders)
    for (holder, acrn), dollars in sorted(given_up.items()):
        _require_positive(dollars)
        row = book.row(holder, acrn)
        if dollars > row.unaccepted:
            message = (
                f"{row.unaccepted} of ACRN {acrn} is used and not accepted; {dollars} "
                "cannot be given up."
            )
            short = dollars - row.unaccepted
            raise GivenUpExceeded(message, left=row.unaccepted, short_by=short)
        _post_transfer(
            book,
            TransferKind.GIVE_UP,
            AccountKind.GIVEN_UP,
            AccountKind.OBLIGATED,
            on=row,
            dollars=dollars,
        )
    written = _write_book(book)
    record_event(
        events.USAGE_GIVEN_UP,
        subject=because,
        by=by,
        at=at,
        data={
            "dollars": total_dollars(given_up.values()),
            "given_up": [
                {
                    "holder": {"kind": holder.kind, "id": holder.id},
                    "acrn": acrn,
                    "dollars": dollars,
                }
                for (holder, acrn), dollars in sorted(given_up.items())
            ],
        },
    )
    return written
