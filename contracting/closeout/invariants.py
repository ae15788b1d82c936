"""What must hold of what is closed out, at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from contracting.closeout import queries
from contracting.closeout.models import CompletionStatement
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.ledger.queries import LineBalance, contract_balance
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState

_TAKEN: Final = [
    TaskOrderState.ISSUED,
    TaskOrderState.COMPLETED,
    TaskOrderState.CLOSED,
]


def _nothing_is_bound_or_owed_on_a_closed_order() -> Iterator[str]:
    closed = TaskOrder.objects.filter(state=TaskOrderState.CLOSED)
    for order in closed.order_by("pk"):
        for each in queries.balances_of_order(order):
            yield from _settled(order.name, each)


def _nothing_is_bound_or_owed_on_a_closed_contract() -> Iterator[str]:
    closed = Contract.objects.filter(state=ContractState.CLOSED)
    for contract in closed.order_by("pk"):
        for each in queries.balances_of_contract(contract):
            yield from _settled(contract.piid or "", each)


def _settled(name: str, each: LineBalance) -> Iterator[str]:
    row = each.balance
    if row.obligated_dollars != row.paid_dollars or row.committed_dollars:
        yield (
            f"{name}, line {each.clin}, ACRN {row.acrn}: {row.obligated_dollars} is "
            f"obligated, {row.committed_dollars} committed and {row.paid_dollars} paid."
        )


def _what_is_closed_has_a_statement() -> Iterator[str]:
    for order in TaskOrder.objects.filter(
        state=TaskOrderState.CLOSED, completion__isnull=True
    ).order_by("pk"):
        yield f"{order.name} is closed without a completion statement."
    signed = CompletionStatement.objects.filter(order__isnull=True)
    for contract in (
        Contract.objects.filter(state=ContractState.CLOSED)
        .exclude(pk__in=signed.values("contract"))
        .order_by("pk")
    ):
        yield f"{contract.piid} is closed without a completion statement."
    for row in CompletionStatement.objects.select_related("order", "contract"):
        state = row.order.state if row.order else row.contract.state
        if state != TaskOrderState.CLOSED:
            yield f"{row.closed} has a completion statement and is {state}."


def _a_contract_counts_open_orders_whole_and_closed_ones_as_used() -> Iterator[str]:
    taken = TaskOrder.objects.filter(state__in=_TAKEN).order_by("pk")
    for contract in Contract.objects.filter(piid__isnull=False).order_by("pk"):
        dollars, tokens = Dollars(), Tokens()
        for order in taken.filter(contract=contract):
            rows = [each.balance for each in queries.balances_of_order(order)]
            lines = {row.line_id: row.line for row in rows}.values()
            if order.state == TaskOrderState.CLOSED:
                dollars += total_dollars(Dollars(row.paid_dollars) for row in rows)
                tokens += Tokens(
                    sum(line.consumed_tokens + line.tolerated_tokens for line in lines)
                )
            else:
                dollars += total_dollars(Dollars(row.ceiling_dollars) for row in rows)
                tokens += Tokens(sum(line.ceiling_tokens for line in lines))
        books = contract_balance(contract.pk)
        counted = (
            Dollars(books.ordered_dollars if books else Decimal(0)),
            Tokens(books.ordered_tokens if books else 0),
        )
        if counted != (dollars, tokens):
            yield (
                f"{contract.piid}: {counted[0]} and {counted[1]} count as ordered; its "
                f"orders take {dollars} and {tokens}."
            )


INVARIANTS: Final = [
    Invariant(
        "CLO-1",
        "On a closed order what is obligated is what was paid, and nothing is "
        "committed.",
        _nothing_is_bound_or_owed_on_a_closed_order,
    ),
    Invariant(
        "CLO-2",
        "On a closed contract what is obligated is what was paid, and nothing is "
        "committed.",
        _nothing_is_bound_or_owed_on_a_closed_contract,
    ),
    Invariant(
        "CLO-3",
        "Whatever is closed has a completion statement, and nothing else has one.",
        _what_is_closed_has_a_statement,
    ),
    Invariant(
        "CLO-4",
        "A contract counts its open orders at their ceilings, and its closed ones at "
        "what was used and paid.",
        _a_contract_counts_open_orders_whole_and_closed_ones_as_used,
    ),
]
