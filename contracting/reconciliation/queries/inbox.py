"""Reads of the inbox: what would settle a discrepancy, and which are alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import (
    BooleanField,
    DateField,
    DurationField,
    ExpressionWrapper,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import TruncDate

from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine
from contracting.orders.states import SIGNED
from contracting.reconciliation.matching.effects import BY_PEOPLE, Effect, effect_of
from contracting.reconciliation.models import Finding
from contracting.reconciliation.queries import invoices_of_finding
from contracting.reconciliation.states import ResolutionCode

MOST_ALIKE = 200
"""So many are settled by one word at once."""

_ASKED = (
    InvoiceState.RECEIVED,
    InvoiceState.ACCEPTED,
    InvoiceState.CERTIFIED,
    InvoiceState.PAID,
)


def effects_of(finding: Finding, at: datetime) -> list[Effect]:
    """What each resolution would do to a discrepancy now; nothing is written."""
    invoices = list(invoices_of_finding(finding, _ASKED))
    return [effect_of(finding, code, invoices, at) for code in BY_PEOPLE]


def seen_of(effects: Sequence[Effect]) -> str:
    """SHA-256 of what each resolution would do, as it is read before one is chosen.

    Why one cannot be chosen is not of it: how much of a cap is left may change.
    """
    return content_sha256(
        [[each.code, "" if each.refused else each.words] for each in effects]
    )


def lines_for(finding: Finding) -> QuerySet[OrderLine]:
    """The other lines of the vendor's signed orders to which usage may belong.

    An order that is not signed has no usage, and its vendor does not know of it.
    """
    contract = finding.order.contract
    rows = OrderLine.objects.filter(
        order__contract__agency=contract.agency_id,
        order__contract__vendor=contract.vendor_id,
        order__state__in=SIGNED,
        is_removed=False,
    ).exclude(pk=finding.order_line_id or 0)
    return rows.select_related("order", "contract_line").order_by("order", "pk")


def line_for(finding: Finding, public_id: str) -> int:
    """One of them by its public id.

    :raises NotVisible: if it is none of them
    """
    found = lines_for(finding).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such line."
        raise NotVisible(message)
    return int(found.pk)


def acrns_of(finding: Finding) -> list[str]:
    """The ACRNs of the line that a discrepancy is of."""
    if finding.order_line is None:
        return []
    return [row.acrn for row in balances_of(finding.order_line.holder)]


def inbox(
    found: QuerySet[Finding], *, whose: str, by: Actor, today: date, tier: str
) -> QuerySet[Finding]:
    """Narrow a list to what waits for somebody, by owner, age and tier.

    :param whose: ``mine``, ``overdue`` or blank for all
    """
    if whose == "mine":
        found = found.filter(
            owner=by.membership_id, resolution__isnull=True, owner__isnull=False
        )
    elif whose == "overdue":
        found = found.filter(resolution__isnull=True, due_on__lt=today)
    return found.filter(tolerance_tier=int(tier)) if tier in {"1", "2", "3"} else found


def with_age(found: QuerySet[Finding], today: date) -> QuerySet[Finding]:
    """Each with how long ago it was found, and whether its day has passed."""
    age = Value(today, output_field=DateField()) - TruncDate("found_at")
    return found.annotate(
        age=ExpressionWrapper(age, output_field=DurationField()),
        is_overdue=ExpressionWrapper(
            Q(resolution__isnull=True, due_on__lt=today), output_field=BooleanField()
        ),
    )


def alike(finding: Finding, among: QuerySet[Finding]) -> QuerySet[Finding]:
    """Open discrepancies of the same order, kind, tier and direction, oldest first."""
    sign = Q(tokens__gt=0) if finding.tokens > 0 else Q(tokens__lte=0)
    return among.filter(
        sign,
        order=finding.order_id,
        order_line=finding.order_line_id,
        code=finding.code,
        tolerance_tier=finding.tolerance_tier,
        resolution__isnull=True,
    ).order_by("pk")[:MOST_ALIKE]


def overdue_on(today: date) -> QuerySet[Finding]:
    """Open discrepancies whose day to answer has passed, by contract and owner."""
    rows = Finding.objects.filter(
        resolution__isnull=True, due_on__lt=today, owner__isnull=False
    )
    return rows.select_related("order__contract", "owner").order_by(
        "order__contract", "owner", "due_on", "pk"
    )


def is_tolerated(finding: Finding) -> bool:
    """Whether the contract itself has accepted it."""
    resolution = getattr(finding, "resolution", None)
    return resolution is not None and resolution.code == ResolutionCode.TOLERATED
