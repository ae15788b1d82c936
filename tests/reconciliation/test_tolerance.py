"""The limits of a tolerance on values: one below, at, and one above each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.core.quantities import Dollars
from contracting.reconciliation.matching.tolerance import (
    BY_CO,
    BY_COR,
    WITHIN,
    Books,
    Counts,
    Judge,
    Sum,
    Tolerance,
    cap_of,
    payable_beyond,
)
from contracting.reconciliation.states import Difference, FindingCode

DAY = date(2026, 4, 20)
MONTH = date(2026, 4, 1)
USED = 1_000_000
TERMS = Tolerance(
    day_dollars=Dollars("25"),
    day_percent=Decimal("0.5"),
    month_percent=Decimal("0.75"),
    month_dollars=Dollars("40"),
    cap_percent=Decimal("0.25"),
    cor_percent=Decimal("2"),
    cor_dollars=Dollars("2500"),
)
LINE = 7
ORDER = Dollars("40000")  # a quarter of a percent is $100


def differs(tokens, dollars, *, day=DAY, code=FindingCode.QTY, key="r-1"):
    return Difference(
        code=code,
        order_line_id=LINE,
        token_classes=("OUT_TEXT",),
        tokens=tokens,
        amount=Dollars(dollars),
        level="REQUEST",
        evidence={
            "model": 1,
            "tier": "STANDARD",
            "day": day.isoformat(),
            "keys": [[key, 1, "OUT_TEXT", tokens]],
        },
    )


def tiers(*found, terms=TERMS, used=USED, in_month=USED, books=None):
    """The tier of each, on a line with so many tokens that day and that month."""
    ours: dict[tuple[int | None, date], int] = {
        (LINE, DAY): used,
        (LINE, date(2026, 4, 2)): in_month - used,
    }
    judge = Judge(
        found,
        Counts(ours, dict(ours), in_all=in_month),
        books or Books(ORDER),
        lambda _day: terms,
    )
    return [judge.of(each, DAY).tier for each in found]


@pytest.mark.rule("R-REC-02", case="allowed")
@pytest.mark.parametrize(
    ("tokens", "dollars", "tier"),
    [
        (4_999, "1", WITHIN),
        (5_000, "1", WITHIN),
        (5_001, "1", BY_COR),
        (-5_000, "-1", WITHIN),
        (-5_001, "-1", BY_COR),
        (1, "24.99", WITHIN),
        (1, "25", WITHIN),
        (1, "25.000000000001", BY_COR),
        (1, "25.01", BY_COR),
        (5_000, "25", WITHIN),
        (20_000, "1", BY_COR),
        (20_001, "1", BY_CO),
        (1, "2499.99", BY_COR),
        (1, "2500", BY_COR),
        (1, "2500.01", BY_CO),
    ],
)
def test_each_limit_of_a_day_holds_exactly(tokens, dollars, tier):
    assert tiers(differs(tokens, dollars)) == [tier]


def test_nothing_is_rounded_before_it_is_compared():
    terms = replace(TERMS, day_dollars=Dollars("100"), month_dollars=None)

    assert tiers(differs(1, "100"), terms=terms) == [WITHIN]
    assert tiers(differs(1, "100.002"), terms=terms) == [BY_COR]
    # 0.5 percent of 999 tokens are 4.995: five are too many
    assert tiers(differs(4, "1"), used=999, in_month=999, terms=terms) == [WITHIN]
    assert tiers(differs(5, "1"), used=999, in_month=999, terms=terms) != [WITHIN]


def test_small_money_passes_whatever_its_share():
    terms = replace(TERMS, de_minimis=Dollars("1"), month_percent=None)

    found = [
        tiers(differs(15_000, dollars), terms=terms)
        for dollars in ("0.99", "1", "1.01")
    ]

    assert found == [[WITHIN], [WITHIN], [BY_COR]]


def test_a_count_of_tokens_may_be_stated_beside_the_share():
    terms = Tolerance(day_tokens=100, day_dollars=Dollars("1"), cor_dollars=Dollars(9))

    found = [tiers(differs(n, "1"), terms=terms)[0] == WITHIN for n in (99, 100, 101)]

    assert found == [True, True, False]


@pytest.mark.parametrize(
    ("dollars", "earlier", "tier"),
    [("20", "19.99", WITHIN), ("20", "20", WITHIN), ("20", "20.01", BY_COR)],
)
def test_the_money_of_a_month_is_added_up(dollars, earlier, tier):
    books = Books(ORDER, earlier={(LINE, MONTH): Sum(1, Dollars(earlier))})

    assert tiers(differs(1, dollars), books=books) == [tier]


@pytest.mark.parametrize(
    ("tokens", "tier"), [(2_499, WITHIN), (2_500, WITHIN), (2_501, BY_COR)]
)
def test_the_tokens_of_a_month_are_added_up(tokens, tier):
    books = Books(ORDER, earlier={(LINE, MONTH): Sum(5_000, Dollars())})

    assert tiers(differs(tokens, "1"), books=books) == [tier]


@pytest.mark.parametrize(
    ("before", "tier"), [("89.99", WITHIN), ("90", WITHIN), ("90.01", BY_COR)]
)
def test_the_cap_binds_over_the_life_of_an_order(before, tier):
    assert cap_of(TERMS, ORDER) == Dollars("100")

    books = Books(ORDER, tolerated=Dollars(before))

    assert tiers(differs(1, "10"), books=books) == [tier]


def test_a_fault_in_a_hundred_pieces_is_stopped_by_the_cap():
    # Given a hundred days with a difference of $1.50 each, far inside the day's limit
    terms = replace(TERMS, month_dollars=None, month_percent=None, day_tokens=10)
    pieces = [
        differs(10, "1.5", day=date.fromordinal(DAY.toordinal() + n), key=f"r-{n}")
        for n in range(100)
    ]

    found = tiers(*pieces, terms=terms)

    # Then the first $100 are tolerated, and not a cent more
    assert found.count(WITHIN) == 66
    assert found == sorted(found)


def test_pieces_of_one_day_are_judged_together():
    # Twelve dollars pass alone; three times twelve on a day do not
    pieces = [differs(10, "12", key=f"r-{n}") for n in range(3)]

    assert tiers(*pieces[:2]) == [WITHIN, WITHIN]
    assert tiers(*pieces) == [BY_COR] * 3
    # And what is too little never makes room for what is too much
    assert tiers(pieces[0], pieces[1], differs(-10, "-12")) == [BY_COR] * 3


def test_what_a_representative_settles_is_added_up_by_month():
    pieces = [differs(10, "1000", key=f"r-{n}") for n in range(3)]

    assert tiers(*pieces) == [BY_COR, BY_COR, BY_CO]
    books = Books(ORDER, by_cor={MONTH: Dollars("1500.01")})
    assert tiers(pieces[0], books=books) == [BY_CO]


@pytest.mark.parametrize(
    "code",
    [
        each
        for each in FindingCode
        if each not in {FindingCode.QTY, FindingCode.MISSING_A, FindingCode.MISSING_B}
    ],
)
@pytest.mark.rule("R-REC-02", case="refused", held_by="verdict")
def test_what_has_a_known_cause_is_never_tolerated(code):
    assert tiers(differs(1, "0.01", code=code)) == [BY_COR]


def test_a_contract_that_states_nothing_tolerates_nothing():
    silent = Tolerance(cor_percent=Decimal(2), cor_dollars=Dollars(2500))

    assert tiers(differs(1, "0.000001"), terms=silent) == [BY_COR]


@pytest.mark.parametrize(
    ("theirs", "invoiced", "tolerated", "payable"),
    [
        (1_000_000, 1_000_000, 9, 0),
        (1_004_999, 1_010_000, 9_999, 4_999),
        (1_005_000, 1_010_000, 9_999, 5_000),
        (1_005_001, 1_010_000, 9_999, 5_000),
        (1_005_001, 1_003_000, 9_999, 3_000),
        (1_005_001, 1_010_000, 7, 7),
        (900_000, 1_010_000, 9_999, 0),
    ],
)
def test_the_payable_excess_is_the_smallest_of_all(
    theirs, invoiced, tolerated, payable
):
    found = payable_beyond(
        ours=USED,
        theirs=theirs,
        invoiced=invoiced,
        tolerated=tolerated,
        percent=Decimal("0.5"),
    )

    assert found == payable


PIECES = st.lists(
    st.tuples(
        st.integers(-6_000, 6_000).filter(bool),
        st.integers(0, 30_000_000),
        st.integers(0, 2),
        st.sampled_from([FindingCode.QTY, FindingCode.MISSING_A, FindingCode.RETRY]),
    ),
    max_size=12,
)


@settings(max_examples=150)
@given(pieces=PIECES, before=st.integers(0, 110))
def test_no_order_of_faults_passes_the_cap_or_a_day(pieces, before):
    terms = replace(TERMS, month_dollars=None, month_percent=None)
    found = [
        differs(
            tokens,
            str(Decimal(micros).scaleb(-6)),
            day=date(2026, 4, 20 + day),
            code=code,
            key=f"r-{n}",
        )
        for n, (tokens, micros, day, code) in enumerate(pieces)
    ]
    ours: dict[tuple[int | None, date], int] = {
        (LINE, date(2026, 4, 20 + day)): USED for day in range(3)
    }
    books = Books(ORDER, tolerated=Dollars(before))
    judge = Judge(found, Counts(ours, ours, in_all=USED), books, lambda _day: terms)

    within = [each for each in found if judge.of(each, DAY).tier == WITHIN]

    # Added up here from the pieces alone, in whole micro-dollars and tokens
    names = {each.evidence["keys"][0][0] for each in within}
    micros = sum(piece[1] for n, piece in enumerate(pieces) if f"r-{n}" in names)
    assert before * 10**6 + micros <= 100 * 10**6 or not names
    for day in range(3):
        of_day = [piece for piece in pieces if piece[2] == day]
        tokens = sum(abs(piece[0]) for piece in of_day)
        if tokens > 5_000 or sum(piece[1] for piece in of_day) > 25 * 10**6:
            assert not any(
                f"r-{n}" in names for n, piece in enumerate(pieces) if piece[2] == day
            )
    assert all(each.code != FindingCode.RETRY for each in within)
