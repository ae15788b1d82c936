"""The content of a contract as plain values, and checks of its line items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from contracting.contracts.models import (
    HOLDER_OF_A_LINE,
    Contract,
    ContractFunding,
    ContractLine,
    ContractOption,
    RateRow,
    VolumeTerms,
)
from contracting.core.canonical import plain
from contracting.core.periods import extended, next_business_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.templatetags.drawdown import dollars as money
from contracting.evaluations.models import CountedRate, rates_of
from contracting.ledger.states import Holder, Obligation
from contracting.reference.models import AiModel, TokenClass
from contracting.reference.queries import threshold
from contracting.reference.states import InstrumentKind, PriceStructure
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.publishing.costs import workload_prices
from contracting.solicitations.publishing.terms import (
    ALWAYS_STATED,
    ORDER_LIMITS,
    TOLERANCES,
)
from contracting.solicitations.queries import lines_of
from contracting.solicitations.states import OptionKind
from contracting.submissions.models import OpenedOffer

PRICING: Final[Mapping[str, str]] = {
    PriceStructure.UNIT_PRICE: "fixed unit price per MTOK",
    PriceStructure.TIERS: "committed-use tiers per MTOK, marginal",
    PriceStructure.POOL: "pool in ACU with burn-down multipliers",
}
"""The pricing arrangement of a line in words (FAR 4.1005-1), by its structure."""


def last_day(code: str, after: date) -> date:
    """The last of the calendar days that a threshold gives, counted after a day.

    A last day on which federal offices rest moves to the next business day
    (FAR 33.101, which FAR 15.501 takes over).

    :raises NoThreshold: if no number of days is in force on that day
    """
    days = int(threshold(code, after).value)
    return next_business_day(after + timedelta(days=days))


def content(contract: Contract) -> dict[str, Any]:
    """Every term, without state or comments: what a signature signs."""
    made: dict[str, Any] = plain(
        {
            "title": contract.title,
            "vendor": contract.vendor.public_id,
            "solicitation": contract.solicitation.piid,
            "naics": contract.naics,
            "psc": contract.psc,
            "time_zone": contract.time_zone,
            "ordering_start": contract.ordering_start,
            "ordering_end": contract.ordering_end,
            "minimum_dollars": Dollars(contract.minimum_dollars),
            "ceiling_dollars": Dollars(contract.ceiling_dollars),
            "ceiling_tokens": contract.ceiling_tokens,
            "notice_percent": contract.notice_percent,
            "tolerance_tokens": contract.tolerance_tokens,
            "tolerance_dollars": Dollars(contract.tolerance_dollars),
            "report_due_days": contract.report_due_days,
            "payment_days": contract.payment_days,
            "fair_opportunity": contract.fair_opportunity,
            "lines": [_line(line) for line in contract.lines.order_by("clin")],
            "clauses": sorted(
                contract.clauses.values_list("clause__number", flat=True)
            ),
        }
    )
    if contract.instrument != InstrumentKind.IDIQ:
        made["instrument"] = contract.instrument
    made |= plain(
        {
            name: value
            for name in (*ORDER_LIMITS, *TOLERANCES)
            if name not in ALWAYS_STATED
            and (value := getattr(contract, name)) is not None
        }
    )
    if contract.contractor_name:
        made["contractor_name"] = contract.contractor_name
    made |= options_content(contract)
    terms = contract.vendor_terms.select_related("struck_as").order_by("pk")
    if terms:
        made["vendor_terms"] = [
            {
                "passage": each.passage,
                "struck_as": each.struck_as.code if each.struck_as else "",
            }
            for each in terms
        ]
    return made


def options_content(contract: Contract) -> dict[str, Any]:
    """The options under their name, each in its plain form; nothing without one."""
    rows = contract.options.order_by("number") if contract.pk else []
    found = [_option(option) for option in rows]
    return {"options": found} if found else {}


def _option(option: ContractOption) -> dict[str, Any]:
    made: dict[str, Any] = plain(
        {
            "number": option.number,
            "kind": option.kind,
            "months": option.months,
            "notice_days": option.notice_days,
            "opens_days": option.opens_days,
            "closes_days": option.closes_days,
            "ceiling_dollars": Dollars(option.ceiling_dollars),
            "ceiling_tokens": option.ceiling_tokens,
            "price_percent": option.price_percent,
        }
    )
    return made | (_exercised(option) if option.is_exercised else {})


def _exercised(option: ContractOption) -> dict[str, Any]:
    days = {"first_day": option.first_day, "last_day": option.last_day}
    made: dict[str, Any] = plain(days)
    return made | {"is_exercised": True}


@dataclass(frozen=True, slots=True)
class Window:
    """When an option may be exercised, and which days it would add.

    ``intent_by`` is the last day of the notice of intent, for an option period.
    """

    opens_on: date
    closes_on: date
    intent_by: date | None
    first_day: date | None
    last_day: date | None


def windows(contract: Contract) -> dict[int, Window]:
    """By number, the window of every option that is not exercised.

    Days are counted back from the last day of the ordering period as it stands; an
    option period that follows another is shown as if that one were exercised.
    """
    found, end = {}, contract.ordering_end
    left = contract.options.filter(exercised_at__isnull=True).order_by("number")
    for option in left:
        is_period = option.kind == OptionKind.PERIOD
        before = end if is_period else contract.ordering_end
        last = extended(before, option.months) if option.months else None
        notice = before - timedelta(days=option.notice_days) if is_period else None
        found[option.number] = Window(
            opens_on=before - timedelta(days=option.opens_days),
            closes_on=before - timedelta(days=option.closes_days),
            intent_by=notice,
            first_day=before + timedelta(days=1) if last else None,
            last_day=last,
        )
        if is_period and last:
            end = last
    return found


def months_in_all(contract: Contract) -> tuple[date, date]:
    """The first day of the base, and the last with every option period exercised."""
    periods = [each for each in windows(contract).values() if each.intent_by]
    ends = [each.last_day for each in periods if each.last_day]
    return contract.ordering_start, max([contract.ordering_end, *ends])


def _line(line: ContractLine) -> dict[str, Any]:
    of_option = {
        "option": line.option_number,
        "orders_from": line.orders_from,
        "orders_until": line.orders_until,
    }
    made = {
        **{name: value for name, value in of_option.items() if value is not None},
        "clin": line.clin,
        "description": line.description,
        "psc": line.psc,
        "pricing": line.pricing,
        "structure": line.structure,
        "unit": line.unit,
        "estimated_tokens": line.estimated_tokens,
        "ceiling_dollars": line.ceiling_dollars,
        **_volume(line),
        "rates": [
            _rate(rate)
            for rate in line.rate_rows.filter(superseded_at__isnull=True)
            .select_related("model", "tokenizer", "token_class", "burn")
            .prefetch_related("steps")
            .order_by("slin", "in_force")
        ],
        "funding": [
            {
                "acrn": funding.acrn,
                "line_of_accounting": funding.line_of_accounting.public_id,
                "dollars": funding.dollars,
            }
            for funding in line.funding.select_related("line_of_accounting").order_by(
                "acrn"
            )
        ],
    }
    return made | (_by_unit(line) if line.is_by_unit else {})


def _by_unit(line: ContractLine) -> dict[str, Any]:
    """What a line says that is bought by the month, hour or piece."""
    return {
        "estimated_units": line.estimated_units,
        "part_months": line.part_months,
        "unit_rates": [
            {
                "price": rate.usd_per_unit,
                "from": rate.in_force.lower,
                "to": rate.in_force.upper,
            }
            for rate in line.current_unit_rates()
        ],
    }


def _volume(line: ContractLine) -> dict[str, Any]:
    """Over what its volume is counted, where its price depends on it."""
    terms = VolumeTerms.objects.filter(line=line).first()
    if terms is None:
        return {}
    return {"counted_over": terms.counted_over, "counted_per": terms.counted_per}


def _rate(rate: RateRow) -> dict[str, Any]:
    made: dict[str, Any] = {
        "slin": rate.slin,
        "model": rate.model.snapshot,
        "tokenizer": rate.tokenizer.code,
        "class": rate.token_class.code,
        "tier": rate.tier,
        "context_band": rate.context_band,
        "boundary": rate.boundary,
        "price": rate.usd_per_million_tokens,
        "from": rate.in_force.lower,
        "to": rate.in_force.upper,
    }
    steps = [
        {"from_tokens": step.from_tokens, "price": step.usd_per_million_tokens}
        for step in rate.steps.all()
    ]
    burn = getattr(rate, "burn", None)
    if steps:
        made["steps"] = steps
    if burn is not None:
        made |= {
            "acu_per_million_tokens": burn.acu_per_million_tokens,
            "usd_per_acu": burn.usd_per_acu,
        }
    return made


def provisional_price(acu_per_million_tokens: Decimal, usd_per_acu: Decimal) -> Decimal:
    """Dollars per million tokens of a pool, rounded up to the sixth decimal."""
    exact = acu_per_million_tokens * usd_per_acu
    return exact.quantize(Decimal("0.000001"), ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class CardPrice:
    """A price of the rate card as an offer makes it.

    :param row: the line of the price schedule on which its class begins
    :param usd_per_million_tokens: what an event costs until its period is rated; no
        step is above it
    :param steps: volume and price, beside the price below the first of them
    :param burn: of a pool, ACU per million tokens and dollars per ACU
    """

    row: SolicitationLine
    model: AiModel
    token_class: TokenClass
    usd_per_million_tokens: Decimal
    steps: tuple[tuple[int, Decimal], ...] = ()
    burn: tuple[Decimal, Decimal] | None = None


def card(
    rows: Sequence[SolicitationLine], rates: Mapping[int, CountedRate]
) -> list[CardPrice]:
    """The rate card of a CLIN, from the figures that an offer puts to its rows.

    The steps of a class become one price with its table; the price of a pool's unit
    stands with every class that burns it. What is bought by the unit has no price here.

    :param rates: by the row of the schedule
    """
    units = [rates[row.pk] for row in rows if not row.token_class_id]
    usd_per_acu = units[0].usd_per_million_tokens if units else None
    tables: dict[tuple[Any, ...], list[SolicitationLine]] = {}
    for row in sorted(rows, key=lambda row: row.from_tokens):
        if row.token_class_id:
            served = (row.tier, row.context_band, row.boundary)
            tables.setdefault((row.token_class_id, *served), []).append(row)
    found = []
    for table in tables.values():
        first, model = table[0], rates[table[0].pk].model
        if model is None or first.token_class is None:
            continue
        served_by = (first, model, first.token_class)
        prices = [rates[row.pk].usd_per_million_tokens for row in table]
        if usd_per_acu is not None:
            exact = provisional_price(prices[0], usd_per_acu)
            burn = (prices[0], usd_per_acu)
            found.append(CardPrice(*served_by, exact, burn=burn))
            continue
        starts = [row.from_tokens for row in table]
        steps = list(zip(starts, prices, strict=True))
        dearest = max(prices)
        if prices[0] == dearest:
            del steps[0]
        found.append(CardPrice(*served_by, dearest, tuple(steps)))
    return sorted(found, key=lambda price: price.row.slin)


def volumes_of(*rates: Mapping[str, Any]) -> set[int]:
    """Where one of these prices changes; between two of them all are level."""
    steps = [step["from_tokens"] for rate in rates for step in rate.get("steps", ())]
    return {0, *steps}


def price_from(rate: Mapping[str, Any], volume: int) -> Decimal:
    """The price of the token that comes after so many of the line's volume."""
    price = Decimal(rate["price"])
    for step in rate.get("steps", ()):
        if step["from_tokens"] <= volume:
            price = Decimal(step["price"])
    return price


