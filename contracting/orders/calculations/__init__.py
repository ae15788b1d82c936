"""The terms of an order as plain values, what differs between two, and what is missing.

Content is what a decision and a signature are about: every term, neither state nor
comments. Its SHA-256 names the version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any, Final

from contracting.contracts.models import Contract
from contracting.core.canonical import plain
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.ledger.states import Obligation
from contracting.orders.calculations import prices, units
from contracting.orders.models import (
    Modification,
    ModificationEffect,
    OrderFunding,
    OrderLine,
    OrderRate,
    TaskOrder,
)
from contracting.reference.models import AiModel
from contracting.solicitations.publishing.changes import Change

model_gaps = prices.model_gaps
price_gaps = prices.price_gaps

TERMS: Final[Mapping[str, str]] = {
    "title": "Title",
    "description": "Description",
    "period_start": "First day of performance",
    "period_end": "Last day of performance",
    "place": "Place of performance",
    "boundary": "Data boundary",
    "risk": "Risk",
    "payment_office": "Payment office",
    "fair_opportunity": "Fair opportunity",
    "funds_clause": "Subject to availability of funds",
}
"""Every term of an order that is a single value, with its name in words."""

SAID_IF_SO: Final = ("funds_clause",)
"""The terms that content names only where they say something."""

MODIFIABLE: Final = ("description", "period_end", "place", "payment_office")
"""The terms that a modification may change; prices and lines are the contract's."""

ADMINISTRATIVE: Final = frozenset({"payment_office"})
"""The terms that the Government changes alone (FAR 43.103(b))."""


def content(order: TaskOrder) -> dict[str, Any]:
    """Every term of the order, for its hash."""
    made: dict[str, Any] = plain(
        {
            "contract": order.contract.public_id,
            "requester": order.requester.public_id,
            "time_zone": order.contract.time_zone,
            **{name: getattr(order, name) for name in TERMS if name not in SAID_IF_SO},
            **{name: said for name in SAID_IF_SO if (said := getattr(order, name))},
            "lines": [_line(line) for line in order.current_lines()],
        }
    )
    if order.requisition is not None:
        made["estimate"] = {
            "requisition": order.requisition.number,
            "version": order.estimate_version,
            "sha256": order.estimate_sha256,
        }
    if order.opportunity is not None:
        made["opportunity"] = order.opportunity.public_id
    return made


def _line(line: OrderLine) -> dict[str, Any]:
    return units.content_of(line) | {
        "clin": line.clin,
        "description": line.description,
        "ceiling_tokens": line.ceiling_tokens,
        "ceiling_dollars": line.ceiling_dollars,
        "rates": [_rate(rate) for rate in line.current_rates()],
        "funding": [_funds(part) for part in line.current_funding()],
    }


def _rate(rate: OrderRate) -> dict[str, Any]:
    row = rate.rate_row
    return {
        "slin": row.slin,
        "model": row.model.snapshot,
        "tokenizer": row.tokenizer.code,
        "class": row.token_class.code,
        "tier": row.tier,
        "context_band": row.context_band,
        "boundary": row.boundary,
        "from": row.in_force.lower,
        "to": row.in_force.upper,
        "price": rate.usd_per_million_tokens,
    }


def _funds(part: OrderFunding) -> dict[str, Any]:
    return {
        "acrn": part.acrn,
        "sequence": part.sequence,
        "line_of_accounting": str(part.line_of_accounting),
        "dollars": part.dollars,
        "ceiling_dollars": part.ceiling_dollars,
    }


def _no_funds(effect: ModificationEffect) -> dict[str, Any]:
    """An ACRN that the line does not have before the modification."""
    return {
        "acrn": effect.acrn,
        "sequence": effect.sequence,
        "line_of_accounting": str(effect.line_of_accounting),
        "dollars": Decimal(0),
        "ceiling_dollars": Decimal(0),
    }


