"""Settle reserved calls with the usage that they really had."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.metering import events, permissions
from contracting.metering.models import (
    FreedReserve,
    Reservation,
    ReservationEnd,
    ReservationHold,
    Settlement,
    UsageRating,
    UsageSource,
)
from contracting.metering.operations.ingest import Verdict, ingest_usage
from contracting.metering.refusals import UnknownReservation, WrongEvent
from contracting.metering.states import ReservationEndKind, RowVerdict
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder

NOT_KNOWN: Final = "no usage was reported"
SETTLED: Final = "settled"
HELD: Final = "held"
UNRESERVED: Final = "unreserved"
REJECTED: Final = "rejected"


@dataclass(frozen=True, slots=True)
class Spent:
    """One call that was made: its event as CloudEvents; none if nobody knows its usage.

    :param call: which call of a reservation for several, from 1 on
    :param text: the event as it was written, on one line; what is received of it
    """

    reservation_id: str
    event: Mapping[str, Any] | None
    call: int = 1
    text: str = ""

    @property
    def event_id(self) -> str:
        """Of one call the id of its reservation; of several, with the call's number."""
        named = None if self.event is None else self.event.get("id")
        return str(named) if named is not None else self.reservation_id


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one call: settled, held, unreserved or rejected.

    ``verdict`` is that of its event; ``over`` is what it used above its reserve.
    """

    reservation_id: str
    call: int
    state: str
    verdict: str
    code: str = ""
    tokens: Tokens = Tokens()
    dollars: Dollars = Dollars()
    over: Dollars = Dollars()
    is_late: bool = False


@transaction.atomic
def settle_usage(
    *, source_id: int, calls: Sequence[Spent], by: Actor, at: datetime
) -> list[Settled | Refusal]:
    """Count what calls have used and free what was reserved for them (R-MET-10).

    The event is received as any other, in the same transaction. Usage has happened: it
    is recorded in full, above the reserve, after the lease, from an old epoch and
    without a reservation too, and never refused for lack of funds (R-FND-08). A call
    of which nobody knows what it used, or whose event is in suspense, keeps its reserve
    at the worst case. A call that is settled again is answered the same.

    Calls of one source are settled side by side, as its batches are received: the
    source is only kept from being closed, and each call is settled once.

    :returns: what became of each call, or why it is not taken, in their order
    :raises NotAllowed: if the key may not write for this source
    :raises SourceClosed: if the source no longer reports
    """
    (source,) = UsageSource.objects.filter(pk=source_id).locked_shared("SHARE")
    require(permissions.can_authorize_usage(by, source.agency_id, source.code))
    known = _reservations(source, calls)
    refused = dict(_guard(source, calls, known))
    taken = [(n, call) for n, call in enumerate(calls) if n not in refused]
    verdicts = _ingest(source_id, taken, by, at)
    used = _rated(source, [call.event_id for _n, call in taken])
    answers: dict[int, Settled | Refusal] = dict(refused)
    for place, call in _in_turn(taken, known):
        reservation = known.get(call.reservation_id)
        answers[place] = _settle(
            call, reservation, verdicts.get(place), used.get(call.event_id), by, at
        )
    _tell_of_overruns(source, answers.values(), known, by, at)
    return [answers[place] for place in range(len(calls))]


def _reservations(
    source: UsageSource, calls: Iterable[Spent]
) -> dict[str, Reservation]:
    rows = Reservation.objects.filter(
        agency_id=source.agency_id,
        source_id=source.pk,
        reservation_id__in={call.reservation_id for call in calls},
    ).select_related("gate")
    return {row.reservation_id: row for row in rows}


def _in_turn(
    calls: Iterable[tuple[int, Spent]], known: Mapping[str, Reservation]
) -> list[tuple[int, Spent]]:
    """In the order in which all end calls, so that no two wait for each other."""

    def turn(placed: tuple[int, Spent]) -> tuple[int, int]:
        reservation = known.get(placed[1].reservation_id)
        return (0 if reservation is None else reservation.pk, placed[1].call)

    return sorted(calls, key=turn)


def _guard(
    source: UsageSource, calls: Sequence[Spent], known: Mapping[str, Reservation]
) -> Iterable[tuple[int, Refusal]]:
    """The calls that cannot be what they say; whoever sent them corrects them."""
    for place, call in enumerate(calls):
        reservation = known.get(call.reservation_id)
        many = 1 if reservation is None else reservation.calls
        try:
            _guard_one(source, call, reservation, many)
        except Refusal as refusal:
            yield place, refusal


def _guard_one(
    source: UsageSource, call: Spent, reservation: Reservation | None, many: int
) -> None:
    if call.event is None and reservation is None:
        message = f"There is no reservation {call.reservation_id} for this key."
        raise UnknownReservation(message)
    if not 1 <= call.call <= many:
        message = f"The reservation {call.reservation_id} is for {many} calls."
        raise WrongEvent(message, pointer="/call")
    if call.event is None:
        return
    wanted = call.reservation_id if many == 1 else f"{call.reservation_id}.{call.call}"
    if call.event.get("id") != wanted or call.event.get("source") != source.code:
        message = f"The event of this call has the id {wanted} and its source."
        raise WrongEvent(message, pointer="/event/id")


def _ingest(
    source_id: int, calls: Iterable[tuple[int, Spent]], by: Actor, at: datetime
) -> dict[int, Verdict]:
    """The verdict of each call that has an event, by its place among the calls."""
    rows = {
        place: call.text or json.dumps(call.event)
        for place, call in calls
        if call.event is not None
    }
    if not rows:
        return {}
    payload = ("\n".join(rows.values()) + "\n").encode()
    receipt = ingest_usage(source_id=source_id, payload=payload, by=by, at=at)
    return dict(zip(rows, receipt.verdicts, strict=True))


def _rated(source: UsageSource, ids: Sequence[str]) -> dict[str, tuple[int, Decimal]]:
    """Tokens and exact dollars of each event that is attributed."""
    rows = (
        UsageRating.objects.filter(
            agency_id=source.agency_id, source_id=source.pk, event_id__in=ids
        )
        .values_list("event_id")
        .annotate(Sum("tokens"), Sum("dollars"))
    )
    return {event_id: (tokens, dollars) for event_id, tokens, dollars in rows}


def _settle(
    call: Spent,
    reservation: Reservation | None,
    verdict: Verdict | None,
    used: tuple[int, Decimal] | None,
    by: Actor,
    at: datetime,
) -> Settled:
    tokens, dollars = (Tokens(used[0]), Dollars(used[1])) if used else _NOTHING
    status = "" if verdict is None else str(verdict.status)
    code = "" if verdict is None else str(verdict.code)
    answer = Settled(call.reservation_id, call.call, UNRESERVED, status, code, tokens)
    if status in (RowVerdict.REJECTED, RowVerdict.CONFLICT):
        return _with(answer, state=REJECTED)
    if reservation is None:
        return _with(answer, dollars=dollars)
    is_late = reservation.lease_until <= at
    if used is None:
        why = NOT_KNOWN if verdict is None else f"in suspense: {code}"[:200]
        _hold(reservation, call.call, why, at)
        return _with(answer, state=HELD, is_late=is_late)
    over = _end(reservation, call, tokens, dollars, by, at)
    return _with(
        answer, state=SETTLED, dollars=dollars, over=Dollars(over), is_late=is_late
    )


_NOTHING: Final = (Tokens(), Dollars())


def _with(answer: Settled, **changed: Any) -> Settled:
    fields = {name: getattr(answer, name) for name in Settled.__slots__}
    return Settled(**{**fields, **changed})


def _hold(reservation: Reservation, call: int, why: str, at: datetime) -> None:
    ended = ReservationEnd.objects.filter(reservation=reservation, call=call)
    if not ended.exists():
        ReservationHold.objects.bulk_create(
            [
                ReservationHold(
                    reservation=reservation, call=call, reason=why, held_at=at
                )
            ],
            ignore_conflicts=True,
        )


def _end(
    reservation: Reservation,
    call: Spent,
    tokens: Tokens,
    dollars: Dollars,
    by: Actor,
    at: datetime,
) -> Decimal:
    """Settle the call once; what it held comes free once, whoever ends it first.

    :returns: the dollars above what was reserved for it
    """
    over = max(dollars.amount - reservation.dollars, Decimal(0))
    _made, is_new = Settlement.objects.get_or_create(
        reservation=reservation,
        call=call.call,
        defaults={
            "event_id": call.event_id,
            "tokens": tokens.count,
            "dollars": dollars.amount,
            "over_dollars": over,
            "is_late": reservation.lease_until <= at,
            "settled_at": at,
        },
    )
    if not is_new:
        return over
    _ended, is_freed = ReservationEnd.objects.get_or_create(
        reservation=reservation,
        call=call.call,
        defaults={
            "kind": ReservationEndKind.SETTLED,
            "ended_by": by.name[:160],
            "ended_at": at,
        },
    )
    FreedReserve.objects.create(
        gate_id=reservation.gate_id,
        shares=reservation.shares if is_freed else [],
        calls=1,
        project=reservation.project,
        key_ref=reservation.key_ref,
        used_tokens=tokens.count,
        used_dollars=dollars.amount,
    )
    return over


def _tell_of_overruns(
    source: UsageSource,
    answers: Iterable[Settled | Refusal],
    known: Mapping[str, Reservation],
    by: Actor,
    at: datetime,
) -> None:
    """Raise an alarm where calls used more than was reserved, once a day and order."""
    over: dict[int, list[Settled]] = defaultdict(list)
    for each in answers:
        if isinstance(each, Settled) and each.over:
            over[known[each.reservation_id].gate_id].append(each)
    for gate_id, found in sorted(over.items()):
        order = TaskOrder.objects.select_related("contract").get(funds_gate=gate_id)
        earlier = Settlement.objects.filter(
            reservation__gate=gate_id,
            over_dollars__gt=0,
            settled_at__date=at.date(),
        ).exclude(reservation__reservation_id__in=[e.reservation_id for e in found])
        if not earlier.exists():
            _post(source, order, found, by, at)
        record_event(
            events.USAGE_SETTLED,
            subject=order.subject,
            by=by,
            at=at,
            data={
                "over_reserve": [
                    {"reservation": each.reservation_id, "over": each.over}
                    for each in found
                ]
            },
        )


def _post(
    source: UsageSource,
    order: TaskOrder,
    found: Sequence[Settled],
    by: Actor,
    at: datetime,
) -> None:
    first = found[0]
    agency = order.contract.agency_id
    post_notice(
        recipients=[
            Recipient(agency, role=Role.COR),
            Recipient(agency, role=Role.CONTRACTING_OFFICER),
        ],
        subject=order.subject,
        title=f"Calls on order {order.piid} use more than was reserved for them",
        body=(
            f"Call {first.reservation_id} of {source.label} cost {first.dollars}: "
            f"{first.over} above its worst case. It is recorded in full. Ask the "
            "gateway's people which limit of tokens they send; further calls of today "
            "are in the record of the order."
        ),
        url_path=f"{order.path}/funds_control",
        by=by,
        at=at,
    )
