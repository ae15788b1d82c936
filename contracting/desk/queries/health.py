"""How a contract is: its money, its meter, its last comparison, its open changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, Sum

from contracting.contracts.models import Contract
from contracting.contracts.queries.home import Feed, Health
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, Tokens
from contracting.desk.calculations import count, forecast
from contracting.desk.queries.burn_down import burning_of
from contracting.ledger.queries import lines_of_contract, lines_with_totals
from contracting.metering.models import UsageBatch, UsageSource
from contracting.metering.queries import UsageOf, daily_usage
from contracting.modifications.queries import visible_to as changes_visible_to
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine
from contracting.orders.queries import modifications_visible_to
from contracting.orders.states import SIGNED, ModificationState
from contracting.reconciliation.queries import runs_visible_to

SILENT_AFTER: Final = timedelta(hours=6)
"""A gateway that is not heard of for so long makes a forecast stale."""


def health_of(contract: Contract, actor: Actor, at: datetime) -> Health:
    """Figures of the ledger, the meter and the comparisons, in a dozen queries."""
    today = accounting_day(at, contract.time_zone)
    lines = OrderLine.objects.filter(
        order__contract=contract, order__state__in=SIGNED, is_removed=False
    )
    ceilings = dict(lines.values_list("pk", "ceiling_dollars"))
    books: list[Any] = list(lines_with_totals(HOLDER_OF_A_LINE, ceilings))
    consumed = Dollars(sum((row.payable for row in books), Decimal(0)))
    ordered = lines.aggregate(
        tokens=Sum("ceiling_tokens"), end=Max("order__period_end")
    )
    used = Tokens(sum(row.consumed_tokens for row in books))
    points = _points(contract)
    left = _left(books, ceilings)
    words, ends_early = forecast(
        used=consumed,
        left=left,
        since=points[0][0] if points else None,
        until=max(contract.ordering_end, ordered["end"] or contract.ordering_end),
        today=today,
    )
    reconciled, path = _reconciled(contract, actor)
    schedule = contract.orders.filter(is_schedule=True).first()
    burning = burning_of(contract, actor, at) if points else None
    return Health(
        obligated=_obligated(contract),
        consumed=consumed,
        unfunded=Dollars(sum((row.unfunded for row in books), Decimal(0))),
        left=left,
        tokens=used,
        tokens_left=Tokens(max(0, int(ordered["tokens"] or 0) - used.count)),
        forecast=words,
        ends_early=ends_early,
        points=points,
        feeds=feeds_of(contract, at) if actor.is_agency else [],
        reconciled=reconciled,
        reconciled_path=path,
        changes=_changes(contract, actor),
        schedule_path=schedule.path if schedule else "",
        burn_down=burning.funds if burning else None,
        by_line=burning.lines if burning else None,
    )


def _obligated(contract: Contract) -> Dollars:
    """On its orders, and what the award itself binds."""
    rows = lines_of_contract(contract.pk).aggregate(
        sum=Sum("balances__obligated_dollars")
    )
    return Dollars(rows["sum"] or 0)


def _left(books: Sequence[Any], ceilings: dict[int, Decimal]) -> Dollars:
    """On each line the tighter of its funds and its ceiling, less what is used."""
    return Dollars(
        sum(
            (
                min(row.obligated, ceilings[row.holder_id]) - row.payable
                for row in books
            ),
            Decimal(0),
        )
    )


def _points(contract: Contract) -> list[tuple[date, Decimal]]:
    points, total = [], Decimal(0)
    for row in daily_usage(UsageOf(contracts=[contract.pk])):
        if row.day is not None:
            total += row.dollars
            points.append((row.day, total))
    return points


def feeds_of(contract: Contract, at: datetime) -> list[Feed]:
    """The gateways of the contract's agency, and since when each is silent."""
    sources = UsageSource.objects.filter(
        agency_id=contract.agency_id, closed_at__isnull=True
    )
    last = dict(
        UsageBatch.objects.filter(source__in=sources, received_at__lte=at)
        .order_by()
        .values_list("source")
        .annotate(Max("received_at"))
    )
    return [
        Feed(
            label=source.label,
            last_seen=last.get(source.pk),
            age=_age(last.get(source.pk), at),
            is_stale=source.pk not in last or at - last[source.pk] > SILENT_AFTER,
        )
        for source in sources.order_by("label", "pk")
    ]


def _age(seen: datetime | None, at: datetime) -> str:
    if seen is None:
        return "never"
    hours = int((at - seen) / timedelta(hours=1))
    if hours < 1:
        return "less than an hour ago"
    if hours < 48:
        return f"{count(hours, 'hour')} ago"
    return f"{count(hours // 24, 'day')} ago"


def _reconciled(contract: Contract, actor: Actor) -> tuple[str, str]:
    run = (
        runs_visible_to(actor)
        .filter(order__contract=contract)
        .order_by("-ran_at", "-pk")
        .first()
    )
    if run is None:
        return "Not compared with a report or an invoice yet.", ""
    day = accounting_day(run.ran_at, contract.time_zone)
    open_ones = run.order.findings.filter(resolution__isnull=True).count()
    words = count(open_ones, "discrepancy is open", "discrepancies are open")
    if not open_ones:
        words = "nothing is open"
    on = f"{day.day} {day:%b %Y}"
    return f"{run.order.piid} on {on}: {words}.", f"/reconciliations/{run.public_id}"


def _changes(contract: Contract, actor: Actor) -> list[tuple[str, str, str]]:
    drafts: list[Any] = [
        *changes_visible_to(actor).filter(
            contract=contract, state=ModificationState.DRAFT
        ),
        *modifications_visible_to(actor).filter(
            order__contract=contract, state=ModificationState.DRAFT
        ),
    ]
    return [(each.description[:120], each.path, each.state) for each in drafts]
