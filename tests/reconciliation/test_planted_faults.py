"""Faults planted at random on random usage: every token of a difference is found.

One truth is told by three views, however it is cut into rows, lines, periods and
invoices. Without a fault nothing is found; with faults the findings of every key sum to
exactly what is invoiced of it less what is metered.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reconciliation.calculations import (
    cells,
    compare,
    inputs_sha256,
    rate_at,
)
from contracting.reconciliation.matching.waterfall import (
    UNEXPLAINED,
    Waterfall,
    waterfall,
)
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Invoiced,
    Key,
    Match,
    Metered,
    Rate,
    Reported,
    Span,
)

START = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
END = START + timedelta(hours=8)
DAY = date(2026, 4, 6)
KINDS = ((7, 3, "STANDARD"), (7, 4, "STANDARD"), (8, 3, "BATCH"))
CLASSES = ("IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT", "OUT_REASONING")
PRICES = dict(zip(CLASSES, ("2.50", "0.25", "10", "8"), strict=True))
RATES = {
    (*kind, code): (Rate(START, None, UnitPrice(PRICES[code])),)
    for kind in KINDS
    for code in CLASSES
}
FAULTS = (
    "lost by the gateway",
    "lost by the vendor",
    "listed twice",
    "retry billed",
    "miscounted",
    "shifted",
    "other model",
    "billed more",
    "other price",
    "cached in full",
    "not billed",
)


@dataclass
class World:
    """The three views of one truth, before and after something goes wrong."""

    dice: random.Random
    metered: list[Metered] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    invoiced: list[Invoiced] = field(default_factory=list)
    elsewhere: list[Invoiced] = field(default_factory=list)

    def match(self) -> Match:
        return Match(
            tuple(self.metered),
            tuple(self.reported),
            tuple(self.invoiced),
            covered=((START, END),),
            rates=RATES,
            invoice_period=(START, END),
            invoiced_elsewhere=tuple(
                (line.key, (line.start, line.end)) for line in self.elsewhere
            ),
            invoice_id=1,
        )

    def pick(self, rows: list) -> int:
        return self.dice.randrange(len(rows))


def priced(key: Key, tokens: int) -> Dollars:
    price = rate_at(RATES, key, START)
    assert price is not None
    return price.of(Tokens(tokens))


def used(world: World) -> None:
    """Calls of one or two events in some classes, at any time of the hours."""
    for number in range(world.dice.randint(5, 40)):
        kind = world.dice.choice(KINDS)
        attempt = world.dice.choice([1, 1, 2])
        for event in range(world.dice.choice([1, 1, 1, 2])):
            when = START + timedelta(seconds=world.dice.randrange(8 * 3600))
            for code in world.dice.sample(CLASSES, world.dice.randint(1, 4)):
                world.metered.append(
                    Metered(
                        request_id=f"r{number}",
                        attempt=attempt,
                        order_line_id=kind[0],
                        model_id=kind[1],
                        token_class=code,
                        tier=kind[2],
                        occurred_at=when,
                        day=DAY,
                        tokens=world.dice.randint(1, 9_999),
                        price=UnitPrice(PRICES[code]),
                        event_id=f"{number}-{event}",
                    )
                )


def as_reported(row: Metered, **more) -> Reported:
    names = {name: getattr(row, name) for name in Metered.__slots__}
    return Reported(**{**names, "event_id": "", **more})


def told(world: World) -> None:
    """The vendor's rows: one for an event, or an event cut into two."""
    for row in world.metered:
        if row.tokens > 1 and world.dice.random() < 0.1:
            part = world.dice.randrange(1, row.tokens)
            world.reported += [
                as_reported(row, tokens=part),
                as_reported(row, tokens=row.tokens - part),
            ]
        else:
            world.reported.append(as_reported(row))
    world.dice.shuffle(world.reported)


