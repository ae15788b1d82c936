"""A contract's content, what a modification makes of it, and what differs.

Everything here works on the plain content that a signature signs: the base, changed by
the signed modifications in the order of their signatures, is the conformed contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from contracting.contracts.calculations import (
    content,
    price_from,
    price_said,
    volume_said,
    volumes_of,
)
from contracting.contracts.models import Contract
from contracting.core.canonical import plain
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars as money
from contracting.modifications.calculations import drafts, words
from contracting.modifications.models import ContractModification, Novation, OnRamp
from contracting.modifications.states import (
    ONE_SIDED,
    ModificationKind,
    Moved,
)
from contracting.solicitations.publishing.changes import Change
from contracting.solicitations.publishing.options import dollars_of

plain_line = drafts.plain_line
plain_unit_rate = drafts.plain_unit_rate
plain_rate = drafts.plain_rate
TERMS = words.TERMS
CONTRACTOR = words.CONTRACTOR
contractor_in_words = words.contractor_in_words
DOLLARS = words.DOLLARS
DAYS = words.DAYS
WORDS = words.WORDS
COUNTS = words.COUNTS
is_by_unit = words.is_by_unit
in_words = words.in_words
option_in_words = words.option_in_words
units_in_words = words.units_in_words
term_in_words = words.term_in_words
rate_label = words.rate_label
price_in_words = words.price_in_words

ADMINISTRATIVE: Final = frozenset({"title"})
"""The terms that touch nobody's rights: the Government changes them alone."""

OLD_PRICE: Final = ("model", "class", "tier", "context_band", "boundary")
"""What two prices must agree in for the later one to take the other's place."""


def plain_term(name: str, value: Any) -> Any:
    """A term as the content has it."""
    is_amount = name in DOLLARS and value is not None
    return plain(Dollars(value) if is_amount else value)


def applied(
    base: Mapping[str, Any], modification: ContractModification
) -> dict[str, Any]:
    """The content of the contract once the modification is signed."""
    after: dict[str, Any] = deepcopy(dict(base))
    after.update(modification.terms)
    if modification.successor is not None:
        after["vendor"] = modification.successor.public_id
        after.pop("contractor_name", None)
    _give_back(after, Decimal(base["minimum_dollars"]))
    _bear(after, modification)
    until = orders_end(modification)
    for line in after["lines"]:
        if until is not None and "orders_until" not in line:
            line["orders_until"] = until.isoformat()
    for line in modification.new_lines:
        bare: dict[str, Any] = {"rates": [], "funding": []}
        if is_by_unit(line):
            bare["unit_rates"] = []
        after["lines"].append({**line, **bare})
    lines = {line["clin"]: line for line in after["lines"]}
    for clin, ceiling in modification.line_ceilings.items():
        lines[clin]["ceiling_dollars"] = ceiling
    for rate in modification.rates:
        line = lines[rate["clin"]]
        row = {name: value for name, value in rate.items() if name != "clin"}
        line["rates"] = [*_before(line["rates"], row), row]
    for rate in modification.unit_rates:
        line = lines[rate["clin"]]
        row = {name: value for name, value in rate.items() if name != "clin"}
        line["unit_rates"] = [*_before(line["unit_rates"], row), row]
    _apply_options(after, modification)
    after["lines"].sort(key=lambda line: line["clin"])
    for line in after["lines"]:
        line["rates"].sort(key=lambda rate: (rate["slin"], rate["from"]))
    return after


def _give_back(after: dict[str, Any], minimum_before: Decimal) -> None:
    """Take from the funds of the minimum what it is lowered by, the last ones first."""
    left = minimum_before - Decimal(after["minimum_dollars"])
    if left <= 0:
        return
    for line in sorted(after["lines"], key=lambda each: each["clin"], reverse=True):
        kept = []
        for part in reversed(line["funding"]):
            taken = min(left, Decimal(part["dollars"]))
            left -= taken
            if taken < Decimal(part["dollars"]):
                rest = plain(Decimal(part["dollars"]) - taken)
                kept.append({**part, "dollars": rest} if taken else part)
        line["funding"] = kept[::-1]


def raised_minimum(modification: ContractModification) -> Dollars:
    """What the guaranteed minimum is raised by, if it is."""
    before = Decimal(modification.base_content["minimum_dollars"])
    after = Decimal(modification.terms.get("minimum_dollars", before))
    return Dollars(max(after - before, Decimal(0)))


