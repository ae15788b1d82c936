"""Ways that use may go on: weeks of past surprises, drawn again and again."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from typing import Final

from contracting.watch.calculations.smoothing import (
    WEEK,
    Smoothed,
    again,
    fits,
    weights,
)

PATHS: Final = 1_000
_PATHS_OF_A_HISTORY: Final = 5
_Block = Sequence[tuple[float, float]]
_LEAST_GROWTH, _MOST_GROWTH = 0.25, 4.0


def seed_of(*figures: object) -> int:
    """A seed that is the figures' own: equal data, equal paths, on any machine."""
    return int.from_bytes(sha256(repr(figures).encode()).digest()[:8], "big")


def paths(
    values: Sequence[float | None], first_weekday: int, added: Sequence[float]
) -> list[list[float]]:
    """Cumulative use on each of the coming days, for each of a thousand paths.

    Three things are uncertain and all are drawn: how fast the series changes (each way
    of fitting as often as it is to be believed), where it stands (the fit is made again
    on histories with other surprises), and what is still to come. Surprises
    come in blocks of one week that begin on the same weekday, because the days of a
    week are alike and a bad day seldom comes alone.

    :param first_weekday: the weekday of the first value, Monday is 0
    :param added: planned use per coming day beside the series, one figure a day
    """
    draw = random.Random(seed_of(values, first_weekday, added))  # noqa: S311
    candidates = fits(values, first_weekday)
    shares = list(accumulate(weights(candidates)))
    weekday = first_weekday + len(values)
    standing: dict[int, _Standing] = {}
    found: list[list[float]] = []
    for _ in range(PATHS // _PATHS_OF_A_HISTORY):
        number = min(bisect_left(shares, draw.random()), len(candidates) - 1)
        if number not in standing:
            standing[number] = _standing(candidates[number], len(added), weekday)
        way = standing[number]
        level, trend = _start(way, draw)
        found.extend(
            _path(way, level, trend, added, draw) for _ in range(_PATHS_OF_A_HISTORY)
        )
    return found


@dataclass(frozen=True, slots=True)
class _Standing:
    """One way of fitting, with what the paths draw from."""

    fit: Smoothed
    past: Sequence[tuple[float, float]]
    blocks: Sequence[_Block]
    blocks_of_the_past: Sequence[_Block]
    factors: Sequence[float]


def _standing(fit: Smoothed, ahead: int, weekday: int) -> _Standing:
    past = _relative(fit)
    return _Standing(
        fit=fit,
        past=past,
        blocks=_blocks(past, fit.first_weekday, weekday % WEEK),
        blocks_of_the_past=_blocks(past, fit.first_weekday, fit.first_weekday),
        factors=[fit.factor(n + 1) for n in range(ahead)],
    )


def _relative(fit: Smoothed) -> list[tuple[float, float]]:
    """Each day's surprise, with the level of its day; gaps surprise by nothing.

    A fit that lags behind a trend is surprised the same way every day; that is no news,
    and goes out.
    """
    every = [
        (surprise, expected, fit.factors[(fit.first_weekday + n) % WEEK])
        for n, (surprise, expected) in enumerate(
            zip(fit.surprises, fit.fitted, strict=True)
        )
    ]
    known = [each for each in every if each[0] is not None]
    whole = sum(expected * factor for _, expected, factor in known) or 1.0
    # As the level takes them in: by the factor of the day.
    bias = sum((surprise or 0.0) * factor for surprise, _, factor in known) / whole
    found = []
    for surprise, expected, factor in every:
        news = 0.0 if surprise is None else surprise - bias * expected
        found.append((news, expected / factor if factor else 0.0))
    return found


def _blocks(
    past: Sequence[tuple[float, float]], first_weekday: int, weekday: int
) -> list[_Block]:
    """Weeks of the past that begin on this weekday; any week where there are few."""
    starts = range(max(1, len(past) - WEEK + 1))
    aligned = [n for n in starts if (first_weekday + n) % WEEK == weekday]
    chosen = aligned if len(aligned) >= WEEK else list(starts)
    return [past[n : n + WEEK] for n in chosen]


def _start(way: _Standing, draw: random.Random) -> tuple[float, float]:
    """A level and a trend at which the series may really stand today."""
    fit, past, blocks = way.fit, way.past, way.blocks_of_the_past
    drawn: list[tuple[float, float]] = []
    while len(drawn) < len(past):
        drawn.extend(blocks[int(draw.random() * len(blocks))])
    other = [
        max(0.0, expected + _scaled(surprise, then, now))
        for expected, (_, now), (surprise, then) in zip(
            fit.fitted, past, drawn, strict=False
        )
    ]
    refit = again(fit, other)
    return 2 * fit.level - refit.level, 2 * fit.trend - refit.trend


def _scaled(surprise: float, then: float, now: float) -> float:
    """A surprise at another level: twice the use, twice the surprise."""
    if then <= 0 or now <= 0:
        return surprise
    return surprise * min(_MOST_GROWTH, max(_LEAST_GROWTH, now / then))


def _path(
    way: _Standing,
    level: float,
    trend: float,
    added: Sequence[float],
    draw: random.Random,
) -> list[float]:
    fit, blocks = way.fit, way.blocks
    total, sums = 0.0, []
    block: _Block = ()
    at = 0
    for factor, more in zip(way.factors, added, strict=True):
        if at >= len(block):
            block, at = blocks[int(draw.random() * len(blocks))], 0
        trend *= fit.damping
        level += trend
        surprise, then = block[at]
        at += 1
        surprise = _scaled(surprise, then, level)
        total += max(0.0, max(0.0, level) * factor + surprise) + more
        sums.append(total)
        level += fit.speed * surprise * factor
        trend += fit.speed * fit.share * surprise * factor
    return sums
