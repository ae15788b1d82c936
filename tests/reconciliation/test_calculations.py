"""The three-way match finds exactly what was planted, and nothing in a clean month."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.operate.story import truth
from contracting.reconciliation.calculations import cells, compare, rate_at
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Invoiced,
    Match,
    Metered,
    Rate,
    Reported,
)

LINE, MODEL = 7, 3
KIND = (LINE, MODEL, "STANDARD")
PRICES = {
    "IN_UNCACHED": UnitPrice("2.50"),
    "IN_CACHE_READ": UnitPrice("1.25"),
    "OUT_TEXT": UnitPrice("10"),
    "OUT_REASONING": UnitPrice("10"),
}
START = datetime(2026, 4, 6, 13, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
DAY = date(2026, 4, 6)
RATES = {
    (*KIND, code): (Rate(START - timedelta(days=5), None, price),)
    for code, price in PRICES.items()
}
CODES = {name: code for code, name in truth.SHORT_NAMES.items()}


def metered(request: str, code: str, tokens: int, **more: Any) -> Metered:
    """A line of our meter."""
    given: dict[str, Any] = {
        "attempt": 1,
        "occurred_at": START + timedelta(minutes=5),
        **more,
    }
    return Metered(
        request_id=request,
        order_line_id=LINE,
        model_id=MODEL,
        token_class=code,
        tier="STANDARD",
        day=DAY,
        tokens=tokens,
        price=PRICES[code],
        **given,
    )


def reported(
    request: str, code: str, tokens: int, *, is_late: bool = False, **more: Any
) -> Reported:
    """A row of the vendor's report."""
    same = metered(request, code, tokens, **more)
    return Reported(
        **{name: getattr(same, name) for name in Metered.__slots__}, is_late=is_late
    )


def invoiced(
    number: int,
    code: str,
    tokens: int,
    price: UnitPrice | None = None,
    span: tuple[datetime, datetime] = (START, END),
) -> Invoiced:
    """A line of the invoice."""
    return Invoiced(
        invoice_line_id=number,
        order_line_id=LINE,
        model_id=MODEL,
        token_class=code,
        tier="STANDARD",
        start=span[0],
        end=span[1],
        tokens=tokens,
        price=price or PRICES[code],
        rate=PRICES[code],
    )


def match(
    a: list[Metered] | None = None,
    b: list[Reported] | None = None,
    c: list[Invoiced] | None = None,
    **more: Any,
) -> Match:
    """The three views; the report covers the hour unless a test says otherwise."""
    given: dict[str, Any] = {"covered": ((START, END),), "rates": RATES, **more}
    return Match(tuple(a or ()), tuple(b or ()), tuple(c or ()), **given)


def only(found: list[Difference]) -> Difference:
    (one,) = found
    return one


# The demonstration: real calls, three views, five planted faults


def told() -> truth.Truth:
    return truth.read_truth(
        day_shift=timedelta(days=870),
        prices=PRICES,
        wrong_price=UnitPrice("11"),
    )


def views(story: truth.Truth) -> Match:
    """What the gateway, the vendor's two reports and its invoice say of one truth."""
    day = story.start.date()
    a = [
        metered(
            call.request_id,
            code,
            count,
            attempt=call.attempt,
            occurred_at=call.occurred_at,
        )
        for call in story.calls
        for code, count in call.tokens.items()
        if count
    ]
    b = [
        reported(
            row["request_id"],
            CODES[row["class"]],
            row["tokens"],
            attempt=row["attempt"],
            occurred_at=datetime.fromisoformat(row["occurred_at"]),
            is_late=late,
        )
        for late in (False, True)
        for row in truth.report_rows(story, late=late, model="any")
    ]
    c = [
        invoiced(
            number,
            row["token_class"],
            row["tokens"],
            UnitPrice(row["unit_price"]),
            (row["period_start"], row["period_end"]),
        )
        for number, row in enumerate(truth.invoice_lines(story), start=1)
    ]
    rates = {key: (Rate(story.start, None, p[0].price),) for key, p in RATES.items()}
    whole = (story.start, story.end)
    return Match(
        tuple(replace(row, day=day) for row in a),
        tuple(replace(row, day=day) for row in b),
        tuple(c),
        covered=(whole,),
        rates=rates,
        invoice_period=whole,
    )