def _bear(after: dict[str, Any], modification: ContractModification) -> None:
    """Put what the minimum is raised by on the funds that are certified for it."""
    funds = modification.minimum_funds
    more = raised_minimum(modification).amount
    if not funds or not more:
        return
    line = next(each for each in after["lines"] if each["clin"] == funds["clin"])
    parts = {part["acrn"]: part for part in line["funding"]}
    part = parts.get(funds["acrn"])
    had = Decimal(part["dollars"]) if part else Decimal(0)
    parts[funds["acrn"]] = {
        "acrn": funds["acrn"],
        "line_of_accounting": funds["line_of_accounting"],
        "dollars": plain(had + more),
    }
    line["funding"] = [parts[acrn] for acrn in sorted(parts)]


def orders_end(modification: ContractModification) -> date | None:
    """The last day for orders on the lines that an option period's lines follow."""
    first = modification.exercises.get("first_day")
    if not first or not modification.new_lines:
        return None
    return date.fromisoformat(first) - timedelta(days=1)


def _apply_options(after: dict[str, Any], modification: ContractModification) -> None:
    """Add the options that it adds, and mark the one that it exercises."""
    options = [*after.get("options", ()), *modification.new_options]
    exercised = modification.exercises
    for option in options:
        if exercised and option["number"] == exercised["number"]:
            option.update({**exercised, "is_exercised": True})
    if options:
        after["options"] = sorted(options, key=lambda option: option["number"])


