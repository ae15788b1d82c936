"""What must hold of orders at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q, Sum

from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of, contract_balance
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.queries.ratified import left_ratified
from contracting.orders.states import ModificationState, TaskOrderState


def _parts_sum_to_their_line() -> Iterator[str]:
    lines = OrderLine.objects.filter(is_removed=False).select_related("order")
    for line in lines.exclude(order__state=TaskOrderState.DISCARDED):
        parts = line.funding.filter(is_removed=False)
        total = parts.aggregate(sum=Sum("ceiling_dollars"))["sum"]
        if total is not None and total != line.ceiling_dollars:
            yield (
                f"{line.order.name}, line {line.pk}: the ACRNs sum to {total}, the "
                f"line is {line.ceiling_dollars}."
            )


def _the_ledger_has_what_was_ordered() -> Iterator[str]:
    lines = OrderLine.objects.filter(
        is_removed=False,
        order__state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED],
    ).select_related("order__availability_notice")
    for line in lines:
        rows = balances_of(line.holder)
        ceiling = sum((row.ceiling_dollars for row in rows), Decimal(0))
        bound = sum((row.obligated_dollars for row in rows), Decimal(0))
        tokens = rows[0].line.ceiling_tokens if rows else 0
        parts = line.funding.filter(is_removed=False)
        funds = parts.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0)
        if line.order.is_locked:
            funds = Decimal(0)
        if (ceiling, bound, tokens) != (
            line.ceiling_dollars,
            funds,
            line.ceiling_tokens,
        ):
            yield (
                f"{line.order.name}, line {line.pk}: ordered {line.ceiling_dollars}, "
                f"funded {funds}, {line.ceiling_tokens} tokens; the ledger has "
                f"{ceiling}, {bound}, {tokens}."
            )


def _modifications_are_numbered_without_a_gap() -> Iterator[str]:
    for order in TaskOrder.objects.filter(piid__isnull=False, is_schedule=False):
        signed = order.modifications.filter(state=ModificationState.ISSUED)
        in_order = signed.order_by("issued_at", "pk")
        numbers = list(in_order.values_list("number", flat=True))
        wanted = [f"P{n:05d}" for n in range(1, len(numbers) + 1)]
        if numbers != wanted:
            yield f"{order.piid}: modifications {numbers}."


def _orders_sum_to_their_contract() -> Iterator[str]:
    settled = TaskOrder.objects.filter(
        state__in=[TaskOrderState.COMPLETED, TaskOrderState.CLOSED]
    ).values("contract")
    sums = (
        OrderLine.objects.filter(is_removed=False, order__state=TaskOrderState.ISSUED)
        .exclude(order__contract__in=settled)
        .values("order__contract")
        .annotate(dollars=Sum("ceiling_dollars"), tokens=Sum("ceiling_tokens"))
        .order_by("order__contract")
    )
    for row in sums:
        books = contract_balance(row["order__contract"])
        taken = (books.ordered_dollars, books.ordered_tokens) if books else (0, 0)
        if taken != (row["dollars"], row["tokens"]):
            yield (
                f"contract {row['order__contract']}: its orders sum to "
                f"{row['dollars']} and {row['tokens']} tokens; the ledger has {taken}."
            )


def _what_became_payable_was_ratified() -> Iterator[str]:
    signed = TaskOrder.objects.filter(
        Q(modifications__ratifies_dollars__gt=0)
        | Q(availability_notice__ratifies_dollars__gt=0)
    )
    for order in signed.distinct().order_by("pk"):
        left = left_ratified(order)
        if left < Dollars():
            yield f"{order.piid}: {-left} became payable that nobody has ratified."


INVARIANTS = [
    Invariant(
        "ORD-1",
        "The parts by ACRN sum to the ceiling of their line.",
        _parts_sum_to_their_line,
    ),
    Invariant(
        "ORD-2",
        "The ledger has the ceilings and obligations that were ordered.",
        _the_ledger_has_what_was_ordered,
    ),
    Invariant(
        "ORD-3",
        "Modifications of an order are numbered without a gap.",
        _modifications_are_numbered_without_a_gap,
    ),
    Invariant(
        "ORD-4",
        "The orders of a contract sum to what it counts as ordered.",
        _orders_sum_to_their_contract,
    ),
    Invariant(
        "ORD-5",
        "No use beyond the funds became payable but what was ratified.",
        _what_became_payable_was_ratified,
    ),
]
