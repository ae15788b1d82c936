"""Obligate funds: the signature that binds the Government to pay."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import LineOfAccounting, Transfer
from contracting.ledger.operations.post import (
    _lock_obligations,
    _obligation_data,
    _post_transfer,
    _require_commitment,
    _require_free_funds,
    _require_room,
    _write_book,
)
from contracting.ledger.queries import (
    adjustments_of,
    require_open_accounts,
)
from contracting.ledger.refusals import PeriodOfAvailabilityEnded
from contracting.ledger.states import AccountKind, Obligation, TransferKind


@transaction.atomic
def obligate_funds(
    *,
    obligations: list[Obligation],
    because: Subject,
    on: date,
    from_commitment: bool,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Bind dollars of lines of accounting to lines, all of them or none.

    :param on: day of signature in the agency's time zone
    :param from_commitment: the commitments become the obligations
    :raises FundsExceeded: if a line of accounting has less free; ``short_by`` in its
        data (R-FND-01, 31 U.S.C. 1341)
    :raises CommitmentExceeded: if less was certified than is signed for
    :raises PeriodOfAvailabilityEnded: if ``on`` lies outside the funds' availability
        and no certifier has permitted an adjustment (R-FND-03, 31 U.S.C. 1502, 1553)
    :raises AccountCancelled: from an account that was closed (R-FND-05)
    :raises CeilingExceeded: if a line × ACRN has less room under its ceiling
    :raises BalanceNotOpen: if a line has no such ACRN
    :raises LinesDisagree: if an ACRN is another line of accounting's
    """
    book = _lock_obligations(obligations, because=because, by=by, at=at)
    _require_availability(obligations, because, on)
    if from_commitment:
        _require_commitment(book, obligations)
    else:
        _require_free_funds(book, obligations)
        _require_room(book, obligations)
    for obligation in obligations:
        _post_transfer(
            book,
            TransferKind.OBLIGATE,
            AccountKind.COMMITTED if from_commitment else AccountKind.FUNDS,
            AccountKind.OBLIGATED,
            on=book.row(obligation.holder, obligation.acrn),
            dollars=obligation.dollars,
        )
    written = _write_book(book)
    record_event(
        events.FUNDS_OBLIGATED,
        subject=because,
        by=by,
        at=at,
        data={"signed_on": on, "from_commitment": from_commitment}
        | _obligation_data(obligations),
    )
    return written


def _require_availability(
    obligations: list[Obligation], because: Subject, on: date
) -> None:
    wanted = {obligation.line_of_accounting_id for obligation in obligations}
    permitted = adjustments_of(because).values_list("line_of_accounting")
    adjusting = {line_id for (line_id,) in permitted}
    require_open_accounts(adjusting & wanted, on=on)
    for line in LineOfAccounting.objects.filter(pk__in=wanted).order_by("pk"):
        begins, ends = line.funds_available_from, line.funds_available_to
        if begins <= on and (ends is None or on <= ends or line.pk in adjusting):
            continue
        span = f"from {begins}" if ends is None else f"from {begins} to {ends}"
        message = (
            f"The funds of {line.label} may be obligated {span}; the signature is of "
            f"{on}."
        )
        raise PeriodOfAvailabilityEnded(
            message,
            line_of_accounting=line.label,
            signed_on=on,
            available_from=begins,
            available_to=ends,
        )
