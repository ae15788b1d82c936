"""Random usage of four days, as the gateway counts it and as the vendor tells it."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contracting.billing.calculations import COLUMNS
from contracting.metering.operations.correct import correct_usage
from tests.builders_billing import COMPARED_AT, MODEL, reported
from tests.builders_metering import CALLED_AT, event, ingested, usage_source
from tests.cast import actor

CLASSES = ("IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT", "OUT_REASONING")
FIRST = CALLED_AT - timedelta(days=3)
SECONDS = 4 * 86_400
ENDED = FIRST + timedelta(days=5)
FAULTS = (
    *("lost by the vendor", "lost by the gateway", "listed twice", "retry billed"),
    *("miscounted", "shifted", "unknown model", "other tier", "cut in two"),
    *("other clock", "far off clock", "nothing counted", "not reported for a day"),
)


@dataclass(frozen=True)
class Row:
    """What the vendor says of a class of an attempt."""

    request: str
    attempt: int
    at: datetime
    code: str
    tokens: int
    model: str = MODEL
    tier: str = "STANDARD"


@dataclass
class World:
    """Calls of four days as the gateway has them, and as the vendor tells them."""

    dice: random.Random
    metered: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)
    mute: timedelta | None = None

    def tell_zeros(self) -> None:
        """Of some calls a side says that there was nothing, or that of it was none."""
        clocks = [timedelta(hours=hours) for hours in (-26, -5, -1, 0, 0, 1, 5, 26)]
        for place, row in enumerate(self.metered):
            if row.tokens and self.dice.random() < 0.15:
                self.metered[place] = replace(row, tokens=0)
        for row in list(self.metered):
            if not row.tokens and self.dice.random() < 0.8:
                told = replace(row, at=row.at + self.dice.choice(clocks))
                self.told = [*self.told, told]
                if self.dice.random() < 0.3:
                    self.told[-1] = replace(told, model="gpt-unheard-of")

    def plant(self, fault: str) -> None:
        place = self.dice.randrange(len(self.told))
        row = self.told[place]
        if fault == "lost by the vendor":
            del self.told[place]
        elif fault == "lost by the gateway":
            del self.metered[self.dice.randrange(len(self.metered))]
        elif fault == "listed twice":
            self.told.append(row)
        elif fault == "retry billed":
            later = timedelta(hours=self.dice.choice([0, 5, 30]))
            self.told.append(replace(row, attempt=9, at=row.at + later))
        elif fault == "cut in two" and row.tokens > 1:
            self.told[place] = replace(row, tokens=row.tokens - 1)
            self.told.append(replace(row, tokens=1))
        elif fault == "other clock":
            hours = timedelta(hours=self.dice.choice([-4, -1, 1, 4]))
            self.told = [
                replace(each, at=each.at + hours) if self.dice.random() < 0.3 else each
                for each in self.told
            ]
        elif fault == "not reported for a day":
            self.mute = timedelta(days=self.dice.randrange(4))
        else:
            self.told[place] = self._otherwise(row, fault)

    def _otherwise(self, row: Row, fault: str) -> Row:
        if fault == "miscounted":
            more = self.dice.choice([-1, 1, 500])
            return replace(row, tokens=max(row.tokens + more, 0))
        if fault == "shifted":
            return replace(row, code=self.dice.choice(CLASSES))
        if fault == "unknown model":
            return replace(row, model="gpt-unheard-of")
        if fault == "other tier":
            return replace(row, tier="BATCH")
        if fault == "far off clock":
            return replace(row, at=row.at + timedelta(hours=30))
        return replace(row, tokens=0)


def world_of(seed: int, *, tells_zeros: bool = False) -> World:
    """Some calls, a few of them again on the next day, and a few things gone wrong.

    :param tells_zeros: whether the vendor has a row for classes without tokens too, by
        a clock of its own, and the gateway more of such classes
    """
    world = World(random.Random(seed))
    for number in range(world.dice.randint(12, 30)):
        at = FIRST + timedelta(seconds=world.dice.randrange(SECONDS))
        attempts = [(1, at)]
        if world.dice.random() < 0.3:
            attempts.append((2, at + timedelta(hours=world.dice.choice([0, 3, 26]))))
        for attempt, when in attempts:
            for code in world.dice.sample(CLASSES, world.dice.randint(1, 4)):
                tokens = world.dice.choice([0, 1, 7, world.dice.randint(1, 9_999)])
                row = Row(f"q-{number}", attempt, when, code, tokens)
                world.metered.append(row)
                if tokens:
                    world.told.append(row)
    if tells_zeros:
        world.tell_zeros()
    for _ in range(world.dice.randint(0, 5)):
        world.plant(world.dice.choice(FAULTS))
    return world


def counted_by_the_gateway(order, world: World) -> None:
    calls: dict[tuple[str, int], list[Row]] = {}
    for row in world.metered:
        calls.setdefault((row.request, row.attempt), []).append(row)
    ingested(
        *(
            event(
                f"{request}-{attempt}",
                order=order,
                tokens={row.code: row.tokens for row in rows},
                at=rows[0].at,
                operation_id=request,
                attempt=attempt,
            )
            for (request, attempt), rows in calls.items()
        ),
        at=ENDED,
    )
    if world.dice.random() < 0.5:
        row = world.dice.choice([row for row in world.metered if row.tokens > 1])
        correct_usage(
            source_id=usage_source().pk,
            event_id=f"call-{row.request}-{row.attempt}",
            correction_id=f"correction-{row.request}",
            changes={row.code: -1},
            reason="The stream was cut.",
            by=actor("cor"),
            at=ENDED + timedelta(hours=1),
        )


def told_by_the_vendor(order, world: World) -> None:
    """One report for each day, some of them late, one of them perhaps never."""
    for day in range(7):
        start = FIRST + timedelta(days=day - 1)
        end = start + timedelta(days=1)
        if world.mute is not None and start == FIRST + world.mute:
            continue
        rows = [row for row in world.told if start <= row.at < end]
        late = world.dice.choice([1, 1, 12])
        reported(
            order,
            label=f"R-{day}",
            period_start=start,
            period_end=end,
            content=content_of(rows),
            at=min(end + timedelta(days=late), COMPARED_AT),
        )


def content_of(rows) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            [row.request, row.attempt, row.at.isoformat(), row.model, row.code]
            + [row.tier, row.tokens]
        )
    return text.getvalue().encode()
