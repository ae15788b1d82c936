"""Reads of what vendors owe back: what is due, what of it is open, and on what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from contracting.billing.calculations.credits import OpenCredit
from contracting.billing.models import (
    CreditDue,
    CreditLine,
    CreditReopening,
    CreditSettlement,
    Invoice,
)
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible, Stale
from contracting.core.quantities import Dollars
from contracting.core.visibility import of_either_side
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine, TaskOrder


def credits_visible_to(actor: Actor) -> QuerySet[CreditDue]:
    """The agency's own; to the vendor, those that it owes."""
    rows = CreditDue.objects.select_related(
        "order__contract__agency",
        "order__contract__vendor",
        "order_line__contract_line",
    )
    return of_either_side(
        rows, actor, agency="order__contract__agency", vendor="order__contract__vendor"
    )


def get_credit_for(actor: Actor, public_id: str) -> CreditDue:
    """One credit.

    :raises NotVisible: if it is not there for this actor
    """
    found = credits_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such credit."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def locked_credit(credit_id: int) -> CreditDue:
    """The credit, with its contract, its order and itself locked, in this order.

    :raises CreditDue.DoesNotExist: if there is none
    """
    order_id, contract_id = CreditDue.objects.values_list(
        "order_id", "order__contract_id"
    ).get(pk=credit_id)
    Contract.objects.locked().get(pk=contract_id)
    TaskOrder.objects.locked().get(pk=order_id)
    return (
        CreditDue.objects.locked()
        .select_related("order__contract", "order_line__contract_line")
        .get(pk=credit_id)
    )


@dataclass(frozen=True, slots=True)
class Due:
    """A credit, and what of it was open at an instant."""

    credit: CreditDue
    open: Dollars


def credits_due(order: TaskOrder, at: datetime) -> list[Due]:
    """The credits of an order that were due and open at that instant, oldest first.

    What stood on a live invoice then, was set off, paid back or given up is not open.
    Asked again later for the same instant, the answer is the same.
    """
    rows = CreditDue.objects.filter(order=order, credited_at__lte=at).order_by("pk")
    gone: dict[int, Decimal] = defaultdict(Decimal)
    on_invoices = CreditLine.objects.filter(
        Q(voided_at__isnull=True) | Q(voided_at__gt=at),
        credit__in=rows,
        taken_at__lte=at,
    )
    for credit_id, dollars in on_invoices.values_list("credit_id", "amount_dollars"):
        gone[credit_id] += dollars
    settled = CreditSettlement.objects.filter(credit__in=rows, settled_at__lte=at)
    for credit_id, dollars in settled.values_list("credit_id", "dollars"):
        gone[credit_id] += dollars
    again = CreditReopening.objects.filter(credit__in=rows, reopened_at__lte=at)
    for credit_id, dollars in again.values_list("credit_id", "dollars"):
        gone[credit_id] -= dollars
    found = (Due(each, Dollars(each.dollars - gone[each.pk])) for each in rows)
    return [each for each in found if each.open]


def open_credits(order: TaskOrder) -> QuerySet[CreditDue]:
    """The credits of an order of which something is open now, oldest first."""
    rows = CreditDue.objects.filter(
        order=order, dollars__gt=F("taken_dollars") + F("settled_dollars")
    )
    return rows.select_related("order_line__contract_line").order_by("pk")


def known_credits(order: TaskOrder, ids: Iterable[str]) -> dict[str, OpenCredit]:
    """These credits of an order by their ids, with what of each is open."""
    rows = CreditDue.objects.filter(order=order, public_id__in=set(ids))
    return {
        each.public_id: OpenCredit(each.order_line.clin, each.acrn, each.open)
        for each in rows.select_related("order_line__contract_line")
    }


def credit_lines_of(invoice: Invoice) -> QuerySet[CreditLine]:
    """The credits on an invoice as it was received, returned ones included."""
    rows = CreditLine.objects.filter(invoice=invoice).order_by("position")
    return rows.select_related("credit__order_line__contract_line")


def room_for_credits(line: OrderLine) -> dict[str, Dollars]:
    """What more may be credited on each ACRN of a line: what was used from its funds.

    What was accepted beyond our meter counts as used: it is paid all the same. In order
    of payment. A credit that was cancelled takes no room.
    """
    due: dict[str, Decimal] = defaultdict(Decimal)
    rows = CreditDue.objects.filter(order_line=line)
    for acrn, dollars in rows.values_list("acrn").annotate(sum=Sum("dollars")):
        due[acrn] += dollars
    cancelled = CreditSettlement.objects.filter(credit__in=rows, kind="CANCEL")
    for acrn, dollars in cancelled.values_list("credit__acrn").annotate(
        sum=Sum("dollars")
    ):
        due[acrn] -= dollars
    return {
        row.acrn: Dollars(
            max(
                row.consumed_dollars
                + row.rounding_dollars
                + row.tolerated_dollars
                - due[row.acrn],
                Decimal(0),
            )
        )
        for row in balances_of(line.holder)
    }


def require_seen(left: Dollars, seen: Dollars | None) -> None:
    """Insist that as much is open of a credit as was read.

    :param seen: what the page has shown; every page sends it
    :raises Stale: if it was another amount
    """
    if seen is not None and seen != left:
        message = (
            f"{seen} of this credit was open when you read it, and {left} is now. "
            "Load the page again. Nothing was recorded."
        )
        raise Stale(message, seen=seen, current=left)