def spans(world: World) -> list[Span]:
    """The hours cut into one, two or many parts, each class as the vendor likes."""
    cuts = sorted(
        {
            START + timedelta(minutes=world.dice.randrange(1, 480))
            for _ in range(world.dice.choice([0, 0, 1, 1, 2, 5]))
        }
    )
    edges = [START, *cuts, END]
    return list(zip(edges, edges[1:], strict=False))


def billed(world: World) -> None:
    """A line for each class and part, on this invoice or on another one."""
    number = 0
    for key in RATES:
        for start, end in spans(world):
            tokens = sum(
                row.tokens
                for row in world.reported
                if row.key == key and start <= row.occurred_at < end
            )
            if not tokens and world.dice.random() < 0.8:
                continue
            number += 1
            line = Invoiced(
                invoice_line_id=number,
                order_line_id=key[0],
                model_id=key[1],
                token_class=key[3],
                tier=key[2],
                start=start,
                end=end,
                tokens=tokens,
                price=UnitPrice(PRICES[key[3]]),
                rate=UnitPrice(PRICES[key[3]]),
            )
            other = world.dice.random() < 0.1
            (world.elsewhere if other else world.invoiced).append(line)


def clean(seed: int) -> World:
    world = World(random.Random(seed))
    used(world)
    told(world)
    billed(world)
    return world


def plant_in_calls(world: World, fault: str) -> None:
    """Something goes wrong before the invoice is written."""
    place = world.pick(world.reported)
    row = world.reported[place]
    if fault == "lost by the gateway" and world.metered:
        del world.metered[world.pick(world.metered)]
    elif fault == "lost by the vendor" and len(world.reported) > 1:
        del world.reported[place]
    elif fault == "listed twice":
        world.reported.append(row)
    elif fault == "retry billed":
        world.reported.append(replace(row, attempt=3))
    elif fault == "miscounted":
        world.reported[place] = replace(
            row, tokens=row.tokens + world.dice.choice([-1, 1, 500])
        )
    elif fault == "shifted":
        code = world.dice.choice(CLASSES)
        world.reported[place] = replace(
            row, token_class=code, price=UnitPrice(PRICES[code])
        )
    elif fault == "other model":
        kind = world.dice.choice(KINDS)
        world.reported[place] = replace(
            row, order_line_id=kind[0], model_id=kind[1], tier=kind[2]
        )


def plant_on_the_invoice(world: World, fault: str) -> None:
    if not world.invoiced:
        return
    place = world.pick(world.invoiced)
    line = world.invoiced[place]
    if fault == "billed more":
        more = world.dice.choice([1, -1, 777])
        world.invoiced[place] = replace(line, tokens=max(line.tokens + more, 0))
    elif fault == "other price":
        price = world.dice.choice(["2.50", "7.77"])
        world.invoiced[place] = replace(line, price=UnitPrice(price))
    elif fault == "not billed":
        del world.invoiced[place]
    elif fault == "cached in full" and line.token_class == "IN_CACHE_READ":
        del world.invoiced[place]
        for other, each in enumerate(world.invoiced):
            if (
                each.key == (*line.kind, "IN_UNCACHED")
                and each.start <= line.start < each.end
            ):
                world.invoiced[other] = replace(each, tokens=each.tokens + line.tokens)


def faulty(seed: int) -> World:
    world = World(random.Random(seed))
    faults = [world.dice.choice(FAULTS) for _ in range(world.dice.randint(1, 6))]
    used(world)
    told(world)
    for fault in faults:
        plant_in_calls(world, fault)
    billed(world)
    for fault in faults:
        plant_on_the_invoice(world, fault)
    return world


def asked_less_metered(world: World) -> Dollars:
    asked = [line.price.of(Tokens(line.tokens)) for line in world.invoiced]
    ours = [row.price.of(Tokens(row.tokens)) for row in world.metered]
    return total_dollars(asked) - total_dollars(ours) + billed_elsewhere(world)


def billed_elsewhere(world: World) -> Dollars:
    """What other invoices bill is as reported, and none of this invoice's business."""
    return total_dollars(line.price.of(Tokens(line.tokens)) for line in world.elsewhere)