def test_the_five_planted_faults_are_found_each_with_its_exact_amount():
    story = told()

    found = compare(views(story))

    assert {
        (each.code, tuple(sorted(each.token_classes)), each.tokens, each.amount)
        for each in found
    } == {
        (each.code, tuple(sorted(each.classes)), each.tokens, each.amount)
        for each in truth.planted(story)
    }
    assert len(found) == 5
    assert [each.code for each in found if each.arrived] == [FindingCode.LATE_REPORT]


def test_the_order_in_which_rows_arrive_changes_nothing():
    three = views(told())
    dice = random.Random(7)
    a, b, c = list(three.metered), list(three.reported), list(three.invoiced)
    dice.shuffle(a)
    dice.shuffle(b)
    dice.shuffle(c)
    shuffled = replace(three, metered=tuple(a), reported=tuple(b), invoiced=tuple(c))

    assert [each.fingerprint for each in compare(shuffled)] == [
        each.fingerprint for each in compare(three)
    ]


def test_a_clean_month_has_no_difference():
    story = told()
    three = views(story)
    honest = tuple(
        Reported(**{n: getattr(row, n) for n in Metered.__slots__}, is_late=False)
        for row in three.metered
    )
    lines: list[Invoiced] = []
    for part in story.parts:
        start, end = story.part_bounds(part)
        for code in truth.CLASSES:
            tokens = sum(
                row.tokens
                for row in three.metered
                if row.token_class == code and start <= row.occurred_at < end
            )
            if tokens:
                lines.append(invoiced(len(lines), code, tokens, span=(start, end)))

    found = compare(replace(three, reported=honest, invoiced=tuple(lines)))

    assert found == []


def test_the_cells_tie_to_the_three_views():
    three = views(told())

    made = cells(three, {})

    assert sum(cell.a_tokens for cell in made) == sum(r.tokens for r in three.metered)
    assert sum(cell.b_tokens for cell in made) == sum(r.tokens for r in three.reported)
    assert sum(cell.c_tokens or 0 for cell in made) == sum(
        line.tokens for line in three.invoiced
    )
    assert total_dollars(cell.a_dollars for cell in made) == total_dollars(
        row.price.of(Tokens(row.tokens)) for row in three.metered
    )


# One difference at a time


def test_three_equal_views_agree():
    found = compare(
        match(
            [metered("r1", "OUT_TEXT", 100)],
            [reported("r1", "OUT_TEXT", 100)],
            [invoiced(1, "OUT_TEXT", 100)],
            invoice_period=(START, END),
        )
    )

    assert found == []


@pytest.mark.parametrize(
    ("a", "b", "code", "tokens", "amount"),
    [
        ([], [("r1", 1, 100)], FindingCode.MISSING_A, 100, "0.001"),
        ([("r1", 1, 100)], [], FindingCode.MISSING_B, -100, "-0.001"),
        (
            [("r1", 2, 9)],
            [("r1", 2, 9), ("r1", 1, 100)],
            FindingCode.RETRY,
            100,
            "0.001",
        ),
        (
            [("r1", 1, 9)],
            [("r1", 1, 9), ("r1", 1, 9)],
            FindingCode.DUPLICATE,
            9,
            "0.00009",
        ),
        ([("r1", 1, 100)], [("r1", 1, 99)], FindingCode.QTY, -1, "-0.00001"),
        ([("r1", 1, 100)], [("r1", 1, 101)], FindingCode.QTY, 1, "0.00001"),
    ],
)
def test_meter_and_report_are_compared_attempt_by_attempt(a, b, code, tokens, amount):
    found = compare(
        match(
            [metered(r, "OUT_TEXT", n, attempt=k) for r, k, n in a],
            [reported(r, "OUT_TEXT", n, attempt=k) for r, k, n in b],
        )
    )

    one = only(found)
    assert (one.code, one.tokens, one.amount) == (code, tokens, Dollars(amount))
    assert one.level == "REQUEST"


