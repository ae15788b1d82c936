"""The database tells apart what differs; row by row, the same is found.

Random usage and reports go through the real doors into the real tables. The oracle is
the pure comparison of every single row.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from contracting.core.periods import accounting_day, days_bounds
from contracting.reconciliation import queries
from contracting.reconciliation.calculations import compare
from contracting.reconciliation.matching import apart, inputs, usage
from contracting.reconciliation.matching.reading import (
    Asked,
    Days,
    days_within,
    question_of,
    read_by_row,
    read_parts,
)
from contracting.reconciliation.matching.usage import rates_of
from tests.builders_billing import COMPARED_AT, HOUR, invoiced, reported, stated
from tests.two_sides import (
    CLASSES,
    ENDED,
    FIRST,
    content_of,
    counted_by_the_gateway,
    told_by_the_vendor,
    world_of,
)


def both_ways(order, span, invoice, at):
    """The match as the database tells it, and with every row by itself."""
    zone = order.contract.time_zone
    last = accounting_day(span[1] - inputs.MICROSECOND, zone)
    days = Days(accounting_day(span[0], zone), last)
    rates = rates_of(order)
    rows = read_by_row(Asked(order, days, rates, at))
    return (
        inputs.match_of(order, span, invoice=invoice, at=at),
        inputs.match_of_parts(order, span, rows, rates, invoice=invoice, at=at),
    )


def found(order, match):
    """Every difference and every cell, as they go into the hash of the result."""
    differences = compare(match)
    return (
        [(each.code, each.tokens, each.evidence) for each in differences],
        queries.result_sha256(match, queries.cells_of(order, match), differences),
    )


@pytest.fixture
def cut_small(monkeypatch):
    """Every slice of the time is joined in five pieces, few as its calls may be."""

    def pieces(question, _):
        return [
            piece
            for place, (starts, ends) in enumerate(pairwise(question.cuts), 1)
            for piece in apart.parts_of(place, starts, ends, 5)
        ]

    monkeypatch.setattr(apart, "pieces_of", pieces)


@pytest.mark.parametrize("seed", range(8))
def test_the_database_finds_what_is_found_row_by_row(order, seed, request):
    if seed % 2:
        request.getfixturevalue("cut_small")
    world = world_of(seed)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    span = inputs.usage_span(order)

    for at in (ENDED, COMPARED_AT):
        told, by_row = both_ways(order, span, None, at)
        assert found(order, told) == found(order, by_row)


@pytest.mark.parametrize("seed", range(300, 303))
def test_a_class_without_tokens_agrees_in_whichever_piece_it_lies(
    order, seed, cut_small
):
    world = world_of(seed, tells_zeros=True)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    span = inputs.usage_span(order)

    for at in (ENDED, COMPARED_AT):
        told, by_row = both_ways(order, span, None, at)
        assert found(order, told) == found(order, by_row)


@pytest.mark.parametrize("seed", range(100, 104))
def test_an_invoice_is_compared_alike_row_by_row(order, seed, request):
    if seed % 2:
        request.getfixturevalue("cut_small")
    # Given lines that are cut in the middle of a day, by the vendor's clock
    world = world_of(seed)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    middle = HOUR[0] + timedelta(hours=world.dice.randrange(1, 9))
    lines = [
        stated(code, 5_000, period_start=start, period_end=end)
        for code in CLASSES
        for start, end in ((FIRST, middle), (middle, HOUR[0] + timedelta(days=1)))
    ]
    span = (FIRST, HOUR[0] + timedelta(days=1))
    invoice = invoiced(order, lines, period_start=span[0], period_end=span[1])

    told, by_row = both_ways(order, span, invoice, COMPARED_AT)

    assert found(order, told) == found(order, by_row)


@pytest.mark.parametrize("seed", [1, 3, 300])
def test_call_by_call_some_requests_at_once_are_all_rows(order, seed, monkeypatch):
    # Given calls of both sides on some days, and requests that are asked for by threes
    world = world_of(seed, tells_zeros=seed == 300)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    monkeypatch.setattr(usage, "AT_ONCE", 3)
    used = inputs.usage_span(order)
    assert used is not None
    first, last = days_within(used, order.contract.time_zone)
    for days in (Days(first, last), Days(first + timedelta(days=1), last)):
        span = days_bounds(*days, order.contract.time_zone)

        # When they are read request by request
        rows = list(inputs.calls_of(order, (span.start, span.end)))

        # Then they are the rows that are read all at once
        parts = read_by_row(Asked(order, days, rates_of(order), COMPARED_AT))
        for is_ours, whole in ((True, parts.metered()), (False, parts.reported())):
            some = [row for row, ours in rows if ours is is_ours]
            assert sorted(map(str, some)) == sorted(map(str, whole))
            assert some or not whole


def test_a_day_is_the_same_alone_or_among_all(order):
    for seed in range(200, 203):
        world = world_of(seed)
        world.metered = [
            replace(r, request=f"{seed}-{r.request}") for r in world.metered
        ]
        world.told = [replace(r, request=f"{seed}-{r.request}") for r in world.told]
        counted_by_the_gateway(order, replace(world, dice=random.Random(3)))
        content = content_of(world.told)
        reported(
            order,
            label=f"S-{seed}",
            content=content,
            period_start=FIRST - timedelta(days=1),
            period_end=ENDED,
            at=COMPARED_AT,
        )
    rates, first = rates_of(order), accounting_day(FIRST, order.contract.time_zone)
    days = Days(first, first + timedelta(days=4))

    whole = read_parts(Asked(order, days, rates, COMPARED_AT)).days

    for day, part in whole.items():
        alone = read_parts(Asked(order, Days(day, day), rates, COMPARED_AT)).days
        assert sorted(map(str, alone[day].metered)) == sorted(map(str, part.metered))
        assert sorted(map(str, alone[day].reported)) == sorted(map(str, part.reported))
        assert set(alone[day].agreed) == set(part.agreed)
        assert alone[day].digest == part.digest


def test_the_time_is_cut_into_pieces_without_a_gap(order):
    rates = rates_of(order)
    day = accounting_day(FIRST, order.contract.time_zone)
    asked = Asked(order, Days(day, day), rates, COMPARED_AT)
    question = question_of(asked)
    last = len(question.cuts) - 1
    some = [40_000] * last
    for apart_by in (timedelta(), timedelta(minutes=3), timedelta(hours=5)):
        for sizes in ([0] * last, some, [5, *[90_000] * (last - 1)]):
            asked_of = replace(question, sizes=sizes)
            pieces = apart.pieces_of(asked_of, apart_by)

            edges = [(piece.starts, piece.ends) for piece in pieces]
            ends = [edges[0][0], edges[-1][1]]
            assert ends == [question.cuts[0], question.cuts[-1]]
            assert all(a[1] == b[0] for a, b in pairwise(edges))
            for piece in pieces:
                assert question.cuts[piece.first - 1] <= piece.starts
                assert piece.ends <= question.cuts[piece.last]

    # The further the clocks are apart, the longer are the pieces
    counts = [
        len(apart.pieces_of(replace(question, sizes=some), timedelta(minutes=minutes)))
        for minutes in (0, 3, 10, 300)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 1
