"""The rows behind a dispute, as files that come out the same byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from contracting.billing.models import ChargeLine, InvoiceLine
from contracting.billing.queries import report_rows, reports_touching
from contracting.core.periods import Period, day_bounds, days_bounds
from contracting.core.plots.tables import Value, rows_as_csv
from contracting.disputes.models import DisputeCase
from contracting.disputes.queries.cases import findings_of
from contracting.disputes.refusals import CaseIncomplete
from contracting.metering.models import EveryEvent, UsageBatch
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.inputs import (
    CLOCKS_APART,
    calls_of,
    match_by_row,
)
from contracting.reconciliation.matching.reading import has_sums
from contracting.reconciliation.matching.volume import Volume
from contracting.reconciliation.models import Cell, Finding
from contracting.reconciliation.states import Metered, Reported

MOST_ROWS: Final = 500_000
"""A file of more rows is no evidence that anybody reads: dispute in parts."""

_REQUEST: Final = "REQUEST"
_SAME_TIME: Final = (1980, 1, 1, 0, 0, 0)
_AT_ONCE: Final = 10_000

Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the bundle: its heading and its rows, in order."""

    name: str
    head: tuple[str, ...]
    rows: list[Row]

    @property
    def content(self) -> bytes:
        """As CSV (RFC 4180), in UTF-8."""
        return "".join(rows_as_csv(self.head, self.rows)).encode()


@dataclass(frozen=True, slots=True)
class Scope:
    """The usage that a difference is about: a span of one line, model, tier, classes.

    Without classes it is of all of them; ``requests`` are the only ones where the match
    was made call by call.
    """

    span: Period
    order_line_id: int | None
    model_id: int | None
    tier: str
    classes: frozenset[str]
    requests: frozenset[str] | None

    def holds(self, row: Metered | Reported) -> bool:
        """Whether a row of either side belongs to it."""
        return (
            self.span.contains(row.occurred_at)
            and self.order_line_id in (None, row.order_line_id)
            and self.model_id in (None, row.model_id)
            and self.tier in ("", row.tier)
            and (not self.classes or row.token_class in self.classes)
            and (self.requests is None or row.request_id in self.requests)
        )


def scope_of(finding: Finding, *, whole: bool = False) -> Scope | None:
    """What usage a difference is about; none where it is of no usage at all.

    :param whole: every call of the day, not only those that differ
    """
    said, zone = finding.evidence, finding.order.contract.time_zone
    span = _span(said, zone)
    if span is None:
        return None
    by_call = finding.level == _REQUEST and not whole
    keys = said.get("keys", [])
    return Scope(
        span,
        finding.order_line_id,
        said.get("model"),
        said.get("tier") or "",
        frozenset(finding.token_classes),
        frozenset(str(key[0]) for key in keys) if by_call else None,
    )


def _span(said: dict[str, Any], zone: str) -> Period | None:
    if said.get("day"):
        return day_bounds(date.fromisoformat(said["day"]), zone)
    if said.get("period_start"):
        ends = (
            datetime.fromisoformat(said[f"period_{end}"]) for end in ("start", "end")
        )
        return Period(*ends)
    if said.get("first_day"):
        first, last = (date.fromisoformat(said[f"{n}_day"]) for n in ("first", "last"))
        return days_bounds(first, last, zone)
    return None


def sheets_of(case: DisputeCase, at: datetime) -> list[Sheet]:
    """Everything behind a dispute; the same rows give the same sheets.

    Nothing but counts, ids and prices is in them, and the hashes of the files in which
    they came: no names of keys, sources or people.

    :raises CaseIncomplete: if there are more rows than anybody can check
    """
    findings = findings_of(case)
    metered, reported = _rows_behind(case.order, findings, at)
    sheets = [
        _findings(findings),
        _cells(findings),
        _meter(metered),
        _batches(case, metered),
        _reports(case, findings, reported),
        _invoice_lines(findings),
        _charge_lines(findings),
    ]
    _guard_rows(sum(len(sheet.rows) for sheet in sheets))
    return sheets


def _guard_rows(rows: int) -> None:
    if rows > MOST_ROWS:
        message = (
            f"There are {rows:,} rows or more behind this dispute; a bundle holds at "
            f"most {MOST_ROWS:,}. Dispute fewer differences at once."
        )
        raise CaseIncomplete(message, rows=rows)


_Behind = tuple[dict[tuple[Any, ...], Metered], set[tuple[Any, ...]]]
"""The rows of our meter, and the keys of those of the vendor's reports."""


