"""The one place that writes transfers; only the verbs of the ledger use it.

A verb locks its rows, posts its transfers to the book and writes it. Every figure on a
locked row changes by the transfers posted and in no other way.

Locks are taken in one order by every verb, so that two of them never wait for each
other: funds by id, then lines by id, then balances by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger.models import (
    Account,
    Balance,
    FundsBalance,
    HolderBalance,
    Transfer,
)
from contracting.ledger.queries import among
from contracting.ledger.refusals import (
    AmountNotPositive,
    BalanceNotOpen,
    CeilingExceeded,
    CommitmentExceeded,
    FundsExceeded,
    LinesDisagree,
)
from contracting.ledger.states import (
    EFFECTS,
    FUNDS_COLUMNS,
    OF_A_BALANCE,
    OF_A_LINE_OF_ACCOUNTING,
    POOL_COLUMNS,
    TOKEN_COLUMNS,
    Holder,
    Obligation,
    TransferKind,
)

_ROWS_PER_INSERT = 2_000
_NO_TOKENS = Tokens(0)


@dataclass
class Book:
    """The rows that one verb has locked, and the transfers it will write."""

    because: Subject
    by: Actor
    at: datetime
    funds: dict[int, FundsBalance] = field(default_factory=dict)
    lines: dict[Holder, HolderBalance] = field(default_factory=dict)
    balances: dict[tuple[Holder, str], Balance] = field(default_factory=dict)
    accounts: dict[tuple[str, int], int] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    changed: dict[FundsBalance | HolderBalance | Balance, set[str]] = field(
        default_factory=dict
    )

    def rows_of(self, holder: Holder) -> list[Balance]:
        """The ACRNs of one line in their order of payment.

        :raises BalanceNotOpen: if the line has none
        """
        rows = [row for key, row in self.balances.items() if key[0] == holder]
        if not rows:
            message = f"No funds were ever opened for {holder}."
            raise BalanceNotOpen(message, holder=str(holder))
        return sorted(rows, key=lambda row: (row.sequence, row.pk))

    def row(self, holder: Holder, acrn: str) -> Balance:
        """One ACRN of one line.

        :raises BalanceNotOpen: if the line has no such ACRN
        """
        found = self.balances.get((holder, acrn))
        if found is None:
            message = f"ACRN {acrn} was never opened for {holder}."
            raise BalanceNotOpen(message, holder=str(holder), acrn=acrn)
        return found

    def rows_at(self, holder: Holder, acrn: str | None) -> list[Balance]:
        """One ACRN of the line, or all of them in order of payment."""
        return self.rows_of(holder) if acrn is None else [self.row(holder, acrn)]


def _lock_book(
    *,
    because: Subject,
    by: Actor,
    at: datetime,
    holders: Iterable[Holder] = (),
    lines_of_accounting: Iterable[int] = (),
) -> Book:
    """Lock funds, lines and balances, each in the order of their keys."""
    book = Book(because=because, by=by, at=at)
    wanted = set(lines_of_accounting)
    if wanted:
        funds = FundsBalance.objects.locked().filter(line_of_accounting__in=wanted)
        book.funds = {row.line_of_accounting_id: row for row in funds}
    holders = set(holders)
    if holders:
        lines = HolderBalance.objects.locked().filter(among(holders))
        book.lines = {line.holder: line for line in lines}
        by_id = {line.pk: line for line in book.lines.values()}
        for row in Balance.objects.locked().filter(line__in=by_id):
            row.line = by_id[row.line_id]
            book.balances[row.holder, row.acrn] = row
    rows = {row.pk for row in book.balances.values()}
    accounts = Account.objects.filter(
        Q(balance__in=rows) | Q(line_of_accounting__in=wanted)
    )
    book.accounts = {
        (kind, balance or line): pk
        for pk, kind, balance, line in accounts.values_list(
            "pk", "kind", "balance_id", "line_of_accounting_id"
        )
    }
    return book


def _post_transfer(
    book: Book,
    kind: str,
    debit: str,
    credit: str,
    *,
    on: Balance | FundsBalance,
    dollars: Dollars,
    tokens: Tokens = _NO_TOKENS,
    micro_acu: int = 0,
    note: str = "",
    reverses: Transfer | None = None,
) -> Transfer:
    """Post one transfer to the book and move the figures of the rows it touches."""
    transfer = Transfer(
        kind=kind,
        debit_id=_account(book, debit, on),
        credit_id=_account(book, credit, on),
        tokens=tokens.count,
        micro_acu=micro_acu,
        dollars=dollars.amount,
        because_kind=book.because.kind,
        because_id=book.because.id,
        stream=book.because.stream,
        note=note[:200],
        by_name=book.by.name,
        by_user_id=book.by.user_id,
        at=book.at,
        reverses=reverses,
    )
    book.transfers.append(transfer)
    for name, effect in EFFECTS[debit, credit]:
        change = _change(transfer, name)
        if change:
            _move(book, name, on, effect * change)
    return transfer


def _change(transfer: Transfer, name: str) -> int | Decimal:
    """What of a transfer a figure sums: tokens, units of a pool, or dollars."""
    if name in POOL_COLUMNS:
        return int(transfer.micro_acu)
    return int(transfer.tokens) if name in TOKEN_COLUMNS else transfer.dollars


def _reverse(
    book: Book, posting: Transfer, on: Balance | FundsBalance, reason: str
) -> Transfer:
    """Move the whole of a posting back; its accounts are loaded with it."""
    return _post_transfer(
        book,
        TransferKind.REVERSE,
        posting.credit.kind,
        posting.debit.kind,
        on=on,
        dollars=Dollars(posting.dollars),
        tokens=Tokens(posting.tokens),
        micro_acu=posting.micro_acu,
        note=reason,
        reverses=posting,
    )


def _account(book: Book, kind: str, on: Balance | FundsBalance) -> int:
    if kind in OF_A_LINE_OF_ACCOUNTING:
        return book.accounts[kind, on.line_of_accounting_id]
    return book.accounts[kind, on.pk]


def _move(
    book: Book, name: str, on: Balance | FundsBalance, change: int | Decimal
) -> None:
    rows: list[FundsBalance | HolderBalance | Balance] = []
    if isinstance(on, Balance) and name in POOL_COLUMNS:
        rows.append(on.line)
    elif isinstance(on, Balance):
        rows.append(on)
        if name in TOKEN_COLUMNS:
            rows.append(on.line)
        elif name in FUNDS_COLUMNS:
            rows.append(book.funds[on.line_of_accounting_id])
    else:
        rows.append(on)
    for row in rows:
        setattr(row, name, getattr(row, name) + change)
        book.changed.setdefault(row, set()).add(name)


def _write_book(book: Book) -> list[Transfer]:
    """Write the transfers, and the figures that they have changed."""
    for row, names in list(book.changed.items()):
        if isinstance(row, Balance) and names & _LIMITS:
            _note_limits(book, row)
    written = Transfer.objects.bulk_create(book.transfers, batch_size=_ROWS_PER_INSERT)
    for row, names in book.changed.items():
        row.save(update_fields=sorted(names))
    return written


_LIMITS = frozenset({"obligated_dollars", "given_up_dollars", "tolerated_dollars"})
"""What funds usage, and what frees its funds."""


def _note_limits(book: Book, row: Balance) -> None:
    """Let the roller decide again what of a line is funded, where that can change."""
    line = row.line
    if line.unfunded_tokens or (
        line.consumed_tokens and len(book.rows_of(line.holder)) > 1
    ):
        line.limits_changed_at = book.at
        book.changed.setdefault(line, set()).add("limits_changed_at")


def _open_accounts(
    *, line_of_accounting_id: int | None = None, balance_id: int | None = None
) -> None:
    """Every account that a line of accounting, or a balance, will ever need."""
    kinds = OF_A_LINE_OF_ACCOUNTING if balance_id is None else OF_A_BALANCE
    Account.objects.bulk_create(
        Account(
            kind=kind,
            line_of_accounting_id=line_of_accounting_id,
            balance_id=balance_id,
        )
        for kind in kinds
    )


def _require_positive(dollars: Dollars) -> None:
    """:raises AmountNotPositive: for nothing, or for less"""
    if dollars <= Dollars(0):
        message = f"The amount must be more than nothing; it is {dollars}."
        raise AmountNotPositive(message, dollars=dollars)


def _lock_obligations(
    obligations: list[Obligation], *, because: Subject, by: Actor, at: datetime
) -> Book:
    """Lock what the obligations touch, and see that they agree with the books.

    :raises AmountNotPositive: if one of them is not above zero, or there is none
    :raises BalanceNotOpen: if a line has no such ACRN
    :raises LinesDisagree: if an ACRN is another line of accounting's
    """
    if not obligations:
        message = "There is no amount to move."
        raise AmountNotPositive(message)
    for obligation in obligations:
        _require_positive(obligation.dollars)
    book = _lock_book(
        because=because,
        by=by,
        at=at,
        holders={obligation.holder for obligation in obligations},
        lines_of_accounting={each.line_of_accounting_id for each in obligations},
    )
    for obligation in obligations:
        row = book.row(obligation.holder, obligation.acrn)
        if row.line_of_accounting_id != obligation.line_of_accounting_id:
            message = (
                f"ACRN {row.acrn} of {obligation.holder} is paid from another line "
                "of accounting. Funds are never charged across."
            )
            raise LinesDisagree(message, acrn=row.acrn)
    return book


def _obligation_data(obligations: list[Obligation]) -> dict[str, Any]:
    """The obligations as an event keeps them."""
    return {
        "dollars": total_dollars(each.dollars for each in obligations),
        "obligations": [
            {
                "holder": {"kind": each.holder.kind, "id": each.holder.id},
                "acrn": each.acrn,
                "line_of_accounting": each.line_of_accounting_id,
                "dollars": each.dollars,
            }
            for each in obligations
        ],
    }


def _asked_by_row(
    book: Book, obligations: list[Obligation]
) -> list[tuple[Balance, Dollars]]:
    """What is asked of each line × ACRN in all, in the order it was named."""
    asked: dict[tuple[Holder, str], Dollars] = {}
    for each in obligations:
        key = (each.holder, each.acrn)
        asked[key] = asked.get(key, Dollars(0)) + each.dollars
    return [(book.balances[key], dollars) for key, dollars in asked.items()]


def _require_free_funds(book: Book, obligations: list[Obligation]) -> None:
    """:raises FundsExceeded: if a line of accounting has less free than is asked"""
    asked: dict[int, Dollars] = {}
    for each in obligations:
        so_far = asked.get(each.line_of_accounting_id, Dollars(0))
        asked[each.line_of_accounting_id] = so_far + each.dollars
    for line_id, dollars in asked.items():
        free = book.funds[line_id].free
        if dollars > free:
            label = book.funds[line_id].line_of_accounting.label
            message = (
                f"{label} has {free} free and {dollars} is asked: {dollars - free} is "
                "missing."
            )
            raise FundsExceeded(
                message,
                line_of_accounting=label,
                asked=dollars,
                free=free,
                short_by=dollars - free,
            )


def _require_room(book: Book, obligations: list[Obligation]) -> None:
    """:raises CeilingExceeded: if a line × ACRN has less room under its ceiling"""
    for row, dollars in _asked_by_row(book, obligations):
        if dollars > row.ceiling_left:
            message = (
                f"ACRN {row.acrn} has {row.ceiling_left} left under its ceiling and "
                f"{dollars} is asked."
            )
            raise CeilingExceeded(
                message,
                acrn=row.acrn,
                asked=dollars,
                left=row.ceiling_left,
                short_by=dollars - row.ceiling_left,
            )


def _require_commitment(book: Book, obligations: list[Obligation]) -> None:
    """:raises CommitmentExceeded: if less is committed to a line × ACRN"""
    for row, dollars in _asked_by_row(book, obligations):
        committed = Dollars(row.committed_dollars)
        if dollars > committed:
            message = (
                f"ACRN {row.acrn} has {committed} certified and {dollars} is asked: "
                f"{dollars - committed} is not certified."
            )
            raise CommitmentExceeded(
                message,
                acrn=row.acrn,
                asked=dollars,
                committed=committed,
                short_by=dollars - committed,
            )
