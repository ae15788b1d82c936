"""Of two hundred series four in five end where their forecasts said they would."""

import random
from datetime import date, timedelta
from decimal import Decimal
from math import exp

from contracting.watch.calculations import DayUse, forecast
from contracting.watch.states import Measure

MONDAY = date(2026, 3, 2)
DAYS, AHEAD = 90, 60
WEEK = (1.2, 1.25, 1.2, 1.15, 1.0, 0.25, 0.15)
KINDS = ("flat", "skewed", "unweekly", "growing", "sticky", "drifting", "spiky")


def series(kind, draw):
    """Daily dollars of one kind of use, the days to come included."""
    level, held, slope = 100.0, 0.0, draw.uniform(-0.3, 0.8)
    for n in range(DAYS + AHEAD):
        factor = 1.0 if kind == "unweekly" else WEEK[n % 7]
        if kind == "flat":
            yield 100 * factor * exp(draw.gauss(0, 0.35))
        elif kind == "skewed":
            yield draw.gammavariate(4, 25 * factor)
        elif kind == "unweekly":
            yield draw.gammavariate(2, 50)
        elif kind == "growing":
            yield draw.gammavariate(9, max(5, 60 + slope * n) * factor / 9)
        elif kind == "sticky":
            held = 0.6 * held + draw.gauss(0, 0.25)
            yield 100 * factor * exp(held)
        elif kind == "drifting":
            level *= exp(draw.gauss(0, 0.03))
            yield level * factor * exp(draw.gauss(0, 0.25))
        else:
            often = 4 if draw.random() < 0.03 else 1
            yield draw.gammavariate(6, 100 * factor / 6) * often


def test_eighty_percent_ranges_hold_eighty_percent_of_what_comes():
    inside = dated = 0
    for n in range(200):
        kind = KINDS[n % len(KINDS)]
        figures = [Decimal(f"{f:.2f}") for f in series(kind, random.Random(n))]
        days = [
            DayUse(MONDAY + timedelta(days=d), 0, figure)
            for d, figure in enumerate(figures)
        ]
        known, to_come = days[:DAYS], days[DAYS:]
        used = sum(use.dollars for use in known)
        half = sum(use.dollars for use in to_come[: AHEAD // 2])
        said = forecast(
            known,
            measure=Measure.DOLLARS,
            through=known[-1].day,
            limit=used + half,
            used=used,
            period_end=to_come[-1].day,
        )
        assert said.at_completion is not None
        assert said.exhausts_on is not None
        in_the_end = used + sum(use.dollars for use in to_come)
        inside += said.at_completion.p10 <= in_the_end <= said.at_completion.p90
        last = said.exhausts_on.p90 or said.period_end
        ended = to_come[AHEAD // 2 - 1].day
        dated += said.exhausts_on.p10 is not None and (
            said.exhausts_on.p10 <= ended <= last
        )

    assert 150 <= inside <= 170
    # Days are whole, so that a few more lie on the edge than outside it.
    assert 150 <= dated <= 180