def _rows_behind(
    order: TaskOrder, findings: Iterable[Finding], at: datetime
) -> _Behind:
    """What either side has of the usage of some differences.

    Each span is read once, and no more of it is kept than belongs to a difference.

    :raises CaseIncomplete: as soon as there are more rows than anybody can check
    """
    by_span: dict[Period, list[Scope]] = defaultdict(list)
    for finding in findings:
        scope = scope_of(finding)
        if scope is not None:
            by_span[scope.span].append(scope)
    metered: dict[tuple[Any, ...], Metered] = {}
    reported: set[tuple[Any, ...]] = set()
    for span, scopes in by_span.items():
        for row in _rows_on(order, span, at):
            if not any(scope.holds(row) for scope in scopes):
                continue
            if isinstance(row, Reported):
                reported.add(_reported_key(row))
            else:
                metered[_metered_key(row)] = row
            _guard_rows(len(metered) + len(reported))
    return metered, reported


def _rows_on(
    order: TaskOrder, span: Period, at: datetime
) -> Iterator[Metered | Reported]:
    """Both sides of a span: some requests at once, unless sums have to be read whole.

    Sums of a report, and average prices of a volume, are known of a whole period alone.
    """
    wide = Period(span.start - CLOCKS_APART, span.end + CLOCKS_APART)
    days = span.start, span.end
    if has_sums(reports_touching(order, wide)) or Volume(order):
        match = match_by_row(order, days, at=at)
        yield from (*match.metered, *match.reported)
    else:
        yield from (row for row, _ in calls_of(order, days))


