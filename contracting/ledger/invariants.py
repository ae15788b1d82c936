"""What must hold in the ledger at every moment, recomputed from its transfers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Model, Q, Sum

from contracting.core.invariants import Invariant
from contracting.ledger.models import (
    Balance,
    ContractBalance,
    FundsBalance,
    HolderBalance,
    Transfer,
)
from contracting.ledger.states import (
    BALANCE_COLUMNS,
    COLUMNS,
    ONLY_OF_FUNDS,
    POOL_COLUMNS,
    ROUTES,
    TOKEN_COLUMNS,
    TransferKind,
)

_ROWS_AT_A_TIME: Final = 2_000
_Sums = dict[tuple[int, str], Decimal]


def transfers_are_well_formed() -> Iterator[str]:
    """Two accounts, nothing negative, along the route of its kind, of one owner."""
    rows = (
        Transfer.objects.select_related("debit__balance", "credit__balance", "reverses")
        .order_by("pk")
        .iterator(chunk_size=_ROWS_AT_A_TIME)
    )
    for row in rows:
        debit, credit = row.debit, row.credit
        if debit.pk == credit.pk or row.tokens < 0 or row.dollars < 0:
            yield f"Transfer {row.pk} moves no positive value to another account."
        route = (debit.kind, credit.kind)
        if row.kind == TransferKind.REVERSE:
            allowed = row.reverses is not None
        else:
            allowed = route in ROUTES[row.kind]
        if not allowed:
            yield f"Transfer {row.pk} ({row.kind}) went from {route[0]} to {route[1]}."
        owners = {side.balance_id for side in (debit, credit) if side.balance_id}
        if len(owners) > 1:
            yield f"Transfer {row.pk} moves value between two lines."


def balances_are_the_sums_of_their_transfers() -> Iterator[str]:
    """Every stored figure, recomputed from the first transfer to the last."""
    by_balance = _account_sums("balance_id")
    by_line: _Sums = defaultdict(Decimal)
    for balance in Balance.objects.order_by("pk"):
        for name in (*BALANCE_COLUMNS, *POOL_COLUMNS):
            figure = _figure(name, balance.pk, by_balance)
            if name in TOKEN_COLUMNS or name in POOL_COLUMNS:
                by_line[balance.line_id, name] += figure
            if name not in POOL_COLUMNS:
                yield from _compare(balance, name, figure)
    for line in HolderBalance.objects.order_by("pk"):
        for name in (*TOKEN_COLUMNS, *POOL_COLUMNS):
            yield from _compare(line, name, by_line[line.pk, name])
    by_funds = _account_sums("line_of_accounting_id")
    for funds in FundsBalance.objects.order_by("pk"):
        for name in ONLY_OF_FUNDS:
            figure = _figure(name, funds.line_of_accounting_id, by_funds)
            yield from _compare(funds, name, figure)


def funds_are_the_sums_of_their_lines() -> Iterator[str]:
    """What a line of accounting has bound is bound to its lines."""
    bound = FundsBalance.objects.order_by("pk").annotate(
        committed=Sum("line_of_accounting__balances__committed_dollars"),
        obligated=Sum("line_of_accounting__balances__obligated_dollars"),
    )
    for funds in bound:
        committed, obligated = funds.committed, funds.obligated
        yield from _compare(funds, "committed_dollars", committed or Decimal(0))
        yield from _compare(funds, "obligated_dollars", obligated or Decimal(0))


def nothing_passes_its_bound() -> Iterator[str]:
    """Ceilings over obligations over use over payment."""
    used = F("consumed_dollars") + F("rounding_dollars") + F("tolerated_dollars")
    payable = used - F("given_up_dollars")
    bound = F("committed_dollars") + F("obligated_dollars")
    broken: list[tuple[Any, Q, str]] = [
        (Balance, Q(ceiling_dollars__lt=bound), "is bound beyond its ceiling"),
        (Balance, Q(obligated_dollars__lt=payable), "is used beyond its obligation"),
        (Balance, Q(accepted_dollars__gt=payable), "is accepted beyond its usage"),
        (Balance, Q(paid_dollars__gt=F("accepted_dollars")), "is paid beyond accepted"),
        (
            HolderBalance,
            Q(ceiling_tokens__lt=F("consumed_tokens") + F("tolerated_tokens")),
            "has run over",
        ),
        (
            HolderBalance,
            Q(consumed_micro_acu__gt=F("ceiling_micro_acu")),
            "has run over its pool",
        ),
        (
            FundsBalance,
            Q(available_dollars__lt=bound + F("interest_dollars")),
            "is bound beyond its funds",
        ),
        (
            ContractBalance,
            Q(ordered_dollars__gt=F("ceiling_dollars"))
            | Q(ordered_tokens__gt=F("ceiling_tokens")),
            "is ordered beyond its ceiling",
        ),
    ]
    for model, condition, words in broken:
        for row in model.objects.filter(condition).order_by("pk"):
            yield f"{row} {words}."


def reversals_mirror_what_they_reverse() -> Iterator[str]:
    """A reversal moves the same value back between the same accounts, once."""
    rows = Transfer.objects.filter(kind=TransferKind.REVERSE).exclude(
        debit=F("reverses__credit"),
        credit=F("reverses__debit"),
        tokens=F("reverses__tokens"),
        micro_acu=F("reverses__micro_acu"),
        dollars=F("reverses__dollars"),
    )
    for row in rows.order_by("pk"):
        yield f"Transfer {row.pk} is no mirror of transfer {row.reverses_id}."


def _account_sums(owner: str) -> _Sums:
    """Credits less debits by owner × account, dollars and tokens apart."""
    sums: _Sums = defaultdict(Decimal)
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = (
            Transfer.objects.filter(**{f"{side}__{owner}__isnull": False})
            .values_list(f"{side}__{owner}", f"{side}__kind")
            .annotate(
                in_dollars=Sum("dollars"),
                in_tokens=Sum("tokens"),
                units=Sum("micro_acu"),
            )
        )
        for pk, kind, in_dollars, in_tokens, units in rows:
            sums[pk, f"{kind} dollars"] += sign * in_dollars
            sums[pk, f"{kind} tokens"] += sign * in_tokens
            sums[pk, f"{kind} micro_acu"] += sign * units
    return sums


def _figure(name: str, owner: int, sums: _Sums) -> Decimal:
    column = COLUMNS.get(name) or POOL_COLUMNS[name]
    return column.sign * sum(
        (sums[owner, f"{kind} {column.unit}"] for kind in column.accounts), Decimal(0)
    )


def _compare(row: Model, name: str, figure: Decimal) -> Iterator[str]:
    stored = getattr(row, name)
    if stored != figure:
        yield f"{row}: {name} is stored as {stored}; its transfers sum to {figure}."


INVARIANTS: Final = [
    Invariant(
        "LED-1",
        "Every transfer moves a value between two accounts of one owner, along the "
        "route of its kind.",
        transfers_are_well_formed,
    ),
    Invariant(
        "LED-2",
        "Every stored balance is the sum of its transfers, in tokens and in dollars.",
        balances_are_the_sums_of_their_transfers,
    ),
    Invariant(
        "LED-3",
        "What a line of accounting has committed and obligated is the sum over the "
        "lines that it pays for.",
        funds_are_the_sums_of_their_lines,
    ),
    Invariant(
        "LED-4",
        "Commitments and obligations stay within ceilings and funds, funded usage "
        "within obligations, payments within accepted usage.",
        nothing_passes_its_bound,
    ),
    Invariant(
        "LED-5",
        "Every reversal mirrors the transfer that it reverses.",
        reversals_mirror_what_they_reverse,
    ),
]
