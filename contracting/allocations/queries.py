"""Reads of allocations: the rules in force, and the invoices of a month shared out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from django.db.models import QuerySet, Sum

from contracting.allocations.calculations import (
    NOBODY,
    WHOLE,
    Target,
    apportion,
    cents_of,
)
from contracting.allocations.models import AllocationRule
from contracting.billing.models import ChargeLine, CreditLine, Invoice, InvoiceLine
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, day_bounds, months_after
from contracting.core.quantities import CENT, Dollars
from contracting.metering.models import DailyUsage

COUNTED: Final = (
    InvoiceState.RECEIVED,
    InvoiceState.ACCEPTED,
    InvoiceState.CERTIFIED,
    InvoiceState.PAID,
)
"""Invoices that stand; one that was returned or withdrawn asks for nothing."""

_DAY: Final = timedelta(days=1)


def get_allocated_contract(actor: Actor, public_id: str) -> Contract:
    """A contract of the agency's own; how it shares its costs is nobody else's.

    :raises NotVisible: if it is not there for this actor
    """
    contract = get_contract_for(actor, public_id)
    if not actor.is_agency:
        message = "There is no such contract."
        raise NotVisible(message, rule="R-ROL-07")
    return contract


def rules_of(contract: Contract) -> QuerySet[AllocationRule]:
    """Every rule of a contract, the latest day first."""
    rows = AllocationRule.objects.filter(contract=contract)
    return (
        rows.select_related("order", "order_line__contract_line", "set_by__user")
        .prefetch_related("shares")
        .order_by("-valid_from", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Some cents of one line of an invoice that are one target's."""

    invoice: Invoice
    position: int
    clin: str
    what: str
    target: Target
    cents: int

    @property
    def dollars(self) -> Dollars:
        """The cents as dollars."""
        return Dollars(self.cents * CENT)


class Rules:
    """The rules of a contract, read once."""

    def __init__(self, contract: Contract) -> None:
        self._by_scope: dict[tuple[int | None, int | None], list[AllocationRule]] = (
            defaultdict(list)
        )
        for rule in rules_of(contract):
            self._by_scope[rule.order_id, rule.order_line_id].append(rule)

    def on(self, line: Any, day: date) -> AllocationRule | None:
        """What holds for an order line on a day: the narrowest scope, its latest rule.

        Within a scope the rows stand from the latest day to the first, and of one day
        the one that was set last comes first.
        """
        order_id = line.order_id
        for scope in ((order_id, line.pk), (order_id, None), (None, None)):
            for rule in self._by_scope.get(scope, ()):
                if rule.valid_from <= day:
                    return rule
        return None

    def spans(
        self, line: Any, first: date, last: date
    ) -> Iterator[tuple[date, date, AllocationRule | None]]:
        """The days of a period, cut where another rule begins to hold."""
        scopes = ((line.order_id, line.pk), (line.order_id, None), (None, None))
        starts = {
            rule.valid_from
            for scope in scopes
            for rule in self._by_scope.get(scope, ())
            if first < rule.valid_from <= last
        }
        edges = [first, *sorted(starts), last + _DAY]
        for start, end in pairwise(edges):
            yield start, end - _DAY, self.on(line, start)


def allocation_of(contract: Contract, month: date) -> list[Part]:
    """The invoices whose period begins in a month, shared out to the cent.

    Each line is shared by the rule that holds; where it changes within the period of
    the line, by what the meter has counted before and after, and by days where it has
    counted nothing. The parts of a line are its cents, and those of credits are below
    zero, so that all together are what the invoices ask for.

    :param month: its first day, in the contract's time zone
    """
    zone = contract.time_zone
    invoices = Invoice.objects.filter(
        order__contract=contract,
        state__in=COUNTED,
        period_start__gte=day_bounds(month, zone).start,
        period_start__lt=day_bounds(months_after(month, 1), zone).start,
    ).select_related("order")
    rules = Rules(contract)
    found: list[Part] = []
    for row, cents in _lines(list(invoices.order_by("pk"))):
        found += _shared(row, cents, rules, zone)
    return sorted(found, key=lambda part: (part.invoice.pk, part.position))