def test_two_copies_with_other_counts_do_not_depend_on_their_order():
    a = [metered("r1", "OUT_TEXT", 100)]
    rows = [reported("r1", "OUT_TEXT", 100), reported("r1", "OUT_TEXT", 90)]

    for b in (rows, rows[::-1]):
        one = only(compare(match(a, b)))
        assert (one.code, one.tokens) == (FindingCode.DUPLICATE, 90)


def test_too_much_and_too_little_do_not_cancel_out():
    a = [metered("r1", "OUT_TEXT", 100), metered("r2", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 105), reported("r2", "OUT_TEXT", 95)]

    assert sorted(each.tokens for each in compare(match(a, b))) == [-5, 5]


def test_cached_input_reported_as_uncached_is_one_finding_over_two_classes():
    a = [metered("r1", "IN_UNCACHED", 10), metered("r1", "IN_CACHE_READ", 40)]
    b = [reported("r1", "IN_UNCACHED", 50)]

    one = only(compare(match(a, b)))

    assert (one.code, one.tokens) == (FindingCode.CACHE, 40)
    assert one.token_classes == ("IN_CACHE_READ", "IN_UNCACHED")
    assert one.amount == Dollars(Decimal("0.00005"))


def test_other_classes_of_the_same_sum_are_a_shift():
    a = [metered("r1", "IN_UNCACHED", 60), metered("r1", "IN_CACHE_READ", 40)]
    b = [reported("r1", "IN_UNCACHED", 50), reported("r1", "IN_CACHE_READ", 50)]

    one = only(compare(match(a, b)))

    assert (one.code, one.tokens, one.amount) == (
        FindingCode.CLASS_SHIFT,
        10,
        Dollars("-0.0000125"),
    )


def test_a_row_without_tokens_is_no_difference():
    a = [metered("r1", "OUT_TEXT", 5)]
    b = [reported("r1", "OUT_TEXT", 5), reported("r1", "OUT_REASONING", 0)]

    assert compare(match(a, [*b, reported("r9", "OUT_TEXT", 0)])) == []


def test_what_no_report_covers_is_late_only_once_its_day_is_due():
    a = [metered("r1", "OUT_TEXT", 100)]

    assert compare(match(a, covered=())) == []
    one = only(compare(match(a, covered=(), overdue=frozenset({DAY}))))
    assert (one.code, one.arrived) == (FindingCode.LATE_REPORT, False)


def test_late_rows_are_the_same_finding_before_and_after_they_arrive():
    a = [metered("r1", "OUT_TEXT", 100)]
    before = only(compare(match(a, covered=(), overdue=frozenset({DAY}))))
    after = only(compare(match(a, [reported("r1", "OUT_TEXT", 100, is_late=True)])))

    assert (before.fingerprint, after.arrived) == (after.fingerprint, True)


@pytest.mark.rule("R-INV-04", case="refused", held_by="verdict")
def test_another_price_than_the_one_in_force_is_a_discrepancy():
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100)]

    one = only(compare(match(a, b, [invoiced(1, "OUT_TEXT", 100, UnitPrice("11"))])))

    assert (one.code, one.tokens, one.amount) == (
        FindingCode.RATE,
        100,
        Dollars("0.0001"),
    )


@pytest.mark.rule("R-INV-04", case="allowed")
def test_the_price_in_force_on_the_day_of_use_agrees():
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100)]

    assert compare(match(a, b, [invoiced(1, "OUT_TEXT", 100)])) == []


def test_a_price_is_the_one_whose_period_contains_the_instant():
    rates = {
        (*KIND, "OUT_TEXT"): (
            Rate(START, END, UnitPrice("10")),
            Rate(END, None, UnitPrice("8")),
        )
    }

    assert rate_at(rates, (*KIND, "OUT_TEXT"), START) == UnitPrice("10")
    assert rate_at(rates, (*KIND, "OUT_TEXT"), END) == UnitPrice("8")
    assert rate_at(rates, (*KIND, "OUT_TEXT"), START - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("counted", "billed", "code", "tokens"),
    [
        (100, 101, FindingCode.QTY, 1),
        (100, 99, FindingCode.QTY, -1),
        (0, 100, FindingCode.EXTRA_C, 100),
    ],
)
def test_the_invoice_is_compared_with_the_report(counted, billed, code, tokens):
    a = [metered("r1", "OUT_TEXT", counted)]
    b = [reported("r1", "OUT_TEXT", counted)]

    one = only(compare(match(a, b, [invoiced(1, "OUT_TEXT", billed)])))

    assert (one.code, one.tokens, one.level) == (code, tokens, "AGGREGATE")


