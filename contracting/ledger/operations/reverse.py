"""Reverse a transfer: a mistake is corrected by another row, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Invalid
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Account, Balance, FundsBalance, Transfer
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _reverse,
    _write_book,
)
from contracting.ledger.refusals import AlreadyReversed, NotReversible
from contracting.ledger.states import TransferKind


@transaction.atomic
def reverse_transfer(
    *, transfer_id: int, reason: str, because: Subject, by: Actor, at: datetime
) -> Transfer:
    """Move the same value back, naming the transfer that it undoes.

    :raises AlreadyReversed: if it has been reversed before
    :raises NotReversible: if it is itself a reversal, or a figure that was built on it
        would break its bound
    :raises Invalid: without a reason
    """
    original = Transfer.objects.select_related(
        "debit__balance__line", "credit__balance__line"
    ).get(pk=transfer_id)
    account = _own_account(original)
    book = _lock_for(account, because=because, by=by, at=at)
    _guard(original, reason)
    reversal = _reverse(book, original, _row(book, account), reason)
    _require_bounds(book)
    _write_book(book)
    record_event(
        events.TRANSFER_REVERSED,
        subject=because,
        by=by,
        at=at,
        data={
            "transfer": original.pk,
            "kind": original.kind,
            "dollars": original.dollars,
            "tokens": original.tokens,
            "reason": reason,
        },
    )
    return reversal


def _own_account(transfer: Transfer) -> Account:
    """The side that belongs to a balance; funds alone have none."""
    sides = (transfer.debit, transfer.credit)
    return next((side for side in sides if side.balance_id), transfer.debit)


def _lock_for(account: Account, *, because: Subject, by: Actor, at: datetime) -> Book:
    owner = account.balance or account
    return _lock_book(
        because=because,
        by=by,
        at=at,
        holders=[account.balance.holder] if account.balance else [],
        lines_of_accounting=filter(None, [owner.line_of_accounting_id]),
    )


def _row(book: Book, account: Account) -> Balance | FundsBalance:
    if account.balance is not None:
        return book.row(account.balance.holder, account.balance.acrn)
    return next(iter(book.funds.values()))


def _guard(original: Transfer, reason: str) -> None:
    if not reason.strip():
        message = "Say why the transfer is reversed."
        raise Invalid(message, pointer="/reason")
    if original.kind == TransferKind.REVERSE:
        message = "A reversal is not reversed; post the right transfer instead."
        raise NotReversible(message)
    if Transfer.objects.filter(reverses=original).exists():
        message = "This transfer has been reversed already."
        raise AlreadyReversed(message, transfer=original.pk)


def _require_bounds(book: Book) -> None:
    """:raises NotReversible: naming the bound that would no longer hold"""
    for row in book.changed:
        try:
            row.validate_constraints()
        except ValidationError as error:
            bounds = " ".join(error.messages).replace("_", " ")
            message = (
                "This transfer cannot be reversed; later ones are built on it. "
                f"{bounds}"
            )
            raise NotReversible(message) from error