def bundle_of(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as a ZIP file with a manifest of their hashes.

    Stored, not packed, under a fixed time and in a fixed order, so that the same sheets
    are the same bytes on every machine.
    """
    named = {sheet.name: sheet.content for sheet in sheets}
    manifest = {
        name: {
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
        }
        for name, content in named.items()
    }
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted({**named, "manifest.json": text.encode()}.items()):
            entry = zipfile.ZipInfo(name, _SAME_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def sheet_in(bundle: bytes, name: str) -> bytes | None:
    """One file of a bundle, or none of that name."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name) if name in archive.namelist() else None


def _metered_key(row: Metered) -> tuple[Any, ...]:
    return (row.occurred_at, row.request_id, row.attempt, row.token_class, row.event_id)


def _reported_key(row: Reported) -> tuple[Any, ...]:
    """A row of a report by its call, or by the period of which it is the sum."""
    if row.bucket is not None:
        return (row.bucket[0], row.bucket[1], row.token_class)
    return (row.request_id, row.attempt, row.token_class)


def _findings(findings: Iterable[Finding]) -> Sheet:
    head = ("finding", "code", "line", "token_classes", "tokens", "amount_usd")
    rows: list[Row] = [
        (
            *(each.public_id, each.code, each.clin, " ".join(each.token_classes)),
            *(each.tokens, each.amount_dollars.normalize(), each.level),
            *(each.run.public_id, each.run.inputs_sha256, each.run.result_sha256),
        )
        for each in findings
    ]
    more = ("level", "reconciliation", "inputs_sha256", "result_sha256")
    return Sheet("findings.csv", (*head, *more), rows)


def _cells(findings: Iterable[Finding]) -> Sheet:
    head = (
        *("finding", "line", "model", "token_class", "tier", "period_start"),
        *("period_end", "metered_tokens", "reported_tokens", "invoiced_tokens"),
        *("contract_usd_per_million", "invoiced_usd_per_million"),
    )
    rows: list[Row] = [
        (
            *(finding.public_id, cell.order_line.clin, cell.model.snapshot),
            *(cell.token_class_code, cell.tier, cell.period_start.astimezone(UTC)),
            *(cell.period_end.astimezone(UTC), cell.a_tokens, cell.b_tokens),
            *(cell.c_tokens, cell.rate_usd, cell.invoiced_usd),
        )
        for finding in findings
        for cell in _cells_of(finding)
    ]
    return Sheet("cells.csv", head, rows)


def _cells_of(finding: Finding) -> QuerySet[Cell]:
    scope = scope_of(finding)
    cells = finding.run.cells.select_related("order_line__contract_line", "model")
    if scope is None:
        return cells.none()
    cells = cells.filter(
        period_start__lt=scope.span.end, period_end__gt=scope.span.start
    )
    if scope.order_line_id:
        cells = cells.filter(order_line=scope.order_line_id)
    if scope.model_id:
        cells = cells.filter(model=scope.model_id, tier=scope.tier)
    if scope.classes:
        cells = cells.filter(token_class_code__in=sorted(scope.classes))
    return cells.order_by("period_start", "order_line", "model", "token_class_code")


def _meter(metered: dict[tuple[Any, ...], Metered]) -> Sheet:
    head = (
        *("request_id", "attempt", "occurred_at", "token_class", "tier"),
        *("tokens", "usd_per_million", "event"),
    )
    rows: list[Row] = [
        (
            *(row.request_id, row.attempt, row.occurred_at.astimezone(UTC)),
            *(row.token_class, row.tier, row.tokens),
            *(row.price.usd_per_million_tokens, row.event_id.partition(" ")[2]),
        )
        for _, row in sorted(metered.items())
    ]
    return Sheet("meter_rows.csv", head, rows)


def _batches(case: DisputeCase, metered: dict[tuple[Any, ...], Metered]) -> Sheet:
    """The deliveries in which the calls came, by the hash of what was sent."""
    wanted = {tuple(row.event_id.split(" ", 1)) for row in metered.values()}
    ids = sorted({event for _, event in wanted})
    batches: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        events = EveryEvent.objects.filter(
            agency_id=case.order.contract.agency_id,
            event_id__in=ids[start : start + _AT_ONCE],
        ).values_list("source_id", "event_id", "batch_id")
        batches |= {
            batch for source, event, batch in events if (str(source), event) in wanted
        }
    rows: list[Row] = [
        (batch.public_id, batch.payload.sha256, batch.sent_sha256, batch.received)
        for batch in UsageBatch.objects.filter(pk__in=batches)
        .select_related("payload")
        .order_by("pk")
    ]
    head = ("batch", "payload_sha256", "sent_sha256", "rows_received")
    return Sheet("meter_batches.csv", head, rows)


def _reports(
    case: DisputeCase, findings: Iterable[Finding], wanted: set[tuple[Any, ...]]
) -> Sheet:
    """The vendor's rows as they stand in its files, with the hash of each file."""
    head = (
        *("report", "label", "file_sha256", "row", "request_id", "attempt"),
        *("occurred_at", "sum_until", "model", "token_class", "tier", "tokens"),
    )
    found: dict[int, Row] = {}
    for span in _spans(findings):
        wide = (span.start - CLOCKS_APART, span.end + CLOCKS_APART)
        rows = report_rows(case.order, *wide).select_related("report__payload")
        for row in rows.iterator(chunk_size=_AT_ONCE):
            own = (
                (row.occurred_at, row.bucket_end)
                if row.bucket_end
                else (row.request_id, row.attempt)
            )
            if (*own, row.token_class_code) in wanted:
                report = row.report
                found[row.pk] = (
                    *(report.public_id, report.label, report.payload.sha256),
                    *(row.row_number, row.request_id, row.attempt),
                    *(
                        row.occurred_at.astimezone(UTC),
                        _utc(row.bucket_end),
                        row.model_name,
                    ),
                    *(row.token_class_code, row.tier, row.tokens),
                )
    return Sheet("report_rows.csv", head, [found[pk] for pk in sorted(found)])


def _spans(findings: Iterable[Finding]) -> Iterator[Period]:
    scopes = (scope_of(each) for each in findings)
    yield from sorted(
        {scope.span for scope in scopes if scope is not None},
        key=lambda span: (span.start, span.end),
    )


def _invoice_lines(findings: Iterable[Finding]) -> Sheet:
    head = (
        *("invoice", "number", "line", "position", "model", "token_class", "tier"),
        *("period_start", "period_end", "tokens", "usd_per_million", "amount_usd"),
    )
    lines: dict[int, InvoiceLine] = {}
    for finding in findings:
        lines |= {line.pk: line for line in _billed(finding)}
    rows: list[Row] = [
        (
            *(line.invoice.public_id, line.invoice.number, line.order_line.clin),
            *(line.position, line.model.snapshot, line.token_class.code, line.tier),
            *(line.period.lower.astimezone(UTC), line.period.upper.astimezone(UTC)),
            *(line.tokens, line.usd_per_million_tokens, line.amount_dollars),
        )
        for _, line in sorted(lines.items())
    ]
    return Sheet("invoice_lines.csv", head, rows)


def _billed(finding: Finding) -> Iterable[InvoiceLine]:
    scope = scope_of(finding)
    lines = InvoiceLine.objects.select_related(
        "invoice", "order_line__contract_line", "model", "token_class"
    ).filter(invoice__order=finding.order_id)
    named = finding.evidence.get("invoice_lines")
    if named:
        return lines.filter(pk__in=named)
    if scope is None:
        return lines.none()
    span = DateTimeTZRange(scope.span.start, scope.span.end, "[)")
    lines = lines.filter(period__overlap=span, voided_at__isnull=True)
    if finding.invoice_id:
        lines = lines.filter(invoice=finding.invoice_id)
    if scope.order_line_id:
        lines = lines.filter(order_line=scope.order_line_id)
    if scope.model_id:
        lines = lines.filter(model=scope.model_id, tier=scope.tier)
    if scope.classes:
        lines = lines.filter(token_class__code__in=sorted(scope.classes))
    return lines


def _charge_lines(findings: Iterable[Finding]) -> Sheet:
    head = (
        *("invoice", "number", "line", "position", "unit", "units"),
        *("usd_per_unit", "amount_usd"),
    )
    named = {pk for each in findings for pk in each.evidence.get("charge_lines", [])}
    lines = ChargeLine.objects.select_related("invoice", "order_line__contract_line")
    rows: list[Row] = [
        (
            *(line.invoice.public_id, line.invoice.number, line.order_line.clin),
            *(line.position, line.unit, line.units, line.usd_per_unit),
            line.amount_dollars,
        )
        for line in lines.filter(pk__in=named).order_by("pk")
    ]
    return Sheet("charge_lines.csv", head, rows)


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC) if instant else None
