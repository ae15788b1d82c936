"""Months made of a seed: clean ones, and those in which faults are planted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from contracting.core.quantities import Dollars, total_dollars
from contracting.reconciliation.calculations import compare
from contracting.reconciliation.states import LISTED, Difference, Key
from tests.reconciliation.month.faults import (
    ALL,
    NOT_MODEL_2,
    OF_MODEL_2,
    OF_ORDER_3,
    ON_TWO_ORDERS,
)
from tests.reconciliation.month.planted import Place, Planted, Scope
from tests.reconciliation.month.truth import ORDERS, START, Call, calls_of, kinds_of
from tests.reconciliation.month.views import Views

Fault = Callable[[Scope], None]
SMALL = 2
"""Calls of each kind on each day of a small month."""


def clean(seed: int, *, in_sums: bool, calls: Sequence[Call] | None = None) -> Views:
    """A month in which nothing goes wrong; the vendor cuts some calls into two rows."""
    dice = random.Random(seed)
    if calls is None:
        calls = calls_of(seed, a_day=SMALL)
    return Views(dice, calls, in_sums)


def faulty(
    seed: int,
    *,
    in_sums: bool,
    faults: Sequence[Fault] = (),
    calls: Sequence[Call] | None = None,
) -> tuple[Views, Planted]:
    """A month with one to five faults, each on keys of its own."""
    views, planted = clean(seed, in_sums=in_sums, calls=calls), Planted()
    dice = views.dice
    chosen = list(faults) or dice.sample(ALL, dice.randint(1, 5))
    taken: set = set()
    for fault in chosen:
        order, kind = _place(fault, dice, taken)
        day = (START + timedelta(days=dice.randrange(28))).date()
        fault(Scope(views, planted, order, kind, day))
    views.finish()
    return views, planted


def _place(fault: Fault, dice: random.Random, taken: set) -> tuple[int, tuple]:
    """An order and kind whose line and tier no other fault has."""
    free = [
        (order, kind)
        for order in ORDERS
        for kind in kinds_of(order)
        if (fault not in OF_MODEL_2 or kind[1] == 2)
        and (fault not in OF_ORDER_3 or order == 3)
        and (fault not in NOT_MODEL_2 or kind[1] != 2)
        and (order, kind[0], kind[2]) not in taken
        and (
            fault not in ON_TWO_ORDERS
            or (order % 3 + 1, kind[0] - order * 10 + (order % 3 + 1) * 10, kind[2])
            not in taken
        )
    ]
    order, kind = dice.choice(free)
    for each in {order, order % 3 + 1} if fault in ON_TWO_ORDERS else {order}:
        same = kind[0] - order * 10 + each * 10
        taken.add((each, same, kind[2]))
    return order, kind


def overlapping(seed: int, *, in_sums: bool) -> tuple[Views, list[str]]:
    """A month in which several faults hit the same calls of the same kind."""
    views, planted = clean(seed, in_sums=in_sums), Planted()
    dice = views.dice
    faults = dice.sample(ALL, dice.randint(2, 6))
    order = 3 if set(faults) & OF_ORDER_3 else dice.choice(ORDERS)
    model_2 = bool(set(faults) & OF_MODEL_2)
    if model_2:
        faults = [each for each in faults if each not in NOT_MODEL_2]
    kind = dice.choice([each for each in kinds_of(order) if (each[1] == 2) == model_2])
    day = (START + timedelta(days=dice.randrange(28))).date()
    for fault in faults:
        fault(Scope(views, planted, order, kind, day))
    views.finish()
    codes = {code for _, code, *_ in planted.found}
    causes = {cause for each in planted.causes.values() for cause in each}
    return views, sorted(codes | causes)


def found_in(views: Views) -> dict[int, list[Difference]]:
    """What the comparison of each order finds."""
    return {order: compare(views.match(order)) for order in ORDERS}


def placed(found: dict[int, list[Difference]]) -> dict[Place, tuple[set, Dollars]]:
    """The same by order, code, kind and time, as it was planted."""
    made: dict[Place, tuple[set, Dollars]] = {}
    for order, differences in found.items():
        for each in differences:
            place = place_of(order, each)
            classes, amount = made.get(place, (set(), Dollars()))
            made[place] = (classes | set(each.token_classes), amount + each.amount)
    return made


def place_of(order: int, each: Difference) -> Place:
    evidence = each.evidence
    start = evidence.get("period_start")
    when = evidence.get("day") or (start.isoformat() if start else "")
    kind = (each.order_line_id, evidence.get("model"), evidence.get("tier"))
    return (order, str(each.code), kind, when)  # type: ignore[return-value]


def hidden(found: dict[int, list[Difference]]) -> dict[Place, set[str]]:
    """The causes that a quantity may have, by place."""
    made: dict[Place, set[str]] = {}
    for order, differences in found.items():
        for each in differences:
            causes = each.evidence.get("candidates", ())
            made.setdefault(place_of(order, each), set()).update(causes)
    return made


def named(found: Iterable[Difference]) -> Counter[Key]:
    """Tokens too many or too few by key, as the evidence of the findings has them."""
    sizes: Counter[Key] = Counter()
    for each in found:
        if each.code in LISTED or "invoiced_usd" in each.evidence:
            continue
        evidence = each.evidence
        if "model" not in evidence or each.order_line_id is None:
            continue
        kind = (each.order_line_id, evidence["model"], evidence["tier"])
        for *_, code, tokens in evidence["keys"]:
            if "reported_as" in evidence:
                sizes[*kind, code] -= tokens
                line, model, tier = evidence["reported_as"].split()
                sizes[int(line), int(model), tier, code] += tokens
            else:
                sizes[*kind, code] += tokens
    return sizes


def asked_less_metered(views: Views, order: int) -> Counter[Key]:
    """The same counted from the invoice and the meter alone."""
    sizes: Counter[Key] = Counter()
    for line in views.lines[order]:
        sizes[line.key] += line.tokens
    for row in views.metered[order]:
        sizes[row.key] -= row.tokens
    return sizes


def explained(found: Iterable[Difference]) -> Dollars:
    """The sum of everything that is a difference of money."""
    return total_dollars(each.amount for each in found if each.code not in LISTED)
