"""Calls of a batch on their way into the tables: staged once, then written as sets.

One statement adds the events, their lines, attributions, ratings and holds. The events
come in the order of their ids, so that two batches that bring the same ids wait for
each other in one direction only, and each id is won by exactly one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from django.db import connection, connections

from contracting.core.models import StreamedQuerySet

FEW: Final = 1_500
"""Up to so many calls travel inside the statement; more are streamed to a table.

For a thousand both ways took the same within a tenth, the statement the less.
"""


SHARED_NAMES: Final = (
    *("order_ref", "key_ref", "model_served", "model_requested", "model_billed"),
    *("tier", "context_band", "boundary", "basis", "provenance", "outcome", "requests"),
)
"""What calls agree in that are alike, as columns of the event."""


class IncomingCall(Protocol):
    """What is a call's own; all else it shares with the calls that are like it."""

    @property
    def event_id(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def operation_id(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def reported_total(self) -> int | None: ...
    @property
    def latency_ms(self) -> int | None: ...
    @property
    def meter_seq(self) -> int | None: ...
    @property
    def sha256(self) -> str: ...
    @property
    def lines(self) -> tuple[tuple[str, int], ...]: ...


@dataclass(frozen=True, slots=True)
class PricedClass:
    """A token class of a combination, and its price on the order line, if any."""

    code: str
    order_line_id: int | None = None
    rate_row_id: int | None = None
    usd_per_million_tokens: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """What calls that are alike share: without an order line nothing is attributed.

    :ivar named: the values of ``SHARED_NAMES``
    :ivar classes: in the order of the lines of each call
    """

    named: Mapping[str, str | int | None]
    classes: tuple[PricedClass, ...]
    order_line_id: int | None = None
    model_id: int | None = None
    accounting_day: date | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """With which batch of which source the calls came, and when."""

    agency_id: int
    source_id: int
    batch_id: int
    received_at: datetime
    late_after: timedelta


def open_partition(source_id: int) -> None:
    """Give a registered source partitions of its own for its events and their lines.

    The owner's function makes them, since the site has no right to make tables. A
    source that has them already keeps them; one without is kept with the rest.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT metering_open_partition(%s)", [source_id])


class IncomingQuerySet(StreamedQuerySet[Any]):
    """The events, written with everything that belongs to them."""

    def hashes(
        self, *, agency_id: int, source_id: int, event_ids: Sequence[str]
    ) -> dict[str, str]:
        """The hash of the content that was received under each of these ids."""
        table = self.model._meta.db_table
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                f"SELECT event_id, payload_sha256 FROM {table} "  # noqa: S608
                "WHERE agency_id = %s AND source_id = %s AND event_id = ANY(%s)",
                [agency_id, source_id, list(event_ids)],
            )
            return dict(cursor.fetchall())

    def take_in(
        self,
        calls: Sequence[tuple[int, IncomingCall]],
        alike: Sequence[Shared],
        delivery: Delivery,
    ) -> set[str]:
        """Add the calls whose ids are new, each with all that belongs to it.

        The price of a line is tokens times dollars per million, exact in ``numeric``.

        :param calls: each with the place of what it shares in ``alike``; ids differ
        :returns: the ids that somebody else has added meanwhile; nothing was added
            for them
        """
        if not calls:
            return set()
        link = connections[self.db]
        text = _as_text(calls) if len(calls) > FEW else None
        with link.wrap_database_errors, link.cursor() as cursor:
            if text is not None:
                cursor.execute(_STAGE)
                with cursor.copy(_COPY) as stream:
                    stream.write(text)
            cursor.execute(
                _WRITE.format(staged=_INSIDE if text is None else _STREAMED),
                [
                    *([_as_json(calls)] if text is None else ()),
                    *_columns_of(alike),
                    *_columns_of_classes(alike),
                    *_columns_of_delivery(delivery),
                ],
            )
            return {event_id for (event_id,) in cursor.fetchall()}


_STAGE: Final = """
CREATE TEMPORARY TABLE IF NOT EXISTS metering_incoming (
  event_id text, occurred_at timestamptz, shared integer, tokens bigint[],
  operation_id text, attempt integer, reported_total bigint, latency_ms bigint,
  meter_seq bigint, payload_sha256 text
) ON COMMIT DELETE ROWS;
TRUNCATE metering_incoming;
"""
_COPY: Final = "COPY metering_incoming FROM STDIN (NULL '')"
_STREAMED: Final = "SELECT * FROM metering_incoming"
_INSIDE: Final = """
  SELECT * FROM json_to_recordset(%s) AS row (
    event_id text, occurred_at timestamptz, shared integer, tokens bigint[],
    operation_id text, attempt integer, reported_total bigint, latency_ms bigint,
    meter_seq bigint, payload_sha256 text)
"""
_WRITE: Final = """
WITH call AS MATERIALIZED ({staged}),
alike AS MATERIALIZED (
  SELECT * FROM unnest(
    %s::integer[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::date[]
  ) AS row (shared, order_ref, key_ref, model_served, model_requested, model_billed,
    tier, context_band, boundary, basis, provenance, outcome, requests,
    order_line_id, model_id, accounting_day)
),
class AS MATERIALIZED (
  SELECT * FROM unnest(
    %s::integer[], %s::integer[], %s::text[], %s::bigint[], %s::bigint[], %s::numeric[]
  ) AS row (shared, place, code, order_line_id, rate_row_id, price)
),
delivery AS MATERIALIZED (
  SELECT %s::bigint AS agency_id, %s::bigint AS source_id, %s::bigint AS batch_id,
    %s::timestamptz AS received_at, %s::interval AS late_after
),
stored AS (
  INSERT INTO metering_usageevent (
    agency_id, source_id, event_id, batch_id, payload_sha256, occurred_at, received_at,
    operation_id, attempt, order_ref, key_ref, model_requested, model_served,
    model_billed, tier, context_band, boundary, basis, provenance, outcome, requests,
    reported_total, latency_ms, meter_seq, is_late, corrects, correction_reason)
  SELECT agency_id, source_id, event_id, batch_id, payload_sha256, occurred_at,
    received_at, operation_id, attempt, order_ref, key_ref, model_requested,
    model_served, model_billed, tier, context_band, boundary, basis, provenance,
    outcome, requests, reported_total, latency_ms, meter_seq,
    received_at - occurred_at > late_after, '', ''
  FROM call JOIN alike USING (shared), delivery
  ORDER BY event_id COLLATE "C"
  ON CONFLICT DO NOTHING
  RETURNING event_id
),
fresh AS MATERIALIZED (
  SELECT call.*, delivery.* FROM call JOIN stored USING (event_id), delivery
),
line AS (
  INSERT INTO metering_usageline (
    agency_id, source_id, event_id, token_class_code, tokens)
  SELECT agency_id, source_id, event_id, code, tokens[place]
  FROM fresh JOIN class USING (shared)
),
attribution AS (
  INSERT INTO metering_usageattribution (
    agency_id, source_id, event_id, order_line_id, model_id, accounting_day,
    attributed_at)
  SELECT agency_id, source_id, event_id, order_line_id, model_id, accounting_day,
    received_at
  FROM fresh JOIN alike USING (shared) WHERE order_line_id IS NOT NULL
),
rating AS (
  INSERT INTO metering_usagerating (
    agency_id, source_id, event_id, token_class_code, order_line_id, rate_row_id,
    occurred_at, accounting_day, tokens, usd_per_million_tokens, dollars, rated_at)
  SELECT agency_id, source_id, event_id, code, class.order_line_id, rate_row_id,
    occurred_at, accounting_day, tokens[place], price,
    tokens[place] * price * 0.000001, received_at
  FROM fresh JOIN alike USING (shared) JOIN class USING (shared)
  WHERE rate_row_id IS NOT NULL
)
SELECT event_id FROM call WHERE event_id NOT IN (SELECT event_id FROM stored)
"""


def _as_json(calls: Iterable[tuple[int, IncomingCall]]) -> str:
    return json.dumps(
        [
            {
                "event_id": call.event_id,
                "occurred_at": call.occurred_at.isoformat(),
                "shared": shared,
                "tokens": [count for _, count in call.lines],
                "operation_id": call.operation_id,
                "attempt": call.attempt,
                "reported_total": call.reported_total,
                "latency_ms": call.latency_ms,
                "meter_seq": call.meter_seq,
                "payload_sha256": call.sha256,
            }
            for shared, call in calls
        ]
    )


def _as_text(calls: Sequence[tuple[int, IncomingCall]]) -> str | None:
    r"""Lines of COPY's text; ``None`` if an id has a tab or the end of a line in it."""
    text = "".join(
        [
            f"{call.event_id}\t{call.occurred_at.isoformat()}\t{shared}\t"
            f"{{{','.join([str(count) for _, count in call.lines])}}}\t"
            f"{call.operation_id}\t{call.attempt}\t{_or_blank(call.reported_total)}\t"
            f"{_or_blank(call.latency_ms)}\t{_or_blank(call.meter_seq)}\t{call.sha256}\n"
            for shared, call in calls
        ]
    )
    marks = text.count("\t"), text.count("\n"), text.count("\r")
    if marks != (9 * len(calls), len(calls), 0):
        return None
    return text.replace("\\", "\\\\")


def _or_blank(count: int | None) -> int | str:
    return "" if count is None else count


def _columns_of(alike: Sequence[Shared]) -> list[list[Any]]:
    return [
        list(range(len(alike))),
        *([each.named[name] for each in alike] for name in SHARED_NAMES),
        [each.order_line_id for each in alike],
        [each.model_id for each in alike],
        [each.accounting_day for each in alike],
    ]


def _columns_of_classes(alike: Sequence[Shared]) -> list[list[Any]]:
    rows = [
        (
            number,
            place,
            each.code,
            each.order_line_id,
            each.rate_row_id,
            each.usd_per_million_tokens,
        )
        for number, shared in enumerate(alike)
        for place, each in enumerate(shared.classes, 1)
    ]
    return [list(column) for column in zip(*rows, strict=True)] or [[]] * 6


def _columns_of_delivery(delivery: Delivery) -> list[Any]:
    return [
        delivery.agency_id,
        delivery.source_id,
        delivery.batch_id,
        delivery.received_at,
        delivery.late_after,
    ]
