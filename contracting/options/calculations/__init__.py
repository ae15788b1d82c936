"""What an option comes to: its window, and the modification that exercises it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.calculations import Window, windows
from contracting.contracts.models import (
    Contract,
    ContractLine,
    ContractOption,
    RateRow,
    UnitRate,
    VolumeTerms,
)
from contracting.core.canonical import plain
from contracting.core.periods import day_bounds
from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    Tokens,
    UnitPrice,
)
from contracting.core.templatetags.drawdown import dollars as money
from contracting.documents.calculations import day_words, printed
from contracting.modifications import calculations as modifications
from contracting.modifications.models import ContractModification
from contracting.modifications.states import (
    Exercised,
    LineDraft,
    ModificationKind,
    Proposal,
    RateDraft,
    StepDraft,
    UnitRateDraft,
)
from contracting.options.states import Standing
from contracting.orders.states import ModificationAuthority
from contracting.solicitations.publishing.options import CLAUSES, by_rule, priced
from contracting.solicitations.states import OptionKind


def window_of(option: ContractOption) -> Window | None:
    """When it may be exercised; nothing once it is."""
    return windows(option.contract).get(option.number)


def standing_of(
    option: ContractOption, window: Window | None, *, is_told: bool, on: date
) -> Standing:
    """Where the option stands on a day of its contract.

    :param is_told: whether the vendor was told of the intent, where it must be
    """
    if window is None:
        return Standing.EXERCISED
    if on > window.closes_on:
        return Standing.LAPSED
    if window.intent_by is not None and not is_told and not follows(option):
        return Standing.NOTICE_DUE
    return Standing.OPEN if on >= window.opens_on else Standing.EARLY


def follows(option: ContractOption) -> bool:
    """Whether an option period waits for another one that comes before it."""
    earlier = option.contract.options.filter(
        kind=OptionKind.PERIOD, number__lt=option.number, exercised_at__isnull=True
    )
    return option.kind == OptionKind.PERIOD and earlier.exists()


def base_rates(contract: Contract, on: date) -> list[RateRow]:
    """The prices of the base lines in force on a day: those that an option follows."""
    instant = day_bounds(on, contract.time_zone).start
    rows = RateRow.objects.filter(
        line__contract=contract,
        line__option_number__isnull=True,
        superseded_at__isnull=True,
        in_force__contains=instant,
    ).select_related("line", "model", "token_class")
    return list(rows.order_by("slin"))


def rates_of(option: ContractOption, on: date) -> list[tuple[RateRow, UnitPrice]]:
    """The prices at which it buys, each with the row from which its rule makes it.

    Periods and separate lines follow the base lines; more quantity and an extension are
    bought at the prices of the contract, option periods among them.

    :param on: the day on which they begin
    """
    if option.kind in {OptionKind.PERIOD, OptionKind.LINE}:
        return [
            (row, priced(UnitPrice(row.usd_per_million_tokens), option.price_percent))
            for row in base_rates(option.contract, on)
        ]
    instant = day_bounds(on, option.contract.time_zone).start
    rows = RateRow.objects.filter(
        line__in=running_lines(option.contract),
        superseded_at__isnull=True,
        in_force__contains=instant,
    ).select_related("line", "model", "token_class")
    return [
        (row, UnitPrice(row.usd_per_million_tokens)) for row in rows.order_by("slin")
    ]


def running_lines(contract: Contract) -> list[ContractLine]:
    """The lines that take orders until the ordering period ends."""
    return [
        line
        for line in contract.lines.order_by("clin")
        if line.orders_until is None or line.orders_until >= contract.ordering_end
    ]


def first_day_of(option: ContractOption, window: Window, on: date) -> date:
    """The day from which its prices hold."""
    is_period = option.kind == OptionKind.PERIOD
    return window.first_day if is_period and window.first_day else on


def proposal(option: ContractOption, window: Window, on: date) -> Proposal:
    """The modification by which the option is exercised, whole and as it is stated.

    :param on: the day of the notice, from which terms are effective
    """
    contract = option.contract
    adds_lines = option.kind in {OptionKind.PERIOD, OptionKind.LINE}
    terms: dict[str, Any] = {
        "ceiling_dollars": contract.ceiling_dollars + option.ceiling_dollars,
        "ceiling_tokens": contract.ceiling_tokens + option.ceiling_tokens,
    }
    if window.last_day is not None:
        terms["ordering_end"] = window.last_day
    starts = first_day_of(option, window, on)
    lines, rates, per_unit = _new_lines(option, starts) if adds_lines else ([], [], [])
    clause = CLAUSES[option.kind]
    return Proposal(
        kind=ModificationKind.OPTION,
        authority=ModificationAuthority.OTHER,
        citation=f"FAR {clause}, option {option.number} of the contract",
        description=_description(option, window, clause),
        effective_on=on,
        scope="The option is part of the contract as it was competed (FAR 17.207(f)).",
        price_memo="The prices are those that the option states; see its "
        "determination (FAR 17.207(c)).",
        terms=terms,
        line_ceilings={}
        if adds_lines
        else {
            line.clin: Dollars(line.ceiling_dollars + option.ceiling_dollars)
            for line in running_lines(contract)
        },
        new_lines=lines,
        rates=rates,
        unit_rates=per_unit,
        exercises=Exercised(
            option.pk, option.number, window.first_day, window.last_day
        ),
    )


def period_of(window: Window) -> str:
    """From which day to which one an option extends, in words."""
    days = (window.first_day, window.last_day)
    return " to ".join(day_words(day) for day in days if day is not None)


def _description(option: ContractOption, window: Window, clause: str) -> str:
    adds = (
        f"{money(option.ceiling_dollars)} and {option.ceiling_tokens:,} tokens are "
        "added to the ceiling"
    )
    period = ""
    if window.last_day is not None:
        period = f" The ordering period runs from {period_of(window)}."
    return (
        f"The Government exercises option {option.number} "
        f"({option.get_kind_display()}, FAR {clause}), unconditionally and at the "
        f"stated prices: {adds}.{period}"
    )


def _new_lines(
    option: ContractOption, starts: date
) -> tuple[list[LineDraft], list[RateDraft], list[UnitRateDraft]]:
    """Its own lines, 1001 for 0001 under option 1, priced as the base lines are."""
    rows, per_unit = rates_of(option, starts), unit_rates_of(option, starts)
    base = {row.line.clin: row.line for row, _price in rows}
    base |= {row.line.clin: row.line for row in per_unit}
    taken = set(option.contract.lines.values_list("clin", flat=True))
    numbers: dict[str, str] = {}
    for clin in sorted(base):
        numbers[clin] = _clin(clin, option.number, taken | set(numbers.values()))
    lines = [
        LineDraft(
            clin=numbers[clin],
            description=f"{line.description}, option {option.number}"[:200],
            psc=line.psc,
            estimated_tokens=Tokens(line.estimated_tokens),
            ceiling_dollars=Dollars(option.ceiling_dollars),
            option_number=option.number,
            orders_from=starts if option.kind == OptionKind.PERIOD else None,
            structure=line.structure,
            unit=line.unit,
            estimated_units=line.estimated_units,
            part_months=line.part_months,
            **_volume(line),
        )
        for clin, line in sorted(base.items())
    ]
    rates = [
        RateDraft(
            clin=numbers[row.line.clin],
            slin=numbers[row.line.clin] + row.slin[4:],
            snapshot=row.model.snapshot,
            token_class=row.token_class.code,
            price=price,
            first_day=starts,
            boundary=row.boundary,
            tier=row.tier,
            context_band=row.context_band,
            steps=[
                StepDraft(Tokens(start), price)
                for start, price in steps_of(option, row).items()
            ],
            **_burn(row, option.price_percent),
        )
        for row, price in rows
    ]
    units = [
        UnitRateDraft(
            clin=numbers[row.line.clin],
            price=PricePerUnit(by_rule(row.usd_per_unit, option.price_percent)),
            first_day=starts,
        )
        for row in per_unit
    ]
    return lines, rates, units


def steps_of(option: ContractOption, row: RateRow) -> dict[int, UnitPrice]:
    """The prices of a row by volume, at the option's rule as :func:`rates_of` is."""
    by_its_rule = option.kind in {OptionKind.PERIOD, OptionKind.LINE}
    percent = option.price_percent if by_its_rule else Decimal(0)
    return {
        step.from_tokens: priced(UnitPrice(step.usd_per_million_tokens), percent)
        for step in row.steps.all()
    }


