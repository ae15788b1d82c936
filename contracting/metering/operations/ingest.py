"""Receive a batch of usage: store it once, attribute, rate, draw it on the funds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.models import Blob
from contracting.documents.operations.store_all import Content, store_all_blobs
from contracting.metering import events, permissions, queries
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.cloudevents import BadRow, ReadEvent
from contracting.metering.adapters.kept import keeping_of
from contracting.metering.calculations import Attributed, Held, Rate
from contracting.metering.calculations.combinations import (
    Combination,
    combine,
    measured,
)
from contracting.metering.calculations.sums import deltas_of_alike
from contracting.metering.models import (
    EveryEvent,
    UsageBatch,
    UsageEvent,
    UsageRefusal,
    UsageSource,
)
from contracting.metering.models.incoming import (
    SHARED_NAMES,
    Delivery,
    PricedClass,
    Shared,
)
from contracting.metering.operations.assign import (
    Attribution,
    deltas_of,
    draw_deltas,
    lock_orders,
    note_first_reports,
    store_attributions,
    store_holds,
)
from contracting.metering.queries.lookup import Lookup
from contracting.metering.refusals import UnreadableBatch
from contracting.metering.states import RowCode, RowVerdict

CLOCK_SKEW = timedelta(minutes=5)
LATE_AFTER = timedelta(hours=24)


@dataclass(slots=True)
class Verdict:
    """What one received row is answered."""

    index: int
    id: str
    status: str
    code: str = ""
    pointer: str = ""

    def as_row(self) -> dict[str, Any]:
        """Plain values, without what is empty."""
        row: dict[str, Any] = {
            "index": self.index,
            "id": self.id,
            "status": self.status,
        }
        if self.code:
            row |= {"code": self.code, "pointer": self.pointer}
        return row


@dataclass(frozen=True, slots=True)
class Receipt:
    """The batch as stored, and one verdict per received row, in their order."""

    batch: UsageBatch
    verdicts: list[Verdict]


Reader = Callable[[bytes], list[ReadEvent | BadRow]]
"""An adapter: the bytes of a delivery as checked rows, in their order."""


@transaction.atomic
def ingest_usage(
    *,
    source_id: int,
    payload: bytes,
    read: Reader = cloudevents.read_batch,
    mapping_id: int | None = None,
    kept: Blob | None = None,
    by: Actor,
    at: datetime,
) -> Receipt:
    """Receive a batch of usage; exactly once on (agency, source, event id).

    Each row is answered accepted, held, duplicate, conflict or rejected. A repeat of a
    row is a duplicate for ever, the same id with other content a conflict that never
    replaces the first. An unknown order, model, class or price holds the row in
    suspense. Usage beyond the funds is recorded in full as unfunded (R-FND-08). Counts
    and names are stored, never the content of a call (R-AI-04). A new row of a source
    that is closed is answered ``source_closed`` and never counted.

    Batches of one source are received side by side: the source and the orders are only
    kept from being closed or changed meanwhile, and each id is won by one batch.

    :param read: the adapter of the format; without one the batch is of CloudEvents
    :param mapping_id: the mapping of columns by which a CSV is read
    :param kept: what is kept of the rows already, where they are a part of a file
    :raises NotAllowed: if the key or person may not write for this source
    :raises UnreadableBatch: if it is not of the format, is empty or too large
    """
    (source,) = UsageSource.objects.filter(pk=source_id).locked_shared("SHARE")
    require(permissions.can_ingest_usage(by, source.agency_id, source.code))
    rows = _read(payload, read)
    new, verdicts = _judge(source, rows, at)
    lookup = lock_orders(
        source.agency_id, queries.orders_named_by(source.agency_id, new)
    )
    found, reserved = _decide(new, source, lookup)
    delivery = Delivery(
        agency_id=source.agency_id,
        source_id=source.pk,
        batch_id=UsageBatch.objects.next_pk(),
        received_at=at,
        late_after=LATE_AFTER,
    )
    alike = [_shared(each, new[each.members[0]]) for each in found]
    lost = UsageEvent.objects.take_in(_by_id(new, found), alike, delivery)
    _answer_held(new, found, verdicts)
    _answer_lost(source, rows, lost, verdicts)
    keeping = _keep(payload, rows, verdicts, kept) | {"mapping_id": mapping_id}
    batch = _store(source, rows, verdicts, delivery.batch_id, keeping, by, at)
    _store_held(source, new, found, reserved, lost, at)
    _store_others(source, new, found, lost, at)
    _draw(batch, new, found, lost, at)
    record_event(
        events.USAGE_INGESTED,
        subject=batch.subject,
        by=by,
        at=at,
        data={
            "source": source.code,
            "batch": batch.public_id,
            "payload_sha256": batch.payload.sha256,
            **_counts(verdicts),
        },
    )
    return Receipt(batch, verdicts)


def verdicts_of(
    *, source: UsageSource, payload: bytes, read: Reader, by: Actor, at: datetime
) -> list[Verdict]:
    """What a batch would be answered now; nothing of it is stored.

    :raises NotAllowed: if the key or person may not write for this source
    :raises UnreadableBatch: if it is not of the format, is empty or too large
    """
    require(permissions.can_ingest_usage(by, source.agency_id, source.code))
    new, verdicts = _judge(source, _read(payload, read), at)
    found, _ = _decide(new, source, Lookup(source.agency_id))
    _answer_held(new, found, verdicts)
    return verdicts


def _read(payload: bytes, read: Reader) -> list[ReadEvent | BadRow]:
    try:
        return read(payload)
    except cloudevents.Unreadable as error:
        raise UnreadableBatch(str(error)) from error


def _judge(
    source: UsageSource, rows: Sequence[ReadEvent | BadRow], at: datetime
) -> tuple[list[ReadEvent], list[Verdict]]:
    """Which rows are new, and the verdict of every row as far as it is known."""
    known = _known(source, [row for row in rows if isinstance(row, ReadEvent)])
    latest = at + CLOCK_SKEW
    new: list[ReadEvent] = []
    verdicts: list[Verdict] = []
    for row in rows:
        status, code, pointer = _verdict(source, row, known, latest)
        verdicts.append(Verdict(row.index, row.event_id, status, code, pointer))
        if status == RowVerdict.ACCEPTED and isinstance(row, ReadEvent):
            known[row.event_id] = row.sha256
            new.append(row)
    return new, verdicts


def _known(source: UsageSource, rows: Iterable[ReadEvent]) -> dict[str, str]:
    """The hashes of the content under which ids of these rows were received before.

    Those of a closed source may be put away; a repeat is a repeat for ever.
    """
    stored = UsageEvent.objects if source.closed_at is None else EveryEvent.objects
    return stored.hashes(
        agency_id=source.agency_id,
        source_id=source.pk,
        event_ids=[row.event_id for row in rows],
    )


def _verdict(
    source: UsageSource,
    row: ReadEvent | BadRow,
    known: dict[str, str],
    latest: datetime,
) -> tuple[str, str, str]:
    if isinstance(row, BadRow):
        return RowVerdict.REJECTED, row.code, row.pointer
    if row.source != source.code:
        return RowVerdict.REJECTED, RowCode.OTHER_SOURCE, "/source"
    if row.occurred_at > latest:
        return RowVerdict.REJECTED, RowCode.CLOCK_AHEAD, "/time"
    before = known.get(row.event_id)
    if before is not None:
        return _repeated(before, row)
    if source.closed_at is not None:
        return RowVerdict.REJECTED, RowCode.SOURCE_CLOSED, "/source"
    return RowVerdict.ACCEPTED, "", ""


def _repeated(before: str, row: ReadEvent) -> tuple[str, str, str]:
    if before == row.sha256:
        return RowVerdict.DUPLICATE, "", ""
    return RowVerdict.CONFLICT, RowCode.OTHER_CONTENT, ""


def _decide(
    new: Sequence[ReadEvent], source: UsageSource, lookup: Lookup
) -> tuple[list[Combination], dict[str, Held]]:
    """Whose usage the calls are, by combinations, and what the held may come to.

    Calls of an attributed combination that come faster than their contract allows are
    held by themselves (R-MET-06).
    """
    found = combine(
        new,
        source_id=source.pk,
        decide=lookup.attribute,
        turns=partial(lookup.turns, source.pk),
    )
    too_fast = lookup.too_fast(
        (measured(new[place], source.pk), outcome)
        for each in found
        if isinstance(each.outcome, Attributed) and each.outcome.cap.has_rate
        for place in each.members
        if isinstance(outcome := each.of(new[place]), Attributed)
    )
    parted = [part for each in found for part in _parted(each, new, too_fast)]
    reserved = {
        call.event_id: too_fast.get(call.event_id)
        or lookup.reserved(measured(call, source.pk), each.outcome)
        for each in parted
        if isinstance(each.outcome, Held)
        for call in (new[place] for place in each.members)
    }
    return parted, reserved


def _parted(
    found: Combination, new: Sequence[ReadEvent], too_fast: Mapping[str, Held]
) -> Iterator[Combination]:
    """A combination, and one for each of its calls that comes too fast."""
    fast = [place for place in found.members if new[place].event_id in too_fast]
    within = found.without(fast) if fast else found
    if within.members:
        yield within
    for place in fast:
        outcome = too_fast[new[place].event_id]
        yield Combination(found.codes, outcome, (None,) * len(found.codes), (place,))


def _by_id(
    new: Sequence[ReadEvent], found: Sequence[Combination]
) -> list[tuple[int, ReadEvent]]:
    """Each call with the number of its combination, in the order of the ids."""
    calls = [
        (number, new[place])
        for number, each in enumerate(found)
        for place in each.members
    ]
    return sorted(calls, key=_id_of_call)


def _id_of_call(call: tuple[int, ReadEvent]) -> str:
    return call[1].event_id


def _shared(found: Combination, first: ReadEvent) -> Shared:
    """What the calls of a combination share, as the tables have it."""
    named = {name: getattr(first, name) for name in SHARED_NAMES}
    outcome = found.outcome
    if isinstance(outcome, Held) or not found.is_plain:
        return Shared(named, tuple(PricedClass(code) for code in found.codes))
    priced = zip(found.codes, found.rates, strict=True)
    return Shared(
        named,
        classes=tuple(_priced(code, rate) for code, rate in priced),
        order_line_id=outcome.order_line_id,
        model_id=outcome.model_id,
        accounting_day=outcome.accounting_day,
    )


def _priced(code: str, rate: Rate | None) -> PricedClass:
    if rate is None:
        return PricedClass(code)
    price = rate.price.usd_per_million_tokens
    return PricedClass(code, rate.order_line_id, rate.rate_row_id, price)


def _store_held(
    source: UsageSource,
    new: Sequence[ReadEvent],
    found: Sequence[Combination],
    reserved: Mapping[str, Held],
    lost: set[str],
    at: datetime,
) -> None:
    calls = (new[p] for each in found for p in each.members)
    kept = [
        (source.pk, call.event_id, reserved[call.event_id])
        for call in calls
        if call.event_id in reserved and call.event_id not in lost
    ]
    store_holds(source.agency_id, kept, at)


def _attributed(
    source: UsageSource,
    new: Sequence[ReadEvent],
    found: Iterable[Combination],
    lost: set[str],
) -> Iterator[Attribution]:
    """Every call that is attributed by this batch, one by one."""
    for each in found:
        for call in (new[place] for place in each.members):
            if call.event_id not in lost:
                outcome = each.of(call)
                if isinstance(outcome, Attributed):
                    yield call.event_id, call.occurred_at, source, outcome


def _store_others(
    source: UsageSource,
    new: Sequence[ReadEvent],
    found: Sequence[Combination],
    lost: set[str],
    at: datetime,
) -> None:
    """Who reported first, and what is attributed in another way than by its price."""
    plain = (each for each in found if each.is_plain)
    one_of_each = (next(_attributed(source, new, [each], lost), None) for each in plain)
    first = [each for each in one_of_each if each is not None]
    note_first_reports(source.agency_id, first, at)
    others = [each for each in found if not each.is_plain]
    rest = list(_attributed(source, new, others, lost))
    store_attributions(source.agency_id, rest, at)


def _draw(
    batch: UsageBatch,
    new: Sequence[ReadEvent],
    found: Sequence[Combination],
    lost: set[str],
    at: datetime,
) -> None:
    """Write down for the roller what this batch has added to the use of each line."""
    source = batch.source
    others = [each for each in found if not each.is_plain]
    deltas = deltas_of(_attributed(source, new, others, lost))
    for each in found:
        if each.is_plain:
            calls = [new[place] for place in each.members]
            stored = [call for call in calls if call.event_id not in lost]
            deltas += deltas_of_alike(each, stored, source.code)
    draw_deltas(deltas, because=batch.subject, at=at)


def _answer_held(
    new: Sequence[ReadEvent], found: Sequence[Combination], verdicts: list[Verdict]
) -> None:
    for each in found:
        if isinstance(each.outcome, Held):
            for place in each.members:
                call = new[place]
                verdicts[call.index] = Verdict(
                    call.index, call.event_id, RowVerdict.HELD, each.outcome.reason
                )


def _answer_lost(
    source: UsageSource,
    rows: Sequence[ReadEvent | BadRow],
    lost: set[str],
    verdicts: list[Verdict],
) -> None:
    """Another batch was first with these ids: their rows are repeats, or conflicts."""
    late = [row for row in rows if isinstance(row, ReadEvent) and row.event_id in lost]
    known = _known(source, late) if late else {}
    for row in late:
        if verdicts[row.index].status != RowVerdict.REJECTED:
            answer = _repeated(known[row.event_id], row)
            verdicts[row.index] = Verdict(row.index, row.event_id, *answer)


def _store(
    source: UsageSource,
    rows: Sequence[ReadEvent | BadRow],
    verdicts: Sequence[Verdict],
    batch_id: int,
    keeping: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> UsageBatch:
    batch = UsageBatch.objects.create(
        pk=batch_id,
        agency_id=source.agency_id,
        source=source,
        **keeping,
        received_at=at,
        received_by=by.name,
        **_counts(verdicts),
    )
    UsageRefusal.objects.add_all(
        (
            "batch_id",
            "row_index",
            "event_id",
            "verdict",
            "code",
            "pointer",
            "payload_sha256",
        ),
        (
            (
                batch.pk,
                row.index,
                row.event_id,
                str(verdict.status),
                str(verdict.code),
                verdict.pointer[:120],
                row.sha256,
            )
            for row, verdict in zip(rows, verdicts, strict=True)
            if verdict.status in _REFUSED
        ),
    )
    return batch


_REFUSED = frozenset({RowVerdict.CONFLICT, RowVerdict.REJECTED})


def _keep(
    payload: bytes,
    rows: Sequence[ReadEvent | BadRow],
    verdicts: Sequence[Verdict],
    kept: Blob | None,
) -> dict[str, Any]:
    """What is kept of a batch, and what it was answered; once and packed."""
    how = keeping_of(payload, rows)
    answers = msgspec.json.encode([v.as_row() for v in verdicts])
    answered = Content(answers, "application/json", packed=True)
    if kept is not None:
        (stored,) = store_all_blobs(contents=[answered])
        return {"payload": kept, "verdicts": stored, "format": how.format}
    content, stored = store_all_blobs(
        contents=[Content(how.content, "application/x-ndjson", packed=True), answered]
    )
    return {
        "payload": content,
        "verdicts": stored,
        "format": how.format,
        "is_exact": how.is_exact,
        "sent_sha256": hashlib.sha256(payload).hexdigest(),
    }


def _counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    counted = Counter(verdict.status for verdict in verdicts)
    found = {str(kind): counted.get(kind, 0) for kind in RowVerdict.values}
    return {"received": sum(found.values()), **found}
