"""Fold: draw what was used on the funds of an order, in the order of its use."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import total_dollars
from contracting.core.subjects import Subject
from contracting.ledger.operations.fold import Taken
from contracting.ledger.operations.fold import fold_usage as fold_on_ledger
from contracting.ledger.queries import lock_funds, waiting_among
from contracting.ledger.states import Delta, Position
from contracting.metering import events
from contracting.metering.calculations import LEDGER_PREFIX
from contracting.metering.models import FoldedLine, UsageFold
from contracting.metering.operations.give_notice import give_notice
from contracting.metering.operations.roll_up import roll_up_usage
from contracting.metering.queries.histories import LineHistory, StillArriving
from contracting.orders.models import OrderLine, TaskOrder

_TRIES = 5


@transaction.atomic
def fold_usage(
    *, order_id: int, by: Actor, only: tuple[int, int] | None = None
) -> UsageFold | None:
    """Bring the balances and the roll-ups of an order to what was used of it.

    Whatever the way and the order of arrival, the same calls come to the same balances.
    Notices are given for the shares of the funds that are crossed.

    :param only: one line and one of its deltas; the others are left to be
    :returns: the fold; none where nothing was new
    :raises StillArriving: if usage comes faster than it can be read
    """
    order = _lock_order(order_id)
    lines = _waiting_lines(order)
    line_id, delta_id = only or (None, None)
    lines = [line for line in lines if only is None or line.pk == line_id]
    if not lines:
        return None
    lock_funds(holders=[line.holder for line in lines])
    subject = Subject("metering.fold", _next_fold(), f"contract:{order.contract_id}")
    agency_id, taken = order.contract.agency_id, []
    for line in lines:
        taken.append(_fold_line(line, agency_id, subject, by, delta_id))
    found = [each for each in taken if each.at is not None]
    if not found:
        return None
    deltas = [delta for each in found for delta in each.deltas]
    roll_up_usage(deltas=deltas, agency_id=agency_id)
    fold = _store(order, subject, found)
    give_notice(holders=[line.holder for line in lines], by=by, at=fold.folded_at)
    record_event(
        events.USAGE_FOLDED,
        subject=subject,
        by=by,
        at=fold.folded_at,
        data={"order": order.piid, "lines": [each.data for each in found]},
    )
    return fold


def _lock_order(order_id: int) -> TaskOrder:
    """Locked against other folds and verbs, and not against usage that arrives."""
    return (
        TaskOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contract")
        .get(pk=order_id)
    )


def _waiting_lines(order: TaskOrder) -> list[OrderLine]:
    own = OrderLine.objects.filter(order=order).select_related("contract_line")
    lines = {line.holder: line for line in own.order_by("pk")}
    waiting = waiting_among(lines)
    return [line for holder, line in lines.items() if holder in waiting]


def _next_fold() -> int:
    """The number of the fold, which its postings name before it is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))",
            [UsageFold._meta.db_table],
        )
        (found,) = cursor.fetchone()
    return int(found)


def _fold_line(
    line: OrderLine,
    agency_id: int,
    because: Subject,
    by: Actor,
    only: int | None,
) -> Taken:
    """Fold one line, again where usage is committed between its reads.

    :raises StillArriving: if it is committed faster than it can be read
    """
    for attempt in range(_TRIES):
        try:
            taken = fold_on_ledger(
                holder=line.holder,
                metered=LEDGER_PREFIX,
                history=LineHistory(line.pk, agency_id),
                is_by_volume=line.contract_line.is_by_volume,
                because=because,
                by=by,
                only=only,
            )
        except StillArriving:
            if attempt == _TRIES - 1:
                raise
        else:
            _note_position(line, taken.deltas)
            return taken
    raise AssertionError  # pragma: no cover (the last try returns or raises)


def _note_position(line: OrderLine, deltas: Iterable[Delta]) -> None:
    """How far the line is folded; a correction stands where its call stands."""
    ends = [delta.last for delta in deltas if not delta.is_correction]
    if not ends:
        return
    last = max(ends)
    row = FoldedLine.objects.filter(order_line=line).first()
    if row and Position(row.last_at, row.last_source, row.last_event) >= last:
        return
    row = FoldedLine(
        order_line=line,
        last_at=last.at,
        last_source=last.source,
        last_event=last.event_id,
    )
    FoldedLine.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["order_line"],
        update_fields=["last_at", "last_source", "last_event"],
    )


def _store(order: TaskOrder, subject: Subject, taken: list[Taken]) -> UsageFold:
    """One row for all lines of the order."""
    deltas = [delta for each in taken for delta in each.deltas]
    dollars = total_dollars(delta.dollars for delta in deltas)
    return UsageFold.objects.create(
        pk=subject.id,
        order=order,
        deltas=len(deltas),
        events=sum(delta.events for delta in deltas),
        tokens=sum(delta.tokens for delta in deltas),
        dollars=dollars.amount,
        written_at=min(
            (each.written_at for each in taken if each.written_at is not None),
            default=None,
        ),
        folded_at=max(each.at for each in taken if each.at is not None),
    )