def tokens_by_key(world: World, found: list[Difference]) -> tuple[Counter, Counter]:
    """Planted and found tokens by key; another model moves them between keys."""
    planted: Counter[Key] = Counter()
    for line in (*world.invoiced, *world.elsewhere):
        planted[line.key] += line.tokens
    for row in world.metered:
        planted[row.key] -= row.tokens
    named: Counter[Key] = Counter()
    for each in found:
        if each.code == FindingCode.RATE or "invoiced_usd" in each.evidence:
            continue
        order_line = each.order_line_id
        assert order_line is not None
        kind = (order_line, each.evidence["model"], each.evidence["tier"])
        for *_, code, tokens in each.evidence["keys"]:
            if each.code == FindingCode.MODEL_ALIAS:
                named[(*kind, code)] -= tokens
                other, model, tier = each.evidence["reported_as"].split()
                named[int(other), int(model), tier, code] += tokens
            else:
                named[(*kind, code)] += tokens
    return planted, named


def seeds(block: int) -> range:
    """Twenty worlds at a time."""
    return range(20 * block, 20 * block + 20)


@pytest.mark.parametrize("block", range(6))
def test_without_a_fault_nothing_is_found(block):
    for seed in seeds(block):
        assert compare(clean(seed).match()) == [], seed


@pytest.mark.parametrize("block", range(10))
def test_findings_sum_to_what_was_planted_on_every_key(block):
    for seed in seeds(block):
        world = faulty(seed)

        found = compare(world.match())

        amounts = total_dollars(each.amount for each in found)
        assert amounts == asked_less_metered(world), seed
        planted, named = tokens_by_key(world, found)
        for key in {*planted, *named}:
            assert named[key] == planted[key], (seed, key)
        assert len({each.fingerprint for each in found}) == len(found), seed


@pytest.mark.parametrize("block", range(3))
def test_the_steps_lead_from_what_is_asked_to_what_is_metered(block):
    for seed in seeds(block):
        world = faulty(seed)
        asked = total_dollars(
            line.price.of(Tokens(line.tokens)).to_cents() for line in world.invoiced
        )

        match = world.match()
        if seed % 2:
            match = replace(match, covered=((START, START + timedelta(hours=3)),))
        made = waterfall(match, asked=asked)

        assert made.start == asked, seed
        assert made.end == total_dollars(
            row.price.of(Tokens(row.tokens)) for row in world.metered
        ), seed
        down = total_dollars(step.amount for step in made.steps)
        assert made.start - down == made.end, seed
        assert made.steps[-1].code == UNEXPLAINED
        assert not made.unexplained, seed
        assert Waterfall.read(made.plain()) == made


def test_calls_after_the_invoice_are_no_step_of_it():
    for seed in seeds(0):
        world = faulty(seed)
        before = waterfall(world.match(), asked=Dollars())
        later = replace(
            world.metered[0], request_id="later", occurred_at=END + timedelta(hours=1)
        )
        world.metered.append(later)
        world.reported.append(as_reported(later, tokens=later.tokens + 7))

        assert waterfall(world.match(), asked=Dollars()) == before, seed


@pytest.mark.parametrize("block", range(2))
def test_the_order_of_rows_changes_no_result(block):
    for seed in seeds(block):
        world = faulty(seed)
        first = world.match()
        for rows in (world.metered, world.reported, world.invoiced, world.elsewhere):
            world.dice.shuffle(rows)
        again = replace(world.match(), invoiced_elsewhere=first.invoiced_elsewhere)

        assert compare(again) == compare(first), seed
        assert cells(again, {}) == cells(first, {}), seed
        assert inputs_sha256(again) == inputs_sha256(first), seed


@pytest.mark.parametrize("block", range(2))
def test_on_honest_lines_every_cell_agrees(block):
    for seed in seeds(block):
        world = clean(seed)
        world.invoiced += world.elsewhere
        world.elsewhere = []

        made = cells(world.match(), {}) if world.invoiced else []

        assert all(cell.agrees for cell in made), seed