def price_said(rate: Mapping[str, Any]) -> str:
    """A price of the content as a person reads it, with its steps or its units."""
    volume = volume_said(rate)
    if "usd_per_acu" in rate:
        return volume[0]
    return "; ".join([f"{money(rate['price'])} per million tokens", *volume])


def volume_said(rate: Mapping[str, Any]) -> list[str]:
    """The steps of a price of the content, or what it burns of a pool."""
    if "usd_per_acu" in rate:
        burns = f"{rate['acu_per_million_tokens']} ACU per million tokens"
        return [f"{burns}, at {money(rate['usd_per_acu'])} per ACU"]
    return [
        f"from {step['from_tokens']:,} tokens on {money(step['price'])}"
        for step in rate.get("steps", ())
    ]


def line_prices(solicitation: Solicitation, offer: OpenedOffer) -> dict[str, Dollars]:
    """By CLIN, the quantities that were solicited at the prices that were offered.

    Each subline is rounded to the cent, as an invoice rounds it; a line is their sum.
    """
    lines = list(lines_of(solicitation))
    offered = {rate.line_id: rate.usd_per_million_tokens for rate in rates_of(offer)}
    figures = {row.slin: offered[row.pk] for row in lines}
    prices: dict[str, Dollars] = {}
    for cost in workload_prices(lines, figures).values():
        clin = cost.line.clin
        prices[clin] = prices.get(clin, Dollars()) + cost.amount.to_cents()
    return prices


