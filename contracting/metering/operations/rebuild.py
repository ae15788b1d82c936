"""Rebuild the roll-ups from the ratings that they are the sums of."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.calculations.cells import Cells, Sums, filled
from contracting.metering.models import DailyUsage, HourlyUsage, PortfolioDay
from contracting.metering.operations.roll_up import add_cells
from contracting.metering.queries.proof import expected_cube, stored_cube, tables_of
from contracting.orders.models import OrderLine, TaskOrder


@transaction.atomic
def rebuild_rollups(*, order_id: int, by: Actor, at: datetime) -> int:
    """Let the roll-ups of an order say what its ratings say; twice changes nothing.

    Usage of the order that arrives meanwhile waits for it. The day of the agency is
    changed by what the days of the order were wrong by.

    :returns: how many cells were wrong
    :raises NotAllowed: unless ``by`` is the machinery
    """
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_rebuild_rollups(by))
    lines = OrderLine.objects.filter(order=order)
    expected, stored = expected_cube(lines), stored_cube(lines)
    agency_id, wrong = order.contract.agency_id, 0
    for (table, right), (_, kept) in zip(
        tables_of(expected), tables_of(stored), strict=True
    ):
        if table in (HourlyUsage, DailyUsage):
            changes = _changes(right, kept)
            wrong += len(changes)
            add_cells(table, changes)
            if table is DailyUsage:
                add_cells(PortfolioDay, _of_the_agency(changes, agency_id))
    if wrong:
        record_event(
            events.ROLLUPS_REBUILT,
            subject=order.subject,
            by=by,
            at=at,
            data={"order": order.piid, "cells": wrong},
        )
    return wrong


def _changes(right: Cells, kept: Cells) -> Cells:
    """What is to be added to each cell."""
    found: Cells = {}
    for key in right.keys() | kept.keys():
        wanted, before = right.get(key, Sums()), kept.get(key, Sums())
        found[key] = Sums(
            wanted.events - before.events,
            wanted.tokens - before.tokens,
            wanted.dollars - before.dollars,
            wanted.micro_acu - before.micro_acu,
        )
    return filled(found)


def _of_the_agency(days: Cells, agency_id: int) -> Cells:
    """The same, summed over the lines."""
    found: Cells = defaultdict(Sums)
    for (_line, *key), sums in days.items():
        cell = found[(agency_id, *key)]
        cell.events += sums.events
        cell.tokens += sums.tokens
        cell.dollars += sums.dollars
        cell.micro_acu += sums.micro_acu
    return found
