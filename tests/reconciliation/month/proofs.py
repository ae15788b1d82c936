"""What must hold of a month, whatever its seed."""

from __future__ import annotations

from dataclasses import replace

from contracting.core.quantities import Dollars, total_dollars
from contracting.reconciliation.matching.waterfall import waterfall
from tests.reconciliation.month import faults, invoices, made
from tests.reconciliation.month.planted import Planted
from tests.reconciliation.month.truth import ORDERS
from tests.reconciliation.month.views import Views


def disjoint(seed: int, *, in_sums: bool) -> None:
    """Every planted fault is found by its name, keys and amount, and nothing else."""
    views, planted = made.faulty(seed, in_sums=in_sums)
    exact(views, planted, steps=seed % 4 < 2)


def exact(views: Views, planted: Planted, *, steps: bool = True) -> None:
    """Nothing missing, nothing more, and every amount to the last digit.

    :param steps: whether the waterfall is drawn too, which compares once more
    """
    found = made.found_in(views)
    placed = made.placed(found)
    assert placed == planted.found, _apart(placed, planted.found)
    possible = made.hidden(found)
    for place, causes in planted.causes.items():
        assert causes <= possible[place], place
    for order in ORDERS:
        sums(views, order, found[order], steps=steps)


def sums(views: Views, order: int, found: list, *, steps: bool = True) -> None:
    """All findings sum to what is invoiced less what is metered; nothing is left."""
    gap = views.asked(order) - views.owed(order)
    assert made.explained(found) == gap
    named, counted = made.named(found), made.asked_less_metered(views, order)
    for key in {*named, *counted}:
        assert named[key] == counted[key], key
    assert len({each.fingerprint for each in found}) == len(found)
    if not steps:
        return
    cents = total_dollars(each.amount for each in views.lines[order] if each.amount)
    taken = total_dollars(each.stated for each in views.credits[order])
    assert waterfall(views.match(order), asked=cents - taken).unexplained == Dollars()


def overlap(seed: int, *, in_sums: bool) -> None:
    """Sums are exact, and no name is given that was not planted, save quantities."""
    views, codes = made.overlapping(seed, in_sums=in_sums)
    for order, found in made.found_in(views).items():
        sums(views, order, found)
        strange = {str(each.code) for each in found} - {*codes, "QTY"}
        assert not strange, (seed, codes, strange)


def nothing(seed: int, *, in_sums: bool) -> None:
    """A clean month: shuffled, rounded to the cent, and no difference at all."""
    views = made.clean(seed, in_sums=in_sums)
    views.finish()
    for order, found in made.found_in(views).items():
        assert found == [], order
        sums(views, order, found)


def _apart(placed: dict, wanted: dict) -> str:
    missing = {key: each for key, each in wanted.items() if placed.get(key) != each}
    more = {key: each for key, each in placed.items() if wanted.get(key) != each}
    return f"wanted {missing}\nfound {more}"


TOGETHER = (
    invoices.price_of_another_date,
    faults.after_the_end,
    faults.on_another_order,
    faults.lost_by_the_gateway,
    faults.lost_by_the_vendor,
    faults.listed_twice,
    faults.inflated,
    faults.by_another_clock,
    faults.cached_in_full,
    faults.failed_calls_charged,
)
"""As many faults as a month has keys of their own for."""


def pieces(days: int) -> None:
    """A fault of 100 pieces, each small: nothing of it is left without a finding.

    On most days of a month it is a drift; on a few days it is so many quantities, which
    sum to the whole and are counted against the contract's cap as such.
    """
    views = made.clean(days, in_sums=False)
    kind = (11, 1, "STANDARD")
    book = views.book[1]
    rows = [r for r in book if r.kind == kind and r.token_class == "OUT_TEXT"]
    by_day: dict = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    chosen = sorted(by_day)[:days]
    for piece in range(100):
        row = by_day[chosen[piece % days]][0]
        place = next(n for n, each in enumerate(book) if each is row)
        more = replace(row, tokens=row.tokens + 1)
        book[place] = by_day[row.day][0] = more
    views.finish()
    found = made.found_in(views)[1]
    code = "SYSTEMATIC" if days > 20 else "QTY"
    assert {str(each.code) for each in found} == {code}
    assert sum(each.tokens for each in found) == 100
    sums(views, 1, found)