def unit_rates_of(option: ContractOption, on: date) -> list[UnitRate]:
    """The prices per unit in force on a day, of the lines that :func:`rates_of` has."""
    rows = UnitRate.objects.filter(
        superseded_at__isnull=True,
        in_force__contains=day_bounds(on, option.contract.time_zone).start,
    )
    if option.kind in {OptionKind.PERIOD, OptionKind.LINE}:
        base = option.contract.lines.filter(option_number__isnull=True)
        rows = rows.filter(line__in=base)
    else:
        rows = rows.filter(line__in=running_lines(option.contract))
    return list(rows.select_related("line").order_by("line__clin"))


def _volume(line: ContractLine) -> dict[str, str]:
    """Over what the volume of a line is counted, where its price depends on it."""
    terms = VolumeTerms.objects.filter(line=line).first()
    if terms is None:
        return {}
    return {"counted_over": terms.counted_over, "counted_per": terms.counted_per}


def _burn(row: RateRow, percent: Decimal) -> dict[str, Decimal]:
    """The multiplier as it is, and the price of a unit by the option's rule."""
    burn = getattr(row, "burn", None)
    if burn is None:
        return {}
    return {
        "acu_per_million_tokens": burn.acu_per_million_tokens,
        "usd_per_acu": by_rule(burn.usd_per_acu, percent),
    }