def content_after(before: dict[str, Any], modification: Modification) -> dict[str, Any]:
    """The content of the order once the modification is signed."""
    after = deepcopy(before)
    after.update(modification.terms)
    lines = {line["clin"]: line for line in after["lines"]}
    for effect in effects_of(modification):
        line = lines[effect.line.clin]
        parts = {part["acrn"]: part for part in line["funding"]}
        part = parts.get(effect.acrn)
        if part is None:
            part = _no_funds(effect)
            line["funding"].append(part)
        _add(part, "dollars", effect.add_dollars)
        _add(part, "ceiling_dollars", effect.add_ceiling_dollars)
        _add(line, "ceiling_dollars", effect.add_ceiling_dollars)
        line["ceiling_tokens"] += effect.add_ceiling_tokens
        if "ceiling_micro_acu" in line:
            line["ceiling_micro_acu"] += units.micro(effect.add_units)
        elif effect.add_units or "units" in line:
            line.setdefault("units", 0)
            _add(line, "units", effect.add_units)
    for line in after["lines"]:
        line["funding"].sort(key=lambda part: (part["sequence"], part["acrn"]))
    made: dict[str, Any] = plain(after)
    return made


def _add(row: dict[str, Any], name: str, amount: Decimal) -> None:
    row[name] = Decimal(row[name]) + amount


def effects_of(modification: Modification) -> list[ModificationEffect]:
    """What the modification does, by line and ACRN."""
    rows = modification.effects.select_related(
        "line__contract_line", "line_of_accounting"
    )
    return list(rows.order_by("line_id", "sequence", "acrn"))


def modification_content(modification: Modification) -> dict[str, Any]:
    """Every term of a modification, for its hash."""
    made: dict[str, Any] = plain(
        {
            "order": modification.order.public_id,
            "base_version": modification.base_version,
            "authority": modification.authority,
            "citation": modification.citation,
            "description": modification.description,
            "effective_on": modification.effective_on,
            "is_within_scope": modification.is_within_scope,
            "scope": modification.scope,
            "terms": modification.terms,
            "effects": [
                {
                    "clin": effect.line.clin,
                    "acrn": effect.acrn,
                    "sequence": effect.sequence,
                    "line_of_accounting": str(effect.line_of_accounting),
                    "add_dollars": effect.add_dollars,
                    "add_ceiling_dollars": effect.add_ceiling_dollars,
                    "add_ceiling_tokens": effect.add_ceiling_tokens,
                    **({"add_units": effect.add_units} if effect.add_units else {}),
                }
                for effect in effects_of(modification)
            ],
        }
    )
    return made


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Every term that differs, in the order of the document, totals last."""
    old, new = dict(in_words(before)), dict(in_words(after))
    labels = list(dict.fromkeys([*new, *old]))
    totals = [label for label in labels if label.startswith("Total")]
    ordered = [label for label in labels if label not in totals] + totals
    return [
        Change(label, old.get(label, ""), new.get(label, ""))
        for label in ordered
        if old.get(label, "") != new.get(label, "")
    ]


def changes_of(modification: Modification) -> list[Change]:
    """Before and after of a modification, with the new totals (FAR 43.301)."""
    before = content(modification.order)
    return differences(before, content_after(before, modification))


def read(order: TaskOrder) -> Iterator[tuple[str, str]]:
    """Each term of the order by its name, as its reviewers read it."""
    return in_words(content(order))


def in_words(terms: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each term of the content by its name, as a person reads it."""
    for name, label in TERMS.items():
        yield label, str(terms.get(name, ""))
    for line in terms["lines"]:
        yield from _line_in_words(line)
    lines = terms["lines"]
    tokens = sum(line["ceiling_tokens"] for line in lines)
    yield "Total ceiling in tokens", f"{tokens:,}"
    yield (
        "Total ceiling in dollars",
        prices.money(
            sum((Decimal(line["ceiling_dollars"]) for line in lines), Decimal(0))
        ),
    )
    funds = [Decimal(part["dollars"]) for line in lines for part in line["funding"]]
    yield "Total funds", prices.money(sum(funds, Decimal(0)))


