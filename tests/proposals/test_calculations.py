"""Cells, pasted cells and the time that is left."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.core.quantities import Dollars
from contracting.proposals import calculations
from contracting.proposals.calculations import CellUnreadable, price_of
from contracting.reference.models import TokenClass
from contracting.solicitations.models import SolicitationLine


def line(slin, label, *, clin="0001", tokens=1_000_000):
    return SolicitationLine(
        slin=slin,
        clin=clin,
        public_id=f"sln_{slin}",
        token_class=TokenClass(label=label),
        workload_tokens=tokens,
    )


LINES = [
    line("0001AA", "Input"),
    line("0001AB", "Output"),
    line("0002AA", "Input", clin="0002"),
    line("0002AB", "Output", clin="0002"),
]


def cells(zeros=(), **prices):
    content = {"prices": {f"000{k[1:]}": v for k, v in prices.items()}, "zeros": zeros}
    return calculations.cells_of(LINES, content)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2.5", "2.5"),
        (" $ 2.50 ", "2.50"),
        ("1,250.00", "1250.00"),
        ("US$3", "3"),
        (".5", "0.5"),
        ("0.000001", "0.000001"),
    ],
)
def test_a_price_is_read_as_people_write_it(typed, meant):
    assert price_of(typed).usd_per_million_tokens == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["cheap", "2,5", "-1", "1e3", "1000000", "0.0000001", "NaN", "٣", "."]
)
def test_what_is_no_price_is_refused_in_words(typed):
    with pytest.raises(CellUnreadable) as refusal:
        price_of(typed)

    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("typed", ["2,500", "$1,234", "12,000"])
def test_a_comma_before_three_digits_is_asked_about(typed):
    with pytest.raises(CellUnreadable, match=r"read as \d+ and as \d+\.\d{3}"):
        price_of(typed)


def test_a_price_that_a_decimal_comma_cut_in_two_is_not_taken():
    # As a spreadsheet of another country writes 2,5 into a file with commas
    found = calculations.pasted("Line,Price\n0001AA,2,5\n0001AB,3", cells())

    assert found.prices == {"0001AB": "3"}
    assert "The row of line 0001AA has 3 cells" in found.unplaced[0]
    # Its own way of separating cells keeps the price whole, and then it is named
    whole = calculations.pasted("Line;Price\n0001AA;2,5\n0001AB;3", cells())
    assert whole.prices == {"0001AA": "2,5", "0001AB": "3"}
    empty = calculations.pasted("Line\tPrice\n0001AA\t2.5\t\n", cells())
    assert (empty.prices, empty.unplaced) == ({"0001AA": "2.5"}, [])


@pytest.mark.parametrize(
    "text", ["0001AA,2,5\n0001AB,3,5", "2,5\n3,5", "2,5\n3.5\n4\n", "0001AA,Input,2,5"]
)
def test_a_comma_that_may_part_cells_or_decimals_places_nothing(text):
    found = calculations.pasted(text, cells())

    assert found.prices == {}
    assert "A comma stands between two figures" in found.unplaced[0]


def test_an_empty_cell_takes_no_price_away_and_two_figures_give_none():
    # A merged cell, a column at the end, and a line without a figure
    rows = "0001AA\tInput\t2.5\t\n0001AB\t\t\n0002AA\n0002AB\tb\t4"
    assert calculations.pasted(rows, cells()).prices == {"0001AA": "2.5", "0002AB": "4"}
    grid = calculations.pasted("1\t\n3\t4", cells())
    assert grid.prices == {"0001AA": "1", "0002AA": "3", "0002AB": "4"}

    # The same line twice: alike, and with two figures
    twice = calculations.pasted("0001AA\t1\n0001AA\t1\n0001AB\t2\n0001AB\t3", cells())
    assert twice.prices == {"0001AA": "1"}
    assert "Line 0001AB has two figures" in twice.unplaced[0]


def test_what_a_spreadsheet_adds_is_no_part_of_a_figure():
    # The mark at the start of a file, and a line break inside a cell
    assert calculations.pasted("\ufeff0001AA\t1", cells()).prices == {"0001AA": "1"}
    broken = calculations.pasted('"2\n5"\n3\n4\n5', cells()).prices["0001AA"]
    with pytest.raises(CellUnreadable):
        price_of(broken)


def test_a_paste_that_is_no_table_is_refused_in_a_few_words():
    endless = calculations.pasted("0001AA\t" + "9" * 200_000, cells())
    assert endless.prices == {}
    assert "no table" in endless.unplaced[0]

    many = "0001AA\t1\n" + "".join(f"9{n:03}AA\t1\n" for n in range(500))
    found = calculations.pasted(many, cells())
    assert found.prices == {"0001AA": "1"}
    assert len(found.unplaced) == 11
    assert found.unplaced[-1] == "And 490 rows more of this kind."


def test_an_empty_cell_is_not_priced_and_zero_wants_to_be_confirmed():
    first, second, third, _last = cells(zeros=["0002AA"], _1AA="", _1AB="0", _2AA="0")

    assert "Not priced" in first.problem
    assert "Confirm it" in second.problem
    assert third.problem == ""
    assert third.priced.amount.amount == 0


def test_there_is_a_total_once_every_line_is_priced():
    assert calculations.total_of(cells(_1AA="1", _1AB="2", _2AA="3")) is None
    whole = calculations.total_of(cells(_1AA="1", _1AB="2", _2AA="3", _2AB="4.5"))
    assert whole == Dollars("10.5")


def test_a_sheet_has_a_row_for_each_clin_and_a_column_for_each_class():
    grid = calculations.grid_of(cells())

    assert grid.classes == ["Input", "Output"]
    assert [[c.line.slin for c in row.cells if c] for row in grid.rows] == [
        ["0001AA", "0001AB"],
        ["0002AA", "0002AB"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1\n2\n3\n4",
        "1\t2\r\n3\t4\r\n",
        "1;2\n3;4",
        "Line,Class,Price\n0001AA,Input,1\n0001ab,Output,2\n0002AA,a,3\n0002AB,b,4",
        '0001AA\t"Input, text"\t1\n0001AB\tx\t2\n0002AA\ty\t3\n0002AB\tz\t4',
    ],
)
def test_pasted_cells_find_their_lines(text):
    found = calculations.pasted(text, cells())

    assert found.prices == {"0001AA": "1", "0001AB": "2", "0002AA": "3", "0002AB": "4"}
    assert found.unplaced == []


def test_what_cannot_be_placed_is_said():
    assert calculations.pasted("1\t2\t3", cells()).prices == {}
    assert "2 rows and 2 columns" in calculations.pasted("1\t2\t3", cells()).unplaced[0]
    unknown = calculations.pasted("0001AA\t1\n0009AA\t2", cells())
    assert unknown.unplaced == ["There is no line 0009AA in the schedule."]
    assert "2 prices were pasted" in calculations.pasted("1\n2", cells()).unplaced[0]
    assert calculations.pasted("nothing here", cells()).prices == {}


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=4360), "01:12:40"),
        (timedelta(days=1, seconds=1), "1 day 00:00:01"),
        (timedelta(days=12, hours=3), "12 days 03:00:00"),
        (timedelta(seconds=-5), "00:00:00"),
    ],
)
def test_what_is_left_is_told_to_the_second(left, words):
    assert calculations.left_words(left) == words
