"""Plots say their sentence, and their drawings, tables and files hold the same."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from contracting.core.plots import bullet, mix, scales, strips, words
from contracting.core.plots.burn_down import (
    NARROW,
    WIDE,
    Ahead,
    BurnDown,
    Mark,
    burn_down,
    placed_marks,
)
from contracting.core.plots.strips import Expected, Hour, HourState
from contracting.core.plots.tables import Column, Plot, Table

FIRST = date(2026, 10, 1)
LAST = date(2027, 9, 30)
NEW_YORK = ZoneInfo("America/New_York")
CANARY = '<script>alert("x")</script>&'


def elements(drawing: str) -> ElementTree.Element:
    """The drawing as a parser reads it: it is well formed."""
    return ElementTree.fromstring(drawing)  # noqa: S314 (our own text)


def texts(drawing: str) -> list[str]:
    return [each.text or "" for each in elements(drawing).iter("text")]


def boxes(drawing: str) -> list[tuple[float, float, float, float]]:
    """What each label covers at most: left, top, right, bottom."""
    found = []
    for each in elements(drawing).iter("text"):
        width = scales.width_of(each.text or "")
        x, y = float(each.attrib["x"]), float(each.attrib["y"])
        left = {"start": x, "middle": x - width / 2, "end": x - width}
        start = left[each.attrib["text-anchor"]]
        found.append((start, y - 10, start + width, y + 2))
    return found


def overlapping(drawing: str) -> list[tuple[str, str]]:
    said, covers = texts(drawing), boxes(drawing)
    return [
        (said[a], said[b])
        for a, one in enumerate(covers)
        for b, two in enumerate(covers[:a])
        if one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
    ]


def a_burn_down(days: int = 150, **changed) -> BurnDown:
    left = [(FIRST + timedelta(days=n), Decimal(40_000 - 200 * n)) for n in range(days)]
    given: dict[str, Any] = {
        "name": "funds",
        "title": "Funds left, in US dollars",
        "sentence": "Funds end on 14 Mar 2027.",
        "unit": "dollars",
        "first": FIRST,
        "last": LAST,
        "left": left,
        "plan": [(FIRST, Decimal(40_000)), (LAST, Decimal(0))],
    }
    return BurnDown(**(given | changed))


def every_plot(label: str = "0001") -> list[Plot]:
    start = datetime(2026, 10, 29, 4, tzinfo=UTC)
    states = [HourState.RECEIVED, HourState.EMPTY, HourState.MISSING, HourState.LATE]
    hours = [
        Hour(start + timedelta(hours=n), states[n // 5 % 4], n % 3) for n in range(169)
    ]
    buckets = [
        mix.Bucket(
            FIRST + timedelta(days=n),
            FIRST + timedelta(days=n),
            {"input": 1_000 * n, "output": 77 * n, "reasoning": 5},
            {"input": Decimal(n), "output": Decimal(3 * n), "reasoning": Decimal(1)},
        )
        for n in range(40)
    ]
    days = [
        Expected(
            FIRST + timedelta(days=n),
            Decimal(330 if n in (5, 6, 20) else 100),
            Decimal(80),
            Decimal(100),
            Decimal(120),
            label if n == 20 else "",
        )
        for n in range(40)
    ]
    ahead = [
        Ahead(FIRST + timedelta(days=150 + n), Decimal(0), Decimal(500), Decimal(900))
        for n in range(20)
    ]
    return [
        burn_down(
            a_burn_down(
                ahead=ahead,
                marks=[
                    Mark(FIRST + timedelta(days=60 + n), f"{label}", label)
                    for n in range(5)
                ],
                levels=[("Obligated", Decimal(40_000)), ("Ceiling", Decimal(41_000))],
                ends_on=FIRST + timedelta(days=200),
                notes=[label],
            )
        ),
        mix.mix(mix.Mix("mix", buckets)),
        mix.mix(mix.Mix("cost", buckets, "dollars")),
        bullet.bullet(
            "lines",
            [bullet.Line(label, Decimal(50), Decimal(60), Decimal(90), Decimal(10))],
        ),
        strips.feed_health("feed", label, hours, NEW_YORK, [label]),
        strips.anomalies("odd", days, "tokens", [label]),
    ]


@pytest.mark.parametrize("plot", every_plot(), ids=lambda plot: plot.name)
def test_a_drawing_says_its_sentence_and_has_no_style_of_its_own(plot):
    for drawing in (plot.wide, plot.narrow):
        root = elements(drawing)
        title, desc = root.find("title"), root.find("desc")
        assert title is not None
        assert desc is not None
        assert desc.text is not None
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == (
            f"{title.attrib['id']} {desc.attrib['id']}"
        )
        assert title.text == plot.title
        assert desc.text.startswith(plot.sentence)
        assert not [each for each in root.iter() if "style" in each.attrib]
        assert not [each for each in root.iter() if each.tag in {"style", "script"}]


@pytest.mark.parametrize("plot", every_plot(), ids=lambda plot: plot.name)
def test_no_label_of_a_drawing_lies_on_another_or_outside(plot):
    for drawing in (plot.wide, plot.narrow):
        width = float(elements(drawing).attrib["viewBox"].split()[2])
        height = float(elements(drawing).attrib["viewBox"].split()[3])
        assert overlapping(drawing) == []
        for left, top, right, bottom in boxes(drawing):
            assert left >= -1
            assert right <= width + 1
            assert top >= 0
            assert bottom <= height


@pytest.mark.parametrize("plot", every_plot(CANARY), ids=lambda plot: plot.name)
def test_a_name_with_markup_in_it_stays_words(plot):
    page = Template("{% load drawdown %}{% show_plot plot '/x.csv' %}").render(
        Context({"plot": plot})
    )

    assert "<script" not in page
    assert elements(plot.wide) is not None
    assert elements(plot.narrow) is not None


def test_the_ids_of_all_drawings_of_a_page_differ():
    drawings = "".join(
        plot.wide + plot.narrow + "".join(key.mark for key in plot.legend)
        for plot in every_plot()
    )

    ids = re.findall(r' id="([^"]+)"', drawings)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("seed", range(50))
def test_shares_add_up_to_a_hundred(seed):
    draw = Random(seed)  # noqa: S311 (a test's numbers)
    parts = [draw.choice([0, 1, 2, 3, draw.randrange(10**12)]) for _ in range(7)]

    shares = words.shares(parts)

    expected = Decimal("100.0") if sum(parts) else Decimal(0)
    assert sum(shares) == expected
    for part, share in zip(parts, shares, strict=True):
        exact = Decimal(part) * 100 / sum(parts) if sum(parts) else Decimal(0)
        assert abs(share - exact) < Decimal("0.1")


def test_three_equal_parts_add_up_all_the_same():
    assert words.shares([1, 1, 1]) == [
        Decimal("33.4"),
        Decimal("33.3"),
        Decimal("33.3"),
    ]


def test_a_part_below_zero_has_no_share():
    with pytest.raises(ValueError, match="not negative"):
        words.shares([2, -1])


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        ("0", ["$0", "$1"]),
        ("0.03", ["$0", "$0.01", "$0.02", "$0.03"]),
        ("9", ["$0", "$2", "$4", "$6", "$8", "$10"]),
        ("60", ["$0", "$20", "$40", "$60"]),
        ("52000", ["$0", "$20 K", "$40 K", "$60 K"]),
        ("1250000", ["$0", "$250 K", "$500 K", "$750 K", "$1 M", "$1.25 M"]),
    ],
)
def test_an_axis_has_round_steps_up_to_its_highest_value(highest, labels):
    axis = scales.amounts(Decimal(highest))

    assert scales.labels_of(axis, "$") == labels
    assert axis.top >= Decimal(highest)
    assert len(labels) <= 6


@pytest.mark.parametrize("highest", [1, 2, 3, 7, 11, 99, 101, 12_345, 10**15])
def test_tokens_are_whole_on_their_axis(highest):
    axis = scales.amounts(Decimal(highest), whole=True)

    assert all(value == int(value) for value in axis.values)
    assert axis.top >= highest
    assert len(axis.values) <= 6


@pytest.mark.parametrize("span", [0, 1, 2, 6, 13, 29, 45, 70, 71, 90, 200, 365, 1500])
@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_days_of_an_axis_never_touch(span, frame):
    days = scales.Days(FIRST, FIRST + timedelta(days=span), frame.left, frame.edge)

    ticks = days.ticks()

    assert ticks
    for one, two in zip(ticks, ticks[1:], strict=False):
        half = (scales.width_of(one.label) + scales.width_of(two.label)) / 2
        assert two.middle - one.middle >= half + scales.GAP


def test_labels_are_moved_apart_and_stay_in_order():
    assert scales.spread([10, 11, 50, 12], 15, 0, 100) == [10, 25, 55, 40]
    assert scales.spread([98, 99], 15, 0, 100) == [85, 100]


def test_a_burn_down_draws_what_its_table_holds():
    ahead = [Ahead(date(2027, 3, 1), Decimal(1), Decimal(2), Decimal(3))]
    plot = burn_down(a_burn_down(3, ahead=ahead, ends_on=date(2027, 3, 14)))

    assert "Nothing left 14 Mar 2027" in texts(plot.wide)
    assert [column.label for column in plot.table.columns] == [
        "Day",
        "Left",
        "Plan",
        "Forecast, 1 in 10 below",
        "Forecast, middle",
        "Forecast, 9 in 10 below",
    ]
    rows = {row[0]: row[1:] for row in plot.table.rows}
    assert rows[FIRST] == (Decimal(40_000), Decimal(40_000), None, None, None)
    assert rows[date(2027, 3, 1)][2:] == (Decimal(1), Decimal(2), Decimal(3))
    assert len(rows) == 5


def test_without_any_use_the_plan_is_drawn_alone():
    plot = burn_down(a_burn_down(0))

    assert plot.is_drawn
    assert "dd-plot__line" not in plot.wide
    assert "dd-plot__plan" in plot.wide


def test_marks_without_room_for_words_are_said_in_the_notes():
    marks = [Mark(FIRST + timedelta(days=100 + n), f"P0000{n}") for n in range(6)]
    days = scales.Days(FIRST, LAST, NARROW.left, NARROW.edge)

    placed = placed_marks(marks, NARROW, days)
    plot = burn_down(a_burn_down(marks=marks))

    assert {each.row for each in placed} == {0, 1, None}
    assert len([note for note in plot.notes if note.startswith("Marked: P0000")]) == 6


def test_a_mix_says_what_is_dear_and_keeps_its_colours():
    bucket = mix.Bucket(
        FIRST,
        FIRST,
        {"input": 820, "output": 180},
        {"input": Decimal(39), "output": Decimal(61)},
    )
    by_tokens = mix.mix(mix.Mix("mix", [bucket], "tokens"))
    by_cost = mix.mix(mix.Mix("mix", [bucket], "dollars"))

    assert by_tokens.sentence == (
        "1,000 tokens for $100.00: Output is 18.0% of tokens and 61.0% of cost."
    )
    assert by_cost.sentence == by_tokens.sentence
    tones = re.compile(r"dd-tone--\d")
    assert tones.findall(by_tokens.wide) == tones.findall(by_cost.wide)
    assert [key.words for key in by_cost.legend] == ["Input 39.0%", "Output 61.0%"]
    assert by_tokens.table.totals == (None, None, 820, Decimal(39), 180, Decimal(61))


def test_a_correction_below_zero_is_listed_and_not_drawn():
    buckets = [
        mix.Bucket(FIRST, FIRST, {"input": 100}, {"input": Decimal(1)}),
        mix.Bucket(LAST, LAST, {"input": -40}, {"input": Decimal("-0.4")}),
    ]

    plot = mix.mix(mix.Mix("mix", buckets))

    assert plot.table.totals[2] == 60
    assert plot.notes == (
        "What a correction takes back is in the table, and not drawn.",
    )


def test_no_usage_is_a_sentence_and_no_drawing():
    plot = mix.mix(mix.Mix("mix", []))

    assert plot.sentence == "No usage in these days."
    assert not plot.is_drawn


def test_every_class_has_one_kind_whatever_it_is():
    assert mix.kind_of("IN_UNCACHED") == "input"
    assert mix.kind_of("IN_UNCACHED", "BATCH") == "batch"
    assert mix.kind_of("IN_CACHE_WRITE_1H") == "write"
    assert mix.kind_of("EMBED") == "other"
    assert {kind.code for kind in mix.KINDS} >= {
        mix.kind_of(code) for code in ("OUT_TEXT", "OUT_REASONING", "OUT_IMAGE")
    }


@pytest.mark.parametrize(
    ("consumed", "planned", "said"),
    [
        (64, 50, "CLIN 0002 is 14 points ahead of plan."),
        (36, 50, "CLIN 0002 is 14 points behind plan."),
        (51, 50, "Every line is on its plan."),
        (101, 50, "CLIN 0002: used beyond what is obligated."),
    ],
)
def test_a_line_is_measured_against_its_plan(consumed, planned, said):
    lines = [
        bullet.Line("0001", Decimal(50), Decimal(100), Decimal(200), Decimal(50)),
        bullet.Line("0002", Decimal(consumed), Decimal(100), Decimal(200), planned),
    ]

    assert bullet.sentence(lines) == said


def hours(*states: HourState) -> list[Hour]:
    start = datetime(2026, 11, 3, 5, tzinfo=UTC)
    return [Hour(start + timedelta(hours=n), each) for n, each in enumerate(states)]


def test_a_gap_is_said_and_is_not_zero():
    received, empty, missing = (
        HourState.RECEIVED,
        HourState.EMPTY,
        HourState.MISSING,
    )

    found = hours(received, empty, *[missing] * 7, received, missing, received)

    assert strips.feed_sentence("Gateway east-2", found, NEW_YORK) == (
        "Gateway east-2 sent nothing for 7 h on 3 Nov 2026, and 1 more hour in other "
        "gaps."
    )
    table = strips.feed_health("feed", "East", found, NEW_YORK, []).table
    assert [row[2:4] for row in table.rows] == [
        (1, "usage was received"),
        (1, "heard of, and nothing was used"),
        (7, "nothing was heard: a gap, not zero"),
        (1, "usage was received"),
        (1, "nothing was heard: a gap, not zero"),
        (1, "usage was received"),
    ]


def test_a_feed_without_gaps_says_so():
    found = hours(HourState.RECEIVED, HourState.EMPTY, HourState.AHEAD)

    assert strips.feed_sentence("East", found, NEW_YORK) == (
        "East was heard of in every hour."
    )


def test_the_day_of_25_hours_has_25():
    start = datetime(2026, 11, 1, 4, tzinfo=UTC)
    found = [Hour(start + timedelta(hours=n), HourState.RECEIVED) for n in range(49)]

    plot = strips.feed_health("feed", "East", found, NEW_YORK, [])

    assert plot.table.rows[0][2] == 49
    widths = [
        float(each.attrib["width"])
        for each in elements(plot.wide).iter("rect")
        if each.attrib["class"] == "dd-hour--received"
    ]
    assert widths[0] / 25 == pytest.approx(widths[1] / 24, rel=0.01)


def test_a_day_outside_of_what_is_usual_is_said_with_its_reason():
    def expected(n: int, used: str, reason: str = "") -> Expected:
        band = (Decimal(80), Decimal(100), Decimal(120))
        return Expected(FIRST + timedelta(days=n), Decimal(used), *band, reason)

    days = [expected(0, "100"), expected(1, "310", "key svc_1"), expected(2, "70")]

    assert strips.anomaly_sentence(days) == (
        "3.1× expected on 2 Oct 2026: key svc_1. 1 more day outside the band."
    )
    assert strips.anomaly_sentence(days[:1]) == "All 1 day are as expected."
    table = strips.anomalies("odd", days, "tokens").table
    assert [row[-1] for row in table.rows] == ["as usual", "key svc_1", "outside"]


def test_a_file_holds_the_table_exactly_and_no_formula():
    table = Table(
        "Use",
        (Column("=Line"), Column("Dollars", "dollars"), Column("Tokens", "tokens")),
        (("+1", Decimal("1.2345678"), -5), ("a,b", None, 0)),
        ("Together", Decimal("1.2345678"), -5),
    )

    rows = list(csv.reader(io.StringIO(table.csv())))

    assert rows == [
        ["'=Line", "Dollars", "Tokens"],
        ["'+1", "1.2345678", "-5"],
        ["a,b", "", "0"],
        ["Together", "1.2345678", "-5"],
    ]
    assert table.csv().count("\r\n") == 4


def test_a_plot_is_shown_with_its_table_and_its_file():
    plot = burn_down(a_burn_down(3))

    page = Template(
        "{% load drawdown %}{% show_plot plot '/orders/x/burn_down?format=csv' %}"
    ).render(Context({"plot": plot}))

    assert "Funds end on 14 Mar 2027." in page
    assert page.count("<svg") == 2 + len(plot.legend)
    assert page.count('<th scope="row">') == 4
    assert 'href="/orders/x/burn_down?format=csv"' in page
    assert " style=" not in page
