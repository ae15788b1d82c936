"""Contract lines whose price depends on volume, and orders on them.

The lines come into the contract of ``tests.builders_orders`` by a bilateral
modification of 3 April 2026, three days before orders are drafted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Contract, ContractLine
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.models import HolderBalance
from contracting.ledger.queries import balances_of
from contracting.metering.models import PeriodRun
from contracting.metering.operations.rate import rate_period
from contracting.modifications.states import LineDraft, RateDraft, StepDraft
from contracting.orders.models import TaskOrder
from contracting.orders.states import FundsDraft
from contracting.orders.states import LineDraft as Ordered
from contracting.reference.states import PriceStructure, Unit
from tests.builders import MODEL
from tests.builders_metering import CALLED_AT, event
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import awarded_contract, issued_order, line_of_accounting
from tests.cast import actor
from tests.remembered import remembered

ADDED_AT = datetime(2026, 4, 3, 14, 0, tzinfo=UTC)
"""Friday, 3 April 2026, 10 a.m. in Washington."""

RATED_AT = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
"""The night after April."""

STEPS = {
    "IN_UNCACHED": ("2.00", ((1_000_000, "1.50"), (3_000_000, "1.00"))),
    "OUT_TEXT": ("8.00", ((1_000_000, "6.00"), (3_000_000, "4.00"))),
}
"""Prices per million tokens: the first, and from which volume on another."""

MULTIPLIERS = {"IN_UNCACHED": "1.25", "OUT_TEXT": "5.333333"}
"""Units of the pool (ACU) for a million tokens."""

USD_PER_ACU = "1.60"


def tiered_line(clin: str = "0002", **more: Any) -> LineDraft:
    """A line with committed-use tiers, counted by order and month."""
    return LineDraft(
        clin=clin,
        description="Tokens of GPT-4o at committed-use tiers",
        psc="DA10",
        estimated_tokens=Tokens(50_000_000),
        ceiling_dollars=Dollars(10_000),
        **{"structure": PriceStructure.TIERS, "unit": Unit.MTOK, **more},
    )


def pool_line(clin: str = "0003", **more: Any) -> LineDraft:
    """A pool of units that every class burns at its own rate."""
    return tiered_line(
        clin, **{"structure": PriceStructure.POOL, "unit": Unit.ACU, **more}
    )


def rate(slin: str, token_class: str, price: str = "0", **more: Any) -> RateDraft:
    """A price of GPT-4o from 1 April 2026."""
    return RateDraft(
        clin=slin[:4],
        slin=slin,
        snapshot=MODEL,
        token_class=token_class,
        price=UnitPrice(price),
        first_day=more.pop("first_day", date(2026, 4, 1)),
        boundary="FEDRAMP_MOD",
        **more,
    )


def steps(*said: tuple[int, str]) -> list[StepDraft]:
    """From so many tokens on, at this price."""
    return [StepDraft(Tokens(start), UnitPrice(price)) for start, price in said]


def tiered_rates(clin: str = "0002") -> list[RateDraft]:
    """Input and output, both cheaper from one and from three million tokens on."""
    return [
        rate(f"{clin}A{letter}", code, first, steps=steps(*later))
        for letter, (code, (first, later)) in zip("AB", STEPS.items(), strict=True)
    ]


def pool_rates(clin: str = "0003", usd_per_acu: str = USD_PER_ACU) -> list[RateDraft]:
    """Input and output by their multipliers."""
    return [
        rate(
            f"{clin}A{letter}",
            code,
            acu_per_million_tokens=Decimal(burn),
            usd_per_acu=Decimal(usd_per_acu),
        )
        for letter, (code, burn) in zip("AB", MULTIPLIERS.items(), strict=True)
    ]


@remembered
def contract_by_volume(
    *,
    lines: Sequence[LineDraft] | None = None,
    rates: Sequence[RateDraft] | None = None,
    at: datetime = ADDED_AT,
) -> Contract:
    """The awarded contract with a tiered line 0002 and a pool 0003."""
    contract = awarded_contract()
    issued_contract_modification(
        on=contract,
        at=at,
        description="Committed-use tiers and a pool are added.",
        effective_on=at.date(),
        terms={},
        price_memo="Below the public list at every volume.",
        new_lines=[tiered_line(), pool_line()] if lines is None else lines,
        rates=[*tiered_rates(), *pool_rates()] if rates is None else rates,
    )
    return Contract.objects.get(pk=contract.pk)


def ordered(
    clin: str = "0002",
    *,
    dollars: str = "40.00",
    tokens: int = 20_000_000,
    ceiling: str = "60.00",
    acu: str | None = None,
) -> Ordered:
    """An order's line under a ceiling of sixty dollars, funded with ``dollars``."""
    funds = FundsDraft("AA", line_of_accounting().pk, Dollars(dollars))
    return Ordered(
        clin=clin,
        ceiling_tokens=Tokens(tokens),
        ceiling_dollars=Dollars(ceiling),
        funds=[funds],
        ceiling_acu=None if acu is None else Decimal(acu),
    )


@remembered
def order_by_volume(
    clin: str = "0002", *, on: Contract | None = None, **more: Any
) -> TaskOrder:
    """A signed order on the tiered line, or on the pool for thirty units."""
    if clin == "0003":
        more.setdefault("acu", "30")
    return issued_order(on=on or contract_by_volume(), lines=[ordered(clin, **more)])


def rated(
    clin: str = "0002", *, at: datetime = RATED_AT, by: str = "cor"
) -> PeriodRun | None:
    """The period run of the contract line."""
    line = ContractLine.objects.get(clin=clin)
    return rate_period(contract_line_id=line.pk, by=actor(by), at=at)


def books(order: TaskOrder) -> tuple[Any, ...]:
    """Tokens and dollars of the order's line: funded, then unfunded."""
    rows = balances_of(order.lines.get().holder)
    return (
        sum(row.consumed_tokens for row in rows),
        sum((row.consumed_dollars for row in rows), Decimal(0)),
        sum(row.unfunded_tokens for row in rows),
        sum((row.unfunded_dollars for row in rows), Decimal(0)),
    )


def pool(order: TaskOrder) -> tuple[int, int]:
    """Millionths of a unit: funded, then unfunded."""
    own = order.lines.get().holder
    line = HolderBalance.objects.get(holder_kind=own.kind, holder_id=own.id)
    return line.consumed_micro_acu, line.unfunded_micro_acu


def calls(order: TaskOrder, *sizes: int) -> list[dict[str, Any]]:
    """Calls of so many tokens in, one after the other."""
    return [
        event(
            n,
            order=order,
            tokens={"input": size},
            at=CALLED_AT + timedelta(minutes=n),
        )
        for n, size in enumerate(sizes)
    ]
