"""The roller: fold every order that has something new, one roller at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import OperationalError, connection

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.ledger.operations.park import park_delta
from contracting.ledger.queries import (
    lines_with_other_limits,
    waiting_lines,
    waiting_of,
)
from contracting.ledger.states import Holder
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.rate import rate_period
from contracting.metering.queries.histories import StillArriving
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine, TaskOrder

ROLLER: Final = 7_021_969_001
"""The number of the advisory lock that one roller holds in a database."""

SECONDS: Final = 20.0
"""After which a roller gives way to the next one, though more may have come."""

_log = logging.getLogger(__name__)


def fold_all(*, by: Actor, at: datetime, wait: bool = False) -> int:
    """Fold each waiting order in a transaction of its own, until none waits.

    What cannot be folded is parked after this one try, with an alarm; the others go on.

    :param at: the instant of an alarm; usage has its own
    :param wait: for a roller that is at work, instead of leaving it to that one
    :returns: how many orders were folded
    """
    made, left_alone, end = 0, set[int](), time.monotonic() + SECONDS
    with _alone(wait=wait) as is_mine:
        while is_mine and time.monotonic() < end:
            waiting = [pk for pk in _waiting_orders(by, at) if pk not in left_alone]
            if not waiting:
                break
            for order_id in waiting:
                if _fold_or_park(order_id, by, at):
                    made += 1
                else:
                    left_alone.add(order_id)
    return made


@contextmanager
def _alone(*, wait: bool) -> Iterator[bool]:
    lock = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [ROLLER])  # noqa: S608 (one of two words)
        is_mine = wait or bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ROLLER])


def _waiting_orders(by: Actor, at: datetime) -> list[int]:
    """The orders to fold, the longest waiting first; what names none is parked."""
    lines = waiting_lines(HOLDER_OF_A_LINE)
    orders = dict(OrderLine.objects.filter(pk__in=lines).values_list("pk", "order_id"))
    for line in lines:
        if line not in orders:
            _park(Holder(HOLDER_OF_A_LINE, line), "There is no such line.", by, at)
    return list(dict.fromkeys(orders[line] for line in lines if line in orders))


def _fold_or_park(order_id: int, by: Actor, at: datetime) -> bool:
    try:
        fold_usage(order_id=order_id, by=by)
        _settle_volume(order_id, by)
    except (StillArriving, OperationalError):
        _log.warning("Order %s is folded later.", order_id, exc_info=True)
        return False
    except Exception:  # noqa: BLE001 (logged; the others go on)
        _log.exception("Order %s was not folded.", order_id)
        return _park_what_stops(order_id, by, at)
    return True


def _settle_volume(order_id: int, by: Actor) -> None:
    """Place usage priced by volume anew where its limits have changed."""
    lines = OrderLine.objects.filter(order=order_id).select_related("contract_line")
    by_volume = {line.holder: line for line in lines if line.contract_line.is_by_volume}
    for holder, at in lines_with_other_limits(by_volume).items():
        line = by_volume[holder].contract_line
        rate_period(contract_line_id=line.pk, by=by, at=at)


def _park_what_stops(order_id: int, by: Actor, at: datetime) -> bool:
    """Try each delta by itself once; park those that fail, then fold the rest."""
    lines = OrderLine.objects.filter(order=order_id).order_by("pk")
    for line in lines:
        for delta_id in waiting_of(line.holder):
            try:
                fold_usage(order_id=order_id, by=by, only=(line.pk, delta_id))
            except (StillArriving, OperationalError):
                continue  # it is not what stops the others
            except Exception as error:  # noqa: BLE001 (kept with what is parked)
                _park_one(delta_id, order_id, str(error), by, at)
    try:
        fold_usage(order_id=order_id, by=by)
    except (StillArriving, OperationalError):
        return False
    except Exception as error:  # noqa: BLE001 (logged and parked)
        _log.exception("Order %s cannot be folded.", order_id)
        for line in lines:
            _park(line.holder, str(error), by, at)
        return False
    return True


def _park(holder: Holder, reason: str, by: Actor, at: datetime) -> None:
    order = TaskOrder.objects.filter(lines=holder.id).values_list("pk").first()
    for delta_id in waiting_of(holder):
        _park_one(delta_id, order[0] if order else None, reason, by, at)


def _park_one(
    delta_id: int, order_id: int | None, reason: str, by: Actor, at: datetime
) -> None:
    """Park one delta and raise the alarm at its agency."""
    parked = park_delta(delta_id=delta_id, reason=reason or "unknown", by=by, at=at)
    if parked is None:
        return
    orders = TaskOrder.objects.select_related("contract")
    order = orders.get(pk=order_id) if order_id else None
    agency_id = order.contract.agency_id if order else _agency_of(parked.because)
    if agency_id is None:
        return
    about = f"order {order.piid}" if order else "a line that is not there"
    post_notice(
        recipients=[
            Recipient(agency_id, role=Role.ADMINISTRATOR),
            Recipient(agency_id, role=Role.COR),
        ],
        subject=order.subject if order else parked.because,
        title=f"Usage of {about} could not be drawn on its funds",
        body=(
            f"{parked.tokens:,} tokens for ${parked.dollars:,.2f} are stored and rated "
            "and are missing from the balances. Nothing is lost, and other usage goes "
            f"on. What stopped it: {parked.reason} Put it right, then try it again."
        ),
        url_path="/usage/parked",
        by=by,
        at=at,
    )


def _agency_of(because: Subject) -> int | None:
    kind, _, number = because.stream.partition(":")
    return int(number) if kind == "organization" and number.isdigit() else None
