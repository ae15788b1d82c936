"""What a package may and must say for the kind of contract that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracting.core.quantities import Dollars
from contracting.reference.queries import threshold
from contracting.reference.states import InstrumentKind, PriceStructure
from contracting.solicitations.publishing.facts import Facts
from contracting.solicitations.publishing.terms import ORDER_LIMITS
from contracting.solicitations.states import OptionKind

BY_LINES = frozenset({OptionKind.PERIOD, OptionKind.LINE})
"""Options that bring lines of their own, on which orders are placed."""

_PERFORMED = frozenset({PriceStructure.UNIT_PRICE, PriceStructure.TIERS})
"""How the lines of a contract may be priced that takes no orders."""


def nominal_minimum(on: date) -> Dollars:
    """Up to this amount a guaranteed minimum is nominal (FAR 16.504(a)(2), R-AWD-03).

    :raises NoThreshold: if no amount is in force on that day
    """
    return Dollars(threshold("NOMINAL_MINIMUM", on).value)


@dataclass(frozen=True, slots=True)
class Fit:
    """One thing that is weighed: what is in order, or what stops the release."""

    code: str
    done: str
    page: str
    missing: str = ""


def a_kind(label: str) -> str:
    """The kind with its article: ``"an indefinite-delivery contract"``."""
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def guarantees_minimum(facts: Facts) -> bool:
    """Whether the kind of contract binds a minimum at award."""
    kind = facts.instrument
    if kind is None:
        return bool(facts.terms["instrument"] == InstrumentKind.IDIQ)
    return kind.guarantees_minimum


def fits(facts: Facts) -> Iterator[Fit]:
    """Whether the terms fit the kind of contract, on the day of release."""
    kind = facts.instrument
    label = InstrumentKind(facts.terms["instrument"]).label
    missing = "" if kind else f"A kind of contract that is awarded today, no {label}."
    yield Fit("instrument", f"It leads to {a_kind(label)}.", "publication", missing)
    if kind is None:
        return
    if not kind.guarantees_minimum:
        has_one = facts.terms["minimum_dollars"] > 0
        words = f"No guaranteed minimum: {a_kind(label)} binds none ({kind.citation})."
        done = "It guarantees no minimum."
        yield Fit("minimum_dollars", done, "terms", words if has_one else "")
    if not kind.may_be_several:
        words = f"A single award: {a_kind(label)} stands for itself."
        several = facts.terms["most_awards"] > 1
        yield Fit("single", "One award is made.", "terms", words if several else "")
    if kind.limits_each_order:
        words = (
            f"The largest {kind.order_noun} in dollars: the agreement limits each "
            f"{kind.order_noun} ({kind.citation})."
        )
        lacks = facts.terms["largest_order_dollars"] is None
        done = f"It limits each {kind.order_noun}."
        yield Fit("largest_order_dollars", done, "terms", words if lacks else "")
    if not kind.takes_orders:
        yield from _own_lines(facts, label)
    strays = sorted(facts.clauses & set(kind.without_clauses))
    if strays:
        words = f"Without {', '.join(strays)}: not for {a_kind(label)}. Take it out."
        yield Fit("clause", "", "clauses", words)


def _own_lines(facts: Facts, label: str) -> Iterator[Fit]:
    """The lines are performed themselves: quantity, place and no limits of orders."""
    stated = [words for name, words in ORDER_LIMITS.items() if facts.terms[name]]
    words = (
        f"No limits of orders, for none is placed under a {label}: leave empty "
        f"{', '.join(stated).lower()}."
    )
    done = "It states no limits of orders."
    yield Fit("order_limits", done, "terms", words if stated else "")
    wanted = sum(line.workload_tokens for line in facts.lines)
    short = wanted > facts.terms["maximum_tokens"]
    words = f"A maximum of at least {wanted:,} tokens, the quantity of its lines."
    done = "Its maximum covers the quantity of its lines."
    yield Fit("maximum_tokens", done, "terms", words if short else "")
    adding = [str(each["number"]) for each in facts.options if each["kind"] in BY_LINES]
    words = (
        f"No option with lines of its own ({', '.join(adding)}): nothing is ordered "
        f"under a {label}. More of its lines may be an option (FAR 52.217-6)."
    )
    done = "Its options add no lines."
    yield Fit("options", done, "terms", words if adding else "")
    several = len({line.boundary for line in facts.lines} - {""}) > 1
    words = f"One data boundary on all lines: a {label} is performed in one."
    done = "Its lines have one data boundary."
    yield Fit("boundary", done, "lines", words if several else "")
    others = sorted({x.clin for x in facts.lines if x.structure not in _PERFORMED})
    words = (
        f"Fixed unit prices or tiers per million tokens on CLIN {', '.join(others)}: "
        f"pools, seats, capacity and services are ordered; a {label} takes no order."
    )
    done = "Its lines are priced per million tokens."
    yield Fit("structures", done, "lines", words if others else "")
