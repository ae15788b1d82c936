"""A test that is read after each sample, drawn: what was reached is seen."""

from random import Random
from xml.etree import ElementTree

import pytest

from contracting.core.plots.sequential import (
    MOST,
    Reached,
    Sequential,
    sequential,
    thinned,
)
from contracting.core.plots.tables import Column, Table

TABLE = Table("Figures", (Column("Samples", "number"),), ((1,),))


def plot(unit, places, level=None):
    what = Sequential("test", "A <test>", "It is so.", unit, places, TABLE, level)
    return sequential(what)


def walk(seed, size):
    dice, wealth = Random(seed), 1.0
    places = []
    for n in range(1, size + 1):
        wealth *= dice.choice([0.8, 0.95, 1.0, 1.3])
        places.append(Reached(n, wealth, wealth, wealth))
    return places


@pytest.mark.parametrize("seed", range(12))
def test_a_wealth_is_drawn_inside_its_frame_at_any_size(seed):
    places = walk(seed, Random(seed).choice([2, 9, 300, 5_000]))

    made = plot("wealth", places, ("flagged at 100", 100.0))

    for text, width in ((made.wide, 720), (made.narrow, 360)):
        root = ElementTree.fromstring(text)  # noqa: S314 (our own text)
        for each in root.iter("path"):
            points = each.attrib["d"].replace("M", "").replace("L", "").split()
            numbers = [float(n) for n in points if n != "Z"]
            assert all(0 <= n <= width for n in numbers)
        assert "flagged at 100" in text
        assert "A &lt;test&gt;" in text


def test_what_was_reached_is_never_thinned_away():
    places = walk(5, 20_000)

    drawn = thinned(places)

    assert len(drawn) <= MOST + 2
    assert (drawn[0], drawn[-1]) == (places[0], places[-1])
    highest = max(places, key=lambda each: each.middle)
    assert highest in drawn
    assert [each.samples for each in drawn] == sorted({each.samples for each in drawn})


def test_an_estimate_has_a_band_and_its_axis_is_in_percent():
    places = [Reached(n, 0.01 - 1 / n, 0.01, 0.01 + 1 / n) for n in range(1, 400)]

    made = plot("share", places, ("allowance 0.5%", 0.005))

    assert "dd-plot__band" in made.wide
    assert "0%" in made.wide
    assert [key.words for key in made.legend][0] == "estimate"


def test_nothing_but_zeros_still_has_an_axis():
    made = plot("share", [Reached(n, 0.0, 0.0, 0.0) for n in range(1, 9)])

    assert "0%" in made.wide


def test_nothing_is_drawn_of_less_than_two_samples():
    nothing: list[Reached] = []
    for places in (nothing, walk(1, 1)):
        assert not plot("wealth", places).is_drawn