def test_what_is_reported_and_on_no_invoice_is_a_difference():
    a = [metered("r1", "OUT_TEXT", 100)]
    b = [reported("r1", "OUT_TEXT", 100)]
    half = START + timedelta(minutes=30)
    lines = [invoiced(1, "OUT_TEXT", 0, span=(half, END))]

    one = only(compare(match(a, b, lines, invoice_period=(START, END))))
    assert (one.code, one.tokens, one.amount) == (
        FindingCode.QTY,
        -100,
        Dollars("-0.001"),
    )
    elsewhere = (((*KIND, "OUT_TEXT"), (START, half)),)
    again = match(
        a, b, lines, invoice_period=(START, END), invoiced_elsewhere=elsewhere
    )
    assert compare(again) == []


def test_a_class_without_a_price_is_wrong_in_its_whole_amount():
    line = replace(invoiced(1, "OUT_TEXT", 100, UnitPrice("10")), rate=UnitPrice(0))

    found = compare(match(c=[line], rates={}))

    assert {each.code: each.amount for each in found} == {
        FindingCode.RATE: Dollars("0.001"),
        FindingCode.EXTRA_C: Dollars(),
    }


def test_unfunded_usage_is_a_finding_of_its_line():
    one = only(compare(match(unfunded=((LINE, 12, Dollars("0.00012")),))))

    assert (one.code, one.order_line_id, one.amount) == (
        FindingCode.UNFUNDED,
        LINE,
        Dollars("0.00012"),
    )


# Whatever goes wrong, and however much of it


def any_hour(seed: int) -> Match:
    """Random calls, of which some go wrong on either side and on the invoice."""
    dice = random.Random(seed)
    a: list[Metered] = []
    b: list[Reported] = []
    for number in range(40):
        when = START + timedelta(minutes=number)
        attempt = dice.choice([1, 1, 1, 2])
        for code in dice.sample(sorted(PRICES), dice.randint(1, 4)):
            tokens = dice.randint(0, 9_999)
            name = f"r{number}"
            same: dict[str, Any] = {"attempt": attempt, "occurred_at": when}
            fate = dice.choice(["right"] * 6 + ["a", "b", "twice", "other", "shift"])
            if fate != "a":
                a.append(metered(name, code, tokens, **same))
            if fate != "b":
                other = dice.randint(0, 99) if fate == "other" else tokens
                as_code = dice.choice(sorted(PRICES)) if fate == "shift" else code
                b.append(reported(name, as_code, other, **same))
            if fate == "twice":
                b.append(reported(name, code, tokens, **same))
    c: list[Invoiced] = []
    for part in range(4):
        span = (
            START + timedelta(minutes=15 * part),
            START + timedelta(minutes=15 * part + 15),
        )
        for code in PRICES:
            if dice.random() < 0.9:
                counted = sum(
                    r.tokens
                    for r in b
                    if r.token_class == code and span[0] <= r.occurred_at < span[1]
                )
                wrong = dice.choice([0, 0, 0, 1, -1, 500])
                price = dice.choice([PRICES[code]] * 4 + [UnitPrice("7.77")])
                c.append(invoiced(len(c), code, max(counted + wrong, 0), price, span))
    return match(a, b, c, invoice_period=(START, END))


@pytest.mark.parametrize("seed", range(60))
def test_all_differences_sum_to_what_is_invoiced_less_what_is_metered(seed):
    hour = any_hour(seed)

    found = compare(hour)

    ours = total_dollars(r.price.of(Tokens(r.tokens)) for r in hour.metered)
    asked = total_dollars(r.price.of(Tokens(r.tokens)) for r in hour.invoiced)
    assert total_dollars(each.amount for each in found) == asked - ours
    assert len({each.fingerprint for each in found}) == len(found)