def _lines(invoices: Sequence[Invoice]) -> Iterator[tuple[Any, int]]:
    """Every line that stands on the invoices, with its cents."""
    of_these = {"invoice__in": invoices, "voided_at__isnull": True}
    named = ("invoice", "order_line__contract_line")
    lines = InvoiceLine.objects.filter(**of_these).select_related(*named, "token_class")
    for line in lines.order_by("pk"):
        yield line, cents_of(line.amount_dollars)
    for charge in ChargeLine.objects.filter(**of_these).select_related(*named):
        yield charge, cents_of(charge.amount_dollars)
    credits = CreditLine.objects.filter(**of_these).select_related(
        "invoice", "credit__order_line__contract_line"
    )
    for credit in credits:
        yield credit, -cents_of(credit.amount_dollars)


def _shared(row: Any, cents: int, rules: Rules, zone: str) -> Iterator[Part]:
    line = row.credit.order_line if isinstance(row, CreditLine) else row.order_line
    weights = _weights(row, line, rules, zone)
    parts = apportion(cents, list(weights.values()))
    for target, part in zip(weights, parts, strict=True):
        if part:
            yield Part(
                row.invoice, row.position, line.clin, row.description, target, part
            )


def _weights(row: Any, line: Any, rules: Rules, zone: str) -> dict[Target, Fraction]:
    """The share of each target of a line; what is nobody's is under ``NOBODY``."""
    if isinstance(row, CreditLine):
        start, end = row.invoice.period_start, row.invoice.period_end
    else:
        start, end = row.period.lower, row.period.upper
    first = accounting_day(start, zone)
    last = accounting_day(end - timedelta(microseconds=1), zone)
    spans = list(rules.spans(line, first, last))
    sizes = _sizes(row, spans)
    found: dict[Target, Fraction] = defaultdict(Fraction)
    for (_first, _last, rule), size in zip(spans, sizes, strict=True):
        left = Fraction(WHOLE)
        for share in rule.shares.all() if rule is not None else ():
            target = Target(share.office, share.project, share.capability)
            found[target] += size * Fraction(share.percent)
            left -= Fraction(share.percent)
        found[NOBODY] += size * left
    return dict(sorted(found.items(), key=lambda item: (item[0] == NOBODY, item[0])))


def _sizes(row: Any, spans: Sequence[tuple[date, date, Any]]) -> list[Fraction]:
    """How much of a line lies in each span: tokens of the meter, else days."""
    days = [Fraction((last - first).days + 1) for first, last, _ in spans]
    if len(spans) == 1 or not isinstance(row, InvoiceLine):
        return days
    used = [
        Fraction(
            DailyUsage.objects.filter(
                order_line=row.order_line_id,
                model=row.model_id,
                token_class_code=row.token_class.code,
                tier=row.tier,
                day__gte=first,
                day__lte=last,
            ).aggregate(sum=Sum("tokens"))["sum"]
            or 0
        )
        for first, last, _ in spans
    ]
    return used if any(used) else days


def totals_by(parts: Iterable[Part], field: str) -> list[tuple[str, int]]:
    """Cents by office, project or capability, the most first; nobody's last.

    :param field: ``office``, ``project`` or ``capability``
    """
    sums: dict[str, int] = defaultdict(int)
    for part in parts:
        sums[getattr(part.target, field)] += part.cents
    return sorted(sums.items(), key=lambda item: (item[0] == "", -item[1], item[0]))


def months_invoiced(contract: Contract) -> list[date]:
    """The months in which invoices that stand begin, the latest first."""
    zone = contract.time_zone
    starts = Invoice.objects.filter(order__contract=contract, state__in=COUNTED)
    return sorted(
        {
            accounting_day(start, zone).replace(day=1)
            for start in starts.values_list("period_start", flat=True)
        },
        reverse=True,
    )