def funded(contract: Contract) -> Dollars:
    """What the award itself obligates, over all lines and ACRNs."""
    return total_dollars(
        Dollars(funding.dollars)
        for line in contract.lines.all()
        for funding in line.funding.all()
    )


def obligations_of(contract: Contract) -> list[Obligation]:
    """What the award binds, by line and ACRN."""
    return [
        Obligation(
            holder=Holder(HOLDER_OF_A_LINE, part.line_id),
            acrn=part.acrn,
            line_of_accounting_id=part.line_of_accounting_id,
            dollars=Dollars(part.dollars),
        )
        for part in ContractFunding.objects.filter(line__contract=contract).order_by(
            "line_id", "acrn"
        )
    ]


def line_gaps(contract: Contract) -> list[str]:
    """What FAR 4.1005-1 requires of each line and is missing; empty when complete."""
    gaps = []
    lines = list(contract.lines.order_by("clin"))
    if not lines:
        gaps.append("The contract has no line item.")
    for line in lines:
        for name, value in (
            ("a description", line.description.strip()),
            ("a product service code", line.psc),
            ("a unit of measure", line.unit),
            ("a quantity", line.estimated_tokens or line.estimated_units),
            ("a pricing arrangement", line.pricing),
        ):
            if not value:
                gaps.append(f"Line {line.clin} lacks {name}.")
        prices = line.unit_rates if line.is_by_unit else line.rate_rows
        if not prices.filter(superseded_at__isnull=True).exists():
            gaps.append(f"Line {line.clin} has no unit price.")
    return gaps