def replaces(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a price takes the place of another from its first instant on.

    A line that is bought by the unit has one price at a time.
    """
    return all(new.get(name) == old.get(name) for name in OLD_PRICE) and (
        old["to"] is None or old["to"] > new["from"]
    )


def _before(
    rates: Iterable[dict[str, Any]], new: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The prices that stand beside a new one; what it replaces ends where it begins."""
    for old in rates:
        if not replaces(new, old):
            yield old
        elif old["from"] < new["from"]:
            yield {**old, "to": new["from"]}


def modification_content(modification: ContractModification) -> dict[str, Any]:
    """Every term of a modification, for its hash."""
    named = (
        *("kind", "series", "administering_office", "authority", "citation"),
        *("description", "is_within_scope", "scope", "consideration", "price_memo"),
        *("credit_memo", "effective_on", "terms", "line_ceilings", "new_lines"),
        *("rates", "base_version"),
    )
    made: dict[str, Any] = plain(
        {
            "contract": modification.contract.public_id,
            **{name: getattr(modification, name) for name in named},
        }
    )
    if modification.unit_rates:
        made["unit_rates"] = modification.unit_rates
    for name in ("new_options", "exercises"):
        if getattr(modification, name):
            made[name] = getattr(modification, name)
    if modification.successor is not None:
        made["successor"] = modification.successor.public_id
    on_ramp = OnRamp.objects.filter(modification=modification.pk).first()
    novation = Novation.objects.filter(modification=modification.pk).first()
    if novation is not None:
        rests_on = ("transferred_on", *NOVATION_NAMES)
        made["novation"] = plain({name: getattr(novation, name) for name in rests_on})
    return made | ({"on_ramp": _on_ramp(on_ramp)} if on_ramp else {})


NOVATION_NAMES: Final = (
    *("instrument", "instrument_sha256", "agreement", "agreement_sha256"),
    *("capability", "guarantee"),
)
"""What a novation says in words, and by the hash of a file."""


def _on_ramp(on_ramp: OnRamp) -> dict[str, Any]:
    named = (
        *("corpus", "corpus_sha256", "model_tokens", "reference_tokens"),
        *("predecessor_tokens", "counted_by", "security_evidence", "security_sha256"),
        *("documents", "price_exception"),
    )
    return {
        "model": on_ramp.model.snapshot,
        "predecessor": on_ramp.predecessor.snapshot if on_ramp.predecessor else "",
        **{name: getattr(on_ramp, name) for name in named},
    }


def content_after(modification: ContractModification) -> dict[str, Any]:
    """What the contract would read, on the text on which this was drafted."""
    return applied(modification.base_content, modification)


def changes_of(modification: ContractModification) -> list[Change]:
    """Before and after of a modification, term by term (FAR 43.301)."""
    return differences(modification.base_content, content_after(modification))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every term that differs between two contents, in the order of the document."""
    old, new = dict(in_words(before)), dict(in_words(after))
    if before["vendor"] != after["vendor"]:
        old, new = (
            {CONTRACTOR: contractor_in_words(each["vendor"]), **said}
            for each, said in ((before, old), (after, new))
        )
    return [
        Change(label, old.get(label, ""), new.get(label, ""))
        for label in dict.fromkeys([*new, *old])
        if old.get(label, "") != new.get(label, "")
    ]


def figures(modification: ContractModification) -> list[Moved]:
    """What it does to money, tokens and days: before, after and the difference."""
    before, after = modification.base_content, content_after(modification)
    rows = [
        _moved(TERMS[name], name, before.get(name), after.get(name))
        for name in TERMS
        if name not in WORDS and before.get(name) != after.get(name)
    ]
    old = {line["clin"]: line["ceiling_dollars"] for line in before["lines"]}
    for line in after["lines"]:
        was = old.get(line["clin"], "0")
        if was != line["ceiling_dollars"]:
            label = f"Line {line['clin']}, not to exceed"
            rows.append(_moved(label, "ceiling_dollars", was, line["ceiling_dollars"]))
    return rows + [_price_moved(*each) for each in replacements(modification)]


def _price_moved(rate: dict[str, Any], standing: list[dict[str, Any]]) -> Moved:
    """A price beside the lowest that it replaces; a table or a multiplier in words."""
    label = f"Price of {rate_label(rate)}"
    said = price_said if volume_said(rate) else _money_of
    if not standing:
        return Moved(label, "", said(rate), "new")
    old = min(standing, key=lambda each: Decimal(each["price"]))
    if said is price_said:
        change = "rises" if is_dearer(rate, standing) else "does not rise"
    else:
        change = _signed_money(Decimal(rate["price"]) - Decimal(old["price"]))
    return Moved(label, said(old), said(rate), change)


def _money_of(rate: Mapping[str, Any]) -> str:
    return str(money(rate["price"]))


def _moved(label: str, name: str, before: Any, after: Any) -> Moved:
    old, new = term_in_words(name, before), term_in_words(name, after)
    if before is None or after is None:
        return Moved(label, old, new, new)
    if name in DAYS:
        days = (date.fromisoformat(after) - date.fromisoformat(before)).days
        return Moved(label, old, new, f"{days:+,} days")
    if name in DOLLARS:
        change = _signed_money(Decimal(after) - Decimal(before))
        return Moved(label, old, new, change)
    if name in words.PERCENTS:
        return Moved(label, old, new, f"{Decimal(after) - Decimal(before):+f}")
    return Moved(label, old, new, f"{after - before:+,}")


def _signed_money(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else '+'}{money(abs(amount))}"


def replacements(
    modification: ContractModification,
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each price of it with those whose place it takes; none where it is new."""
    lines = {line["clin"]: line for line in modification.base_content["lines"]}
    for kind in ("rates", "unit_rates"):
        for rate in getattr(modification, kind):
            standing = lines.get(rate["clin"], {}).get(kind, ())
            yield rate, [old for old in standing if replaces(rate, old)]


def prices_moved(
    modification: ContractModification,
) -> list[tuple[dict[str, Any], Decimal | None]]:
    """Each price of it with the lowest that it replaces; none where it is new.

    A rise against any of them is a rise.
    """
    return [
        (rate, min((Decimal(old["price"]) for old in standing), default=None))
        for rate, standing in replacements(modification)
    ]


def is_dearer(new: Mapping[str, Any], standing: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a price is above one of others, at its first step or at any volume."""
    return any(
        Decimal(new["price"]) > Decimal(old["price"])
        or any(price_from(new, at) > price_from(old, at) for at in volumes_of(new, old))
        for old in standing
    )


def raised(modification: ContractModification) -> list[str]:
    """The prices that rise, in words."""
    return [
        f"{rate_label(rate)}: from {money(was)} to {money(rate['price'])}"
        for rate, was in prices_moved(modification)
        if was is not None and Decimal(rate["price"]) > was
    ] + [
        f"{rate_label(rate)}: {price_in_words(old)} becomes {price_in_words(rate)}"
        for rate, standing in replacements(modification)
        for old in standing
        if is_dearer(rate, [old]) and Decimal(rate["price"]) <= Decimal(old["price"])
    ]


def added(modification: ContractModification) -> list[str]:
    """The prices that are new on the contract, in words."""
    return [
        f"{rate_label(rate)}: {money(rate['price'])}"
        for rate, was in prices_moved(modification)
        if was is None
    ]


def adds(modification: ContractModification) -> bool:
    """Whether more may be bought by it, for longer, or at a new or dearer price."""
    before, after = modification.base_content, content_after(modification)
    old = {line["clin"]: Decimal(line["ceiling_dollars"]) for line in before["lines"]}
    if modification.new_options:
        return True
    return bool(
        added(modification)
        or raised(modification)
        or Decimal(after["ceiling_dollars"]) > Decimal(before["ceiling_dollars"])
        or after["ceiling_tokens"] > before["ceiling_tokens"]
        or after["ordering_end"] > before["ordering_end"]
        or any(
            Decimal(line["ceiling_dollars"]) > old.get(line["clin"], Decimal(0))
            for line in after["lines"]
        )
    )


def absolute_change(modification: ContractModification) -> Dollars:
    """The largest of what moves in its minimum, its ceiling and those of its lines.

    Options that are added count in full; of an exercise, what the ceiling rises by.
    """
    before, after = modification.base_content, content_after(modification)
    contract = abs(
        Decimal(after["ceiling_dollars"]) - Decimal(before["ceiling_dollars"])
    )
    contract += dollars_of(modification.new_options).amount
    if modification.kind == ModificationKind.OPTION:
        return Dollars(contract)
    old = {line["clin"]: Decimal(line["ceiling_dollars"]) for line in before["lines"]}
    lines = sum(
        (
            abs(Decimal(line["ceiling_dollars"]) - old.get(line["clin"], Decimal(0)))
            for line in after["lines"]
        ),
        Decimal(0),
    )
    minimum = abs(
        Decimal(after["minimum_dollars"]) - Decimal(before["minimum_dollars"])
    )
    return Dollars(max(contract, lines, minimum))


def needs_both_signatures(modification: ContractModification) -> list[str]:
    """What the Government cannot change alone (FAR 43.103, 52.212-4(c)).

    Only what touches nobody's rights, and what the vendor has agreed to beforehand by a
    clause of the contract, is the Government's own.
    """
    if modification.kind in ONE_SIDED:
        return []
    found = [CONTRACTOR] if modification.successor_id else []
    found += [TERMS[name] for name in modification.terms if name not in ADMINISTRATIVE]
    found += [f"Line {clin}, not to exceed" for clin in modification.line_ceilings]
    found += [f"Line {line['clin']}" for line in modification.new_lines]
    found += [
        f"Price of {rate_label(rate)}"
        for rate in [*modification.rates, *modification.unit_rates]
    ]
    found += [f"Option {option['number']}" for option in modification.new_options]
    return found


def conformed_on(
    contract: Contract, signed: Sequence[ContractModification], day: date
) -> tuple[dict[str, Any], list[ContractModification]]:
    """The contract as it reads on a day, and the modifications that made it so.

    A modification counts from its effective date on; one whose prices begin later from
    its signature on, since each price names its own first day.

    :param signed: every signed modification, in the order of the signatures
    """
    if not signed:
        return content(contract), []
    told = [each for each in signed if min(each.effective_on, signed_on(each)) <= day]
    found: dict[str, Any] = signed[0].base_content
    for each in told:
        found = applied(found, each)
    return found, told


def signed_on(modification: ContractModification) -> date:
    """The day of the signature in the contract's time zone."""
    signed_at = modification.issued_at
    zone = modification.contract.time_zone
    return accounting_day(signed_at, zone) if signed_at else date.max


def ceiling_moved(modification: ContractModification) -> str:
    """What happens to the ceiling in dollars, for block 14 (FAR 43.301)."""
    before = Decimal(modification.base_content["ceiling_dollars"])
    after = Decimal(modification.terms.get("ceiling_dollars", before))
    if before == after:
        return "does not change"
    word = "rises" if after > before else "falls"
    return f"{word} by {money(abs(after - before))}"
