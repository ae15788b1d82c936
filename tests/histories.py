"""Random histories of an order: late usage, restated reports, new names and prices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from contracting.billing.models import UsageReport
from contracting.metering.models import EveryEvent, UsageRating
from contracting.metering.operations.correct import correct_usage
from contracting.orders.models import TaskOrder
from contracting.reference.models import AiModel, ModelAlias
from contracting.reference.operations.map_model_alias import map_model_alias
from tests.builders_billing import COMPARED_AT, MODEL, reported
from tests.builders_metering import usage_source
from tests.builders_modifications import issued_contract_modification
from tests.builders_reratings import approved, prepared, price_fell
from tests.cast import actor
from tests.two_sides import (
    ENDED,
    FIRST,
    World,
    content_of,
    counted_by_the_gateway,
    told_by_the_vendor,
    world_of,
)

UNHEARD_OF = "gpt-unheard-of"
STEPS = (
    *("late usage", "restated", "corrected"),
    *("mapped anew", "price recorded anew", "tolerance changed"),
)


def a_history(order: TaskOrder, seed: int, steps: int = 4) -> Iterator[str]:
    """Make things happen to an order, and say after each what it was."""
    dice = random.Random(seed)
    world = world_of(seed)
    strange = dice.randrange(len(world.told))
    world.told[strange] = replace(world.told[strange], model=UNHEARD_OF)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    yield "the first night"
    left = [*STEPS]
    for number in range(steps):
        step = dice.choice(left)
        left = [each for each in left if each != step or step in STEPS[:3]]
        _happens(order, step, world, dice, number)
        yield step


def _happens(
    order: TaskOrder, step: str, world: World, dice: random.Random, number: int
) -> None:
    if step == "late usage":
        _late_usage(order, dice, number)
    elif step == "restated":
        _restated(order, world, dice, number)
    elif step == "corrected":
        _corrected(dice, number)
    elif step == "mapped anew":
        _mapped(order)
    elif step == "tolerance changed":
        _tolerated(order, dice)
    else:
        price_fell(order.contract, "1.5", first_day=date(2026, 4, 19))
        approved(prepared(order.contract))


def _late_usage(order: TaskOrder, dice: random.Random, number: int) -> None:
    more = world_of(dice.randrange(10_000))
    more.metered = [
        replace(row, request=f"late-{number}-{row.request}")
        for row in more.metered[: dice.randint(1, 6)]
    ]
    counted_by_the_gateway(order, replace(more, dice=_never()))


def _never() -> random.Random:
    """Dice that let nothing more happen."""
    return random.Random(2)


def _restated(order: TaskOrder, world: World, dice: random.Random, number: int) -> None:
    standing = UsageReport.objects.filter(order=order, revisions__isnull=True)
    former = dice.choice(list(standing.order_by("pk")))
    start, end = former.period_start, former.period_end
    rows = [row for row in world.told if start <= row.at < end]
    if rows and dice.random() < 0.8:
        place = dice.randrange(len(rows))
        rows[place] = replace(rows[place], tokens=rows[place].tokens + 1)
    reported(
        order,
        label=f"{former.label}-{number}",
        supersedes=former.label,
        period_start=start,
        period_end=end,
        content=content_of(rows),
        at=COMPARED_AT + timedelta(days=1),
    )


def _corrected(dice: random.Random, number: int) -> None:
    rated = UsageRating.objects.filter(tokens__gt=2).order_by("event_id")
    calls = EveryEvent.objects.filter(corrects="").values_list("event_id", flat=True)
    row = dice.choice([each for each in rated if each.event_id in set(calls)])
    correct_usage(
        source_id=usage_source().pk,
        event_id=row.event_id,
        correction_id=f"correction-{number}-of-{row.event_id}",
        changes={row.token_class_code: -1},
        reason="The stream was cut.",
        by=actor("cor"),
        at=ENDED + timedelta(days=1 + number),
    )


def _tolerated(order: TaskOrder, dice: random.Random) -> None:
    issued_contract_modification(
        on=order.contract,
        at=COMPARED_AT,
        effective_on=FIRST.date(),
        terms={
            "tolerance_percent": Decimal(dice.choice(["0.5", "100"])),
            "tolerance_cap_percent": Decimal(dice.choice(["0.0001", "1"])),
        },
    )


def _mapped(order: TaskOrder) -> None:
    if ModelAlias.objects.filter(source_name=UNHEARD_OF).exists():
        return
    map_model_alias(
        source_name=UNHEARD_OF,
        model_id=AiModel.objects.get(snapshot=MODEL).pk,
        agency_id=order.contract.agency_id,
        by=actor("administrator"),
        at=COMPARED_AT,
        valid_from=FIRST.date(),
    )