def _line_in_words(line: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name = f"Line {line['clin']}"
    yield f"{name}, description", line["description"]
    yield from units.in_words(line)
    yield f"{name}, ceiling in dollars", prices.money(line["ceiling_dollars"])
    for rate in line["rates"]:
        what = f"{rate['slin']} {rate['class']} of {rate['model']}"
        price = f"{prices.money(rate['price'])} per million tokens"
        yield f"{name}, price of {what} from {rate['from'][:10]}", price
    for part in line["funding"]:
        acrn = f"{name}, ACRN {part['acrn']}"
        yield f"{acrn}, line of accounting", part["line_of_accounting"]
        yield f"{acrn}, funds", prices.money(part["dollars"])
        yield f"{acrn}, part of the ceiling", prices.money(part["ceiling_dollars"])


def value_of(order: TaskOrder) -> Dollars:
    """What the order is worth: the sum of the dollar ceilings of its lines."""
    return total_dollars(
        Dollars(line.ceiling_dollars) for line in order.current_lines()
    )


def tokens_of(order: TaskOrder) -> Tokens:
    """The sum of the token ceilings of its lines."""
    return Tokens(sum(line.ceiling_tokens for line in order.current_lines()))


def funded(order: TaskOrder) -> Dollars:
    """What the order funds, over all lines and ACRNs."""
    return total_dollars(each.dollars for each in obligations_of(order))


def models_of(order: TaskOrder) -> list[AiModel]:
    """Every model that the order prices, by snapshot."""
    rates = OrderRate.objects.filter(line__order=order, line__is_removed=False)
    found = AiModel.objects.filter(pk__in=rates.values("rate_row__model"))
    return list(found.order_by("snapshot"))


def bound_now(order: TaskOrder) -> Dollars:
    """What is obligated by the order as it stands: nothing while it waits for funds."""
    return Dollars() if order.is_locked else funded(order)


def obligations_of(order: TaskOrder) -> list[Obligation]:
    """What the signature binds, by line and ACRN, in the order of payment."""
    return [
        Obligation(
            holder=line.holder,
            acrn=part.acrn,
            line_of_accounting_id=part.line_of_accounting_id,
            dollars=Dollars(part.dollars),
        )
        for line in order.current_lines()
        for part in line.current_funding()
        if part.dollars > 0
    ]


def absolute_change(modification: Modification) -> Dollars:
    """The larger of what moves in ceilings and in funds, up or down."""
    effects = list(modification.effects.all())
    ceilings = total_dollars(Dollars(abs(e.add_ceiling_dollars)) for e in effects)
    funds = total_dollars(Dollars(abs(e.add_dollars)) for e in effects)
    return max(ceilings, funds)


def needs_both_signatures(modification: Modification) -> list[str]:
    """What the Government cannot change alone under a commercial contract.

    Administrative changes, funding and ordering more of the same at the same price are
    the Government's own; every other term needs the vendor (FAR 43.103, 52.212-4(c)).
    """
    terms = [TERMS[name] for name in modification.terms if name not in ADMINISTRATIVE]
    lowered: dict[str, list[Decimal]] = {}
    for effect in effects_of(modification):
        sums = lowered.setdefault(effect.line.clin, [Decimal(0)] * 3)
        sums[0] += effect.add_ceiling_tokens
        sums[1] += effect.add_ceiling_dollars
        sums[2] += effect.add_units
    for clin, (tokens, dollars, bought) in lowered.items():
        if tokens < 0 or bought < 0:
            terms.append(f"Line {clin}, lower quantity")
        if dollars < 0:
            terms.append(f"Line {clin}, lower ceiling in dollars")
    return terms + _grows_beyond(modification.order, lowered)


def _grows_beyond(order: TaskOrder, added: Mapping[str, list[Decimal]]) -> list[str]:
    """What grows beyond the largest order that the vendor must take (52.216-19)."""
    contract, terms = order.contract, []
    item, most = contract.largest_item_dollars, contract.largest_order_dollars
    lines = {line.clin: line.ceiling_dollars for line in order.current_lines()}
    for clin, (_tokens, dollars, _bought) in added.items():
        if item is not None and dollars > 0 and lines[clin] + dollars > item:
            terms.append(f"Line {clin}, beyond the largest order of a single line")
    more = sum((row[1] for row in added.values()), Decimal(0))
    if most is not None and more > 0 and sum(lines.values()) + more > most:
        terms.append("Ceilings beyond the largest order")
    return terms


def content_gaps(order: TaskOrder) -> list[str]:
    """What FAR 16.505(a)(7) requires of an order and is missing."""
    gaps = [
        f"The order lacks {what}."
        for what, value in (
            ("the number of its contract", order.contract.piid),
            ("an industry code", order.contract.naics),
            ("a place of performance", order.place.strip()),
            ("a payment office", order.payment_office.strip()),
            ("a description", order.description.strip()),
        )
        if not value
    ]
    lines = order.current_lines()
    if not lines:
        gaps.append("The order has no line.")
    for line in lines:
        if not (line.current_unit_rates() or line.current_rates()):
            gaps.append(f"Line {line.clin} has no unit price.")
        if not line.current_funding():
            gaps.append(f"Line {line.clin} has no accounting data.")
    return gaps


def scope_gaps(order: TaskOrder, on: date) -> list[str]:
    """What takes the order out of its contract (FAR 16.505(a)(2))."""
    contract = order.contract
    gaps = []
    strays = {
        line.clin
        for line in order.current_lines()
        if line.contract_line.contract_id != contract.pk
    }
    gaps += [f"Line {clin} is no line of the contract." for clin in sorted(strays)]
    if not contract.ordering_start <= on <= contract.ordering_end:
        gaps.append(
            f"Orders may be placed from {contract.ordering_start} to "
            f"{contract.ordering_end}; the signature is of {on}."
        )
    gaps += [gap for line in order.current_lines() if (gap := _line_gap(line, on))]
    value, tokens = value_of(order), tokens_of(order)
    if value > Dollars(contract.ceiling_dollars):
        gaps.append(
            f"The order is worth {value}, more than the contract's maximum of "
            f"{Dollars(contract.ceiling_dollars)}."
        )
    if tokens > Tokens(contract.ceiling_tokens):
        gaps.append(
            f"The order is for {tokens}, more than the contract's maximum of "
            f"{Tokens(contract.ceiling_tokens)}."
        )
    return gaps


def _line_gap(line: OrderLine, on: date) -> str:
    """Why a line takes no orders on that day: option periods have their own lines."""
    first, last = line.contract_line.orders_from, line.contract_line.orders_until
    if first is not None and on < first:
        return f"Line {line.clin} takes orders from {first} on."
    if last is not None and on > last:
        return (
            f"Line {line.clin} takes orders until {last}; the lines of the option "
            "period follow it."
        )
    return ""


def end_gap(contract: Contract, period_end: date) -> str:
    """Why an order may not run until that day, if so (FAR 52.216-22(d))."""
    last = contract.performance_end
    if last is None or period_end <= last:
        return ""
    return (
        f"The order performs until {period_end}; under the contract {contract.piid} no "
        f"order performs beyond {last}."
    )


def protest_threshold_of(aac: str) -> str:
    """The amount above which an agency's orders may be protested, by its code.

    Activity address codes of the Department of Defense begin with a letter, NASA's with
    80, the Coast Guard's with 70Z (10 USC 3406(f)); the others are civilian agencies'
    (41 USC 4106(f)).
    """
    if aac[:1].isalpha() or aac.startswith(("80", "70Z")):
        return "ORDER_PROTEST_DEFENSE"
    return "ORDER_PROTEST_CIVILIAN"


def size_gaps(order: TaskOrder) -> dict[str, str]:
    """By code, the limits of one order outside which it lies (FAR 52.216-19)."""
    contract, value = order.contract, value_of(order)
    gaps, noun = {}, "call" if contract.is_agreement else "order"
    least, item, most = (
        contract.smallest_order_dollars,
        contract.largest_item_dollars,
        contract.largest_order_dollars,
    )
    if least is not None and value < Dollars(least):
        gaps["SMALLEST"] = (
            f"The {noun} is worth {prices.money(value.amount)}; the smallest {noun} is "
            f"{prices.money(least)}."
        )
    over = [
        line.clin
        for line in order.current_lines()
        if item is not None and line.ceiling_dollars > item
    ]
    if over and item is not None:
        gaps["ITEM"] = (
            f"Line {', '.join(over)} is above the largest {noun} of a single line, "
            f"{prices.money(item)}."
        )
    if most is not None and value > Dollars(most):
        gaps["LARGEST"] = (
            f"The {noun} is worth {prices.money(value.amount)}; the largest {noun} is "
            f"{prices.money(most)}."
        )
    return gaps
