"""Differences that look alike: each has its own name, and honest input has none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracting.core.quantities import Dollars
from contracting.reconciliation.calculations import cells, compare
from contracting.reconciliation.states import FindingCode
from tests.reconciliation.test_calculations import (
    END,
    PRICES,
    START,
    invoiced,
    match,
    metered,
    only,
    reported,
)


def test_classes_billed_in_other_periods_than_each_other_agree():
    half = START + timedelta(minutes=30)
    a = [
        metered("r1", "IN_UNCACHED", 70),
        metered("r1", "OUT_TEXT", 9),
        metered("r2", "IN_UNCACHED", 30, occurred_at=half),
    ]
    b = [
        reported(r.request_id, r.token_class, r.tokens, occurred_at=r.occurred_at)
        for r in a
    ]
    c = [
        invoiced(1, "IN_UNCACHED", 70, span=(START, half)),
        invoiced(2, "IN_UNCACHED", 30, span=(half, END)),
        invoiced(3, "OUT_TEXT", 9),
    ]
    whole = match(a, b, c, invoice_period=(START, END))

    assert compare(whole) == []
    assert all(cell.agrees for cell in cells(whole, {}))


def test_several_calls_of_one_attempt_are_no_copies():
    a = [
        metered("r1", "OUT_TEXT", 10, event_id="e1"),
        metered("r1", "OUT_TEXT", 20, event_id="e2"),
    ]
    rows = [reported("r1", "OUT_TEXT", 10), reported("r1", "OUT_TEXT", 20)]

    assert compare(match(a, rows)) == []
    one = only(compare(match(a, [*rows, reported("r1", "OUT_TEXT", 20)])))
    assert (one.code, one.tokens) == (FindingCode.DUPLICATE, 20)


def test_tokens_do_not_shift_from_output_to_input():
    a = [metered("r1", "IN_UNCACHED", 10), metered("r1", "OUT_TEXT", 10)]
    b = [reported("r1", "IN_UNCACHED", 15), reported("r1", "OUT_TEXT", 5)]

    assert {(each.code, each.tokens) for each in compare(match(a, b))} == {
        (FindingCode.QTY, 5),
        (FindingCode.QTY, -5),
    }


def test_cached_input_beside_another_error_keeps_its_own_code():
    a = [
        metered("r1", "IN_UNCACHED", 10),
        metered("r1", "IN_CACHE_READ", 40),
        metered("r1", "OUT_TEXT", 9),
        metered("r1", "OUT_REASONING", 6),
    ]
    b = [reported(r.request_id, r.token_class, r.tokens) for r in a]
    lines = {"IN_UNCACHED": 50, "OUT_TEXT": 12, "OUT_REASONING": 3}
    c = [invoiced(n, code, size) for n, (code, size) in enumerate(lines.items())]
    more = [*c[:1], invoiced(1, "OUT_TEXT", 10), invoiced(2, "OUT_REASONING", 6)]

    shifted = compare(match(a, b, c, invoice_period=(START, END)))
    added = compare(match(a, b, more, invoice_period=(START, END)))

    assert {(each.code, each.tokens) for each in shifted} == {
        (FindingCode.CACHE, 40),
        (FindingCode.REASONING, 3),
    }
    assert {(each.code, each.tokens) for each in added} == {
        (FindingCode.CACHE, 40),
        (FindingCode.QTY, 1),
    }


def test_cached_input_on_its_own_line_at_the_uncached_price_is_cache():
    a = [metered("r1", "IN_CACHE_READ", 100)]
    b = [reported("r1", "IN_CACHE_READ", 100)]
    line = invoiced(1, "IN_CACHE_READ", 100, PRICES["IN_UNCACHED"])

    one = only(compare(match(a, b, [line])))

    assert (one.code, one.tokens, one.amount) == (
        FindingCode.CACHE,
        100,
        Dollars("0.000125"),
    )


def test_a_line_cut_by_the_vendors_clock_is_a_cut_off_or_nothing():
    half = START + timedelta(minutes=30)
    when: dict[str, Any] = {"occurred_at": half - timedelta(seconds=1)}
    said: dict[str, Any] = {**when, "said_at": half}
    a = [metered("r1", "OUT_TEXT", 100, **said)]
    b = [reported("r1", "OUT_TEXT", 100, **said)]
    ours = [invoiced(1, "OUT_TEXT", 100, span=(START, half))]
    theirs = [
        invoiced(1, "OUT_TEXT", 0, span=(START, half)),
        invoiced(2, "OUT_TEXT", 100, span=(half, END)),
    ]

    assert compare(match(a, b, ours)) == []
    assert compare(match(a, b, theirs)) == []
    assert all(cell.agrees for cell in cells(match(a, b, theirs), {}))
    one = only(compare(match(a, b, theirs[1:])))
    assert (one.code, one.tokens) == (FindingCode.TZ_CUTOFF, 100)