def _clin(clin: str, number: int, taken: set[str]) -> str:
    """The number of a line under an option: its digit, then those of the base line."""
    rest = int(clin[1:])
    while f"{number}{rest:03d}" in taken:
        rest = rest % 999 + 1
    return f"{number}{rest:03d}"


def differs_from(modification: ContractModification, stated: Proposal) -> list[str]:
    """The parts of a draft that are not what its option states."""
    zone = modification.contract.time_zone
    rates = [
        modifications.plain_rate(rate, row.model, zone)
        for rate, row in zip(stated.rates, _models(modification, stated), strict=False)
    ]
    wanted = {
        "terms": {
            name: modifications.plain_term(name, value)
            for name, value in stated.terms.items()
        },
        "new_lines": [modifications.plain_line(line) for line in stated.new_lines],
        "line_ceilings": {
            clin: plain(ceiling.amount)
            for clin, ceiling in stated.line_ceilings.items()
        },
        "rates": rates,
        "unit_rates": [
            modifications.plain_unit_rate(rate, zone) for rate in stated.unit_rates
        ],
        "new_options": [],
    }
    return [
        name for name, value in wanted.items() if getattr(modification, name) != value
    ]


def _models(modification: ContractModification, stated: Proposal) -> list[RateRow]:
    """The base rows whose models the stated prices name, in their order."""
    option = modification.option
    if option is None or not stated.rates:
        return []
    rows = rates_of(option, stated.rates[0].first_day)
    return [row for row, _price in rows]


def counted_back_from(option: ContractOption, window: Window) -> date:
    """The day before which people are told: the end, or the close of the window."""
    has_end = option.kind in {OptionKind.PERIOD, OptionKind.EXTENSION}
    if has_end and window.first_day is not None:
        return window.first_day - timedelta(days=1)
    return window.closes_on


def market_words(market: dict[str, Any]) -> Iterator[str]:
    """The market check in sentences."""
    if not market["lines"] or market["percent_of_list"] is None:
        yield "No line has a public list price to compare with."
    else:
        yield (
            f"The reference workload costs {money(market['at_option'])} at the "
            f"option's prices and {money(market['at_list'])} at the public list known "
            f"on {printed(str(market['on']))}: {market['percent_of_list']} percent of "
            "list."
        )
    for name, words in (
        ("not_comparable", "without a public list price"),
        ("without_workload", "without a published workload"),
    ):
        if market[name]:
            yield f"Left out, {words}: {', '.join(market[name])}."
