"""The waterfall: each step begins where the one before it ended, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from xml.etree import ElementTree

import pytest

from contracting.core.plots.tables import Plot
from contracting.core.plots.waterfall import Down, waterfall

SVG = "{http://www.w3.org/2000/svg}"


def drawn(start: str, steps: list[Down], end: str) -> Plot:
    ends = (("Invoiced", Decimal(start)), ("Metered", Decimal(end)))
    return waterfall("why", "From invoice to meter", "It is explained.", ends, steps)


def boxes(drawing: str) -> list[tuple[float, float]]:
    """Where each bar begins and ends."""
    root = ElementTree.fromstring(drawing)  # noqa: S314 (our own text)
    rects = [each for each in root.iter() if each.tag.removeprefix(SVG) == "rect"]
    return [
        (float(each.attrib["x"]), float(each.attrib["x"]) + float(each.attrib["width"]))
        for each in rects
    ]


@pytest.mark.parametrize("seed", range(30))
def test_each_bar_begins_where_the_one_before_it_ended(seed):
    dice = Random(seed)
    amounts = [
        Decimal(dice.randint(-900, 900)) / 1000 for _ in range(dice.randint(1, 6))
    ]
    start = Decimal(dice.randint(0, 20_000))
    steps = [Down(f"STEP_{n}", amount) for n, amount in enumerate(amounts)]
    plot = drawn(str(start), steps, str(start - sum(amounts)))

    for drawing in (plot.wide, plot.narrow):
        bars = boxes(drawing)
        assert len(bars) == len(steps) + 2
        level = bars[0][1] if start >= 0 else bars[0][0]
        for amount, (low, high) in zip(amounts, bars[1:], strict=False):
            from_, to = (high, low) if amount >= 0 else (low, high)
            assert from_ == pytest.approx(level, abs=1.7)
            level = to
    assert plot.table.rows[-1][3] == start - sum(amounts)
    assert plot.table.rows[1][2] == -amounts[0]


def test_a_small_difference_of_a_great_sum_is_seen_and_said():
    plot = drawn("20000", [Down("RATE", Decimal(12))], "19988")

    low, high = boxes(plot.wide)[1]
    assert high - low > 50
    assert "The axis does not begin at zero" in plot.notes[-1]


def test_a_step_opens_its_rows_and_its_words_are_escaped():
    plot = drawn("5", [Down("<RATE>", Decimal(1), 1, "/findings/?code=a&b=c")], "4")

    root = ElementTree.fromstring(plot.wide)  # noqa: S314 (our own text)
    links = [each for each in root.iter() if each.tag.removeprefix(SVG) == "a"]
    assert [each.attrib["href"] for each in links] == ["/findings/?code=a&b=c"]
    assert "&lt;RATE&gt;" in plot.wide


def test_steps_that_do_not_lead_to_the_end_are_refused():
    with pytest.raises(ValueError, match="do not lead"):
        drawn("5", [Down("RATE", Decimal(1))], "5")
