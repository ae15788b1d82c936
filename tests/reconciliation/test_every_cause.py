"""Every cause by its own name where it is certain, and no guess where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reconciliation.calculations import compare, inputs_sha256
from contracting.reconciliation.states import (
    Credited,
    Difference,
    FindingCode,
    Limit,
    Match,
    Metered,
    Rate,
    Reported,
)
from tests.reconciliation.test_calculations import (
    DAY,
    END,
    KIND,
    LINE,
    RATES,
    START,
    invoiced,
    match,
    metered,
    only,
    reported,
)


def told(found: list[Difference]) -> set[tuple[Any, ...]]:
    return {(each.code, each.tokens, each.amount) for each in found}


def asked_less_metered(views: Match) -> Dollars:
    asked = total_dollars(r.price.of(Tokens(r.tokens)) for r in views.invoiced)
    said = total_dollars(r.price.of(Tokens(r.tokens)) for r in views.reported)
    ours = total_dollars(r.price.of(Tokens(r.tokens)) for r in views.metered)
    return (asked if views.invoiced else said) - ours


# Calls


def test_reasoning_counted_as_text_is_its_own_cause():
    a = [metered("r1", "OUT_TEXT", 60), metered("r1", "OUT_REASONING", 40)]
    b = [reported("r1", "OUT_TEXT", 100)]

    one = only(compare(match(a, b)))

    assert (one.code, one.tokens, one.amount) == (FindingCode.REASONING, 40, Dollars())


def test_a_call_that_failed_and_is_billed_is_no_retry():
    # Given a call that failed, is not charged and was tried again with success
    failed = [metered("r1", "IN_UNCACHED", 100), metered("r1", "OUT_TEXT", 7)]
    a = [metered("r1", "OUT_TEXT", 90, attempt=2)]
    again = reported("r1", "OUT_TEXT", 90, attempt=2)

    # When the vendor reports both, and its input twice
    b = [
        again,
        reported("r1", "IN_UNCACHED", 100),
        reported("r1", "IN_UNCACHED", 100),
        reported("r1", "OUT_TEXT", 7),
    ]
    found = compare(match(a, b, uncharged=tuple(failed)))

    # Then nothing of it is due, and the copy is a copy
    assert told(found) == {
        (FindingCode.FAILED_CHARGED, 107, Dollars("0.00032")),
        (FindingCode.DUPLICATE, 100, Dollars("0.00025")),
    }
    assert compare(match(a, [again], uncharged=tuple(failed))) == []


def test_output_that_is_free_and_billed_beside_input_that_is_charged():
    a = [metered("r1", "IN_UNCACHED", 100)]
    free = (metered("r1", "OUT_TEXT", 50),)
    b = [reported("r1", "IN_UNCACHED", 100), reported("r1", "OUT_TEXT", 50)]

    one = only(compare(match(a, b, uncharged=free)))

    assert (one.code, one.tokens) == (FindingCode.FAILED_CHARGED, 50)


def test_a_call_that_stands_on_another_order_is_wrongly_attributed():
    b = [reported("r1", "OUT_TEXT", 100)]
    a = [metered("r1", "OUT_TEXT", 100)]
    attempt = frozenset({("r1", 1)})

    here = only(compare(match([], b, metered_elsewhere=attempt)))
    there = only(compare(match(a, [], reported_elsewhere=attempt)))

    assert (here.code, here.tokens) == (FindingCode.ATTRIBUTION, 100)
    assert (there.code, there.tokens) == (FindingCode.ATTRIBUTION, -100)


def test_a_call_on_another_line_of_the_same_model_is_wrongly_attributed():
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [replace(reported("r1", "OUT_TEXT", 100), order_line_id=9)]

    one = only(compare(match(a, b)))

    assert (one.code, one.tokens) == (FindingCode.ATTRIBUTION, 100)
    assert one.evidence["reported_as"] == "9 3 STANDARD"


def test_a_call_after_the_last_day_of_performance():
    b = [reported("r1", "OUT_TEXT", 100)]
    ended = (START - timedelta(days=9), START)

    one = only(compare(match([], b, performance=ended)))

    assert (one.code, one.tokens) == (FindingCode.OUT_OF_POP, 100)


@pytest.mark.parametrize("factor", [1_000, 1_000_000])
def test_another_unit_shows_on_every_row_of_a_day(factor):
    a = [metered(f"r{n}", "OUT_TEXT", 100 + n) for n in range(3)]
    b = [reported(f"r{n}", "OUT_TEXT", (100 + n) * factor) for n in range(3)]

    one = only(compare(match(a, b)))

    assert (one.code, one.tokens) == (FindingCode.UNIT, 303 * (factor - 1))
    assert one.evidence["told_by"] == [f"every row times {factor:,}"]


def test_thousands_are_a_unit_whether_cut_or_rounded():
    counts = [650_001, 400_999, 12_345]
    a = [metered(f"r{n}", "OUT_TEXT", size) for n, size in enumerate(counts)]
    b = [reported(f"r{n}", "OUT_TEXT", s) for n, s in enumerate([650, 401, 12])]

    assert only(compare(match(a, b))).code == FindingCode.UNIT


def test_another_unit_is_never_guessed_from_one_row():
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100_000)]
    others = ([metered("r2", "OUT_TEXT", 5)], [reported("r2", "OUT_TEXT", 5)])

    assert only(compare(match(a, b))).code == FindingCode.QTY
    assert only(compare(match(a + others[0], b + others[1]))).code == FindingCode.QTY


def test_calls_rounded_up_are_a_rounding_from_the_fourth_on():
    counts = [101, 250, 399, 1]
    a = [metered(f"r{n}", "OUT_TEXT", size) for n, size in enumerate(counts)]
    b = [
        reported(f"r{n}", "OUT_TEXT", -(-size // 100) * 100)
        for n, size in enumerate(counts)
    ]

    one = only(compare(match(a, b)))
    three = compare(match(a[:3], b[:3]))

    assert (one.code, one.tokens) == (FindingCode.ROUNDING, 249)
    assert {each.code for each in three} == {FindingCode.QTY}


# Days


def daily(days: int, wrong: int, gap: int = 2) -> tuple[list[Metered], list[Reported]]:
    """A call of 1,000 tokens on each day, of which so many are counted otherwise."""
    a, b = [], []
    for number in range(days):
        when = START + timedelta(days=number)
        row = replace(
            metered(f"r{number}", "OUT_TEXT", 1_000, occurred_at=when),
            day=DAY + timedelta(days=number),
        )
        more = gap if number < wrong else 0
        a.append(row)
        theirs = reported(f"r{number}", "OUT_TEXT", 1_000 + more, occurred_at=when)
        b.append(replace(theirs, day=row.day))
    return a, b


@pytest.mark.parametrize(
    ("days", "wrong", "codes"),
    [
        (20, 17, {FindingCode.SYSTEMATIC}),
        (20, 16, {FindingCode.QTY}),
        (19, 19, {FindingCode.QTY}),
        (40, 20, {FindingCode.SYSTEMATIC}),
    ],
)
@pytest.mark.parametrize("gap", [2, -2])
def test_a_drift_is_the_same_sign_on_more_than_four_days_in_five(
    days, wrong, codes, gap
):
    a, b = daily(days, wrong, gap)

    found = compare(match(a, b, covered=((START, START + timedelta(days=99)),)))

    assert {each.code for each in found} == codes
    assert sum(each.tokens for each in found) == gap * wrong
    assert len(found) == wrong


def test_days_that_were_compared_before_count_as_days_of_use():
    a, b = daily(17, 17)
    more = {((*KIND, "OUT_TEXT"), DAY + timedelta(days=n)): 4 for n in range(17, 20)}
    whole: dict[str, Any] = {"covered": ((START, START + timedelta(days=99)),)}

    alone = compare(match(a, b, **whole))
    found = compare(match(a, b, agreed=more, **whole))

    assert {each.code for each in alone} == {FindingCode.QTY}
    assert {each.code for each in found} == {FindingCode.SYSTEMATIC}


# Invoice


def test_the_price_of_another_date_is_told_from_another_price():
    rates = {
        **RATES,
        (*KIND, "OUT_TEXT"): (
            Rate(START - timedelta(days=5), START, UnitPrice("12")),
            Rate(START, None, UnitPrice("10")),
        ),
    }
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100)]

    def found(price: str) -> Difference:
        line = invoiced(1, "OUT_TEXT", 100, UnitPrice(price))
        return only(compare(match(a, b, [line], rates=rates)))

    assert told([found("12")]) == {(FindingCode.RATE_DATE, 100, Dollars("0.0002"))}
    assert told([found("13")]) == {(FindingCode.RATE, 100, Dollars("0.0003"))}


def test_a_line_over_a_change_of_price_at_the_first_of_both():
    half = START + timedelta(minutes=30)
    rates = {
        (*KIND, "OUT_TEXT"): (
            Rate(START, half, UnitPrice("10")),
            Rate(half, None, UnitPrice("8")),
        )
    }
    late: dict[str, Any] = {"occurred_at": half}
    a = [replace(metered("r1", "OUT_TEXT", 100, **late), price=UnitPrice("8"))]
    b = [replace(reported("r1", "OUT_TEXT", 100, **late), price=UnitPrice("8"))]

    found = compare(match(a, b, [invoiced(1, "OUT_TEXT", 100)], rates=rates))

    assert told(found) == {(FindingCode.RATE_DATE, 100, Dollars("0.0002"))}


def test_a_price_for_another_unit_shows_on_every_line():
    a = [metered("r1", "OUT_TEXT", 100), metered("r1", "IN_UNCACHED", 200)]
    b = [reported(r.request_id, r.token_class, r.tokens) for r in a]
    lines = [
        invoiced(1, "OUT_TEXT", 100, UnitPrice("0.01")),
        invoiced(2, "IN_UNCACHED", 200, UnitPrice("0.0025")),
    ]

    whole = compare(match(a, b, lines))
    half = compare(match(a, b, [lines[0], invoiced(2, "IN_UNCACHED", 200)]))

    assert {each.code for each in whole} == {FindingCode.UNIT}
    assert {each.code for each in half} == {FindingCode.RATE}


def test_quantities_of_an_invoice_in_thousands():
    a = [metered("r1", "OUT_TEXT", 50_001), metered("r1", "IN_UNCACHED", 200_000)]
    b = [reported(r.request_id, r.token_class, r.tokens) for r in a]
    lines = [invoiced(1, "OUT_TEXT", 50), invoiced(2, "IN_UNCACHED", 200)]
    views = match(a, b, lines, invoice_period=(START, END))

    found = compare(views)

    assert [each.code for each in found] == [FindingCode.UNIT] * 2
    assert total_dollars(each.amount for each in found) == asked_less_metered(views)


def test_a_class_billed_on_another_line_of_the_order():
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100)]
    line = replace(invoiced(1, "OUT_TEXT", 100), order_line_id=9)
    other = replace(invoiced(1, "OUT_TEXT", 100), model_id=8)

    moved = only(compare(match(a, b, [line], invoice_period=(START, END))))
    named = only(compare(match(a, b, [other], invoice_period=(START, END))))

    assert (moved.code, moved.tokens) == (FindingCode.ATTRIBUTION, 100)
    assert (named.code, named.tokens) == (FindingCode.MODEL_ALIAS, 100)


@pytest.mark.parametrize(
    ("stated", "gap"), [("0.01", Dollars("0.01")), ("0.00", None), (None, None)]
)
def test_an_extension_is_rounded_half_up_and_only_so(stated, gap):
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100)]
    amount = Dollars(stated) if stated else None
    line = replace(invoiced(1, "OUT_TEXT", 100), amount=amount)

    found = compare(match(a, b, [line]))

    expected = {(FindingCode.ROUNDING, 0, gap)} if gap else set()
    assert told(found) == expected


# Credits, funds and ceilings


@pytest.mark.parametrize(
    ("is_for_service", "code"),
    [(False, FindingCode.CREDIT_MISSING), (True, FindingCode.SLA_CREDIT)],
)
def test_a_credit_that_is_due_is_on_the_invoice(is_for_service, code):
    due = Credited("cre_1", LINE, Dollars("12.50"), Dollars(), is_for_service)
    part = replace(due, stated=Dollars("2.50"))
    whole = replace(due, stated=Dollars("12.50"))

    assert told(compare(match(credits=(due,)))) == {(code, 0, Dollars("12.50"))}
    assert told(compare(match(credits=(part,)))) == {(code, 0, Dollars(10))}
    assert compare(match(credits=(whole,))) == []


def test_what_is_beyond_the_ceiling_is_not_unfunded_as_well():
    used = Limit(LINE, 1_000, Dollars(10), 900, Dollars(8))
    rest = ((LINE, 400, Dollars(4)),)

    found = compare(match(limits=(used,), unfunded=rest))

    assert told(found) == {
        (FindingCode.OVER_CEILING, 100, Dollars(2)),
        (FindingCode.UNFUNDED, 300, Dollars(2)),
    }
    within = Limit(LINE, 1_000, Dollars(10), 1_000, Dollars(10))
    assert compare(match(limits=(within,))) == []


def test_whatever_a_comparison_depends_on_is_in_its_hash():
    views = [
        match(),
        match(uncharged=(metered("r1", "OUT_TEXT", 1),)),
        match(limits=(Limit(LINE, 1, Dollars(), None, None),)),
        match(credits=(Credited("c", None, Dollars(1), Dollars()),)),
        match(metered_elsewhere=frozenset({("r1", 1)})),
        match(reported_elsewhere=frozenset({("r1", 1)})),
        match(performance=(START, END)),
        match(bucketed=((START, END),)),
        match(agreed={((*KIND, "OUT_TEXT"), DAY): 1}),
        match(c=[replace(invoiced(1, "OUT_TEXT", 1), amount=Dollars("0.01"))]),
        match(versions=(("contract", "P00001"),)),
    ]

    assert len({inputs_sha256(each) for each in views}) == len(views)
