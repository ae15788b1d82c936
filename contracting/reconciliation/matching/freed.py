"""What a resolution makes payable on an invoice, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Sum

from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.queries import live_lines
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.reconciliation.matching import inputs, late
from contracting.reconciliation.matching.beyond import (
    asked_beyond,
    cell_key,
    cell_key_of,
)
from contracting.reconciliation.matching.naming import AGGREGATE, REQUEST, SHIFTS
from contracting.reconciliation.matching.rooms import Part, Rooms, within_cents
from contracting.reconciliation.models import (
    AcceptedLine,
    Cell,
    Finding,
    ReconciliationRun,
)
from contracting.reconciliation.states import (
    FindingCode,
    Metered,
    ResolutionCode,
)

FREES = (ResolutionCode.ACCEPT_A, ResolutionCode.ACCEPT_B, ResolutionCode.ACCEPT_C)
"""The resolutions by which a part of an invoice becomes payable."""


def freed_parts(
    finding: Finding, invoice: Invoice, run: ReconciliationRun, code: str, at: datetime
) -> list[Part]:
    """What a resolution would make payable on an invoice, as far as there are funds.

    By ``accept-A``: cached input that was billed as uncached was used all the same and
    is paid at its own price, on the line under which it was billed; a call that the
    vendor invoiced and forgot to report is paid on its own line. By ``accept-B`` and
    ``accept-C`` also what our meter has not counted. Never above what is invoiced.
    """
    if code not in FREES:
        return []
    cells = {cell_key(cell): cell for cell in run.cells.all()}
    parts: list[Part] = []
    if code != ResolutionCode.ACCEPT_A:
        span = (invoice.period_start, invoice.period_end)
        match = inputs.match_of(
            invoice.order, span, invoice=invoice, at=at, by_row=_requests_of(finding)
        )
        by_invoice = code == ResolutionCode.ACCEPT_C and finding.invoice_id is not None
        parts = asked_beyond(finding, invoice, cells, match, by_invoice=by_invoice)
    elif finding.code in SHIFTS and finding.invoice_id == invoice.pk:
        parts = _left_out(finding, invoice, cells)
    elif finding.code in _TOO_LITTLE and finding.invoice_id is None:
        parts = _not_reported(finding, invoice, cells, at)
    return _within_what_is_asked(Rooms().parts(parts), invoice)


def _within_what_is_asked(parts: list[Part], invoice: Invoice) -> list[Part]:
    """No line is accepted above its invoiced cents, over all of its acceptances.

    Each acceptance rounds on its own, so that two parts may round up where their sum,
    which is invoiced, rounds down.
    """
    accepted = _accepted(invoice)
    kept = []
    for part in parts:
        line = part.line
        before = accepted.get(line.pk, Dollars())
        room = max(Dollars(line.amount_dollars) - before, Dollars())
        if part.cents > room:
            most = within_cents(part.price, room)
            tokens = min(part.tokens, most)
            beyond = min(part.beyond, most - tokens)
            part = replace(part, tokens=tokens, beyond=beyond, by_volume=None)
        accepted[line.pk] = before + part.cents
        kept.append(part)
    return kept


_TOO_LITTLE = frozenset(
    {FindingCode.QTY, FindingCode.MISSING_B, FindingCode.SYSTEMATIC}
)


def _requests_of(finding: Finding) -> set[str]:
    """The requests that a discrepancy of single calls names."""
    if finding.level != REQUEST:
        return set()
    return {str(request) for request, *_ in finding.evidence["keys"]}


def _left_out(
    finding: Finding, invoice: Invoice, cells: Mapping[tuple[object, ...], Cell]
) -> list[Part]:
    """The classes that an invoice left out, on the line that billed them instead."""
    if finding.level != AGGREGATE or len(finding.token_classes) < 2:
        return []
    gaps = {str(code): int(gap) for code, gap in finding.evidence["keys"]}
    ids = finding.evidence["invoice_lines"]
    billed = next(
        row
        for row in live_lines(invoice).filter(pk__in=ids)
        if gaps.get(row.token_class.code, 0) > 0
    )
    parts = []
    for code, gap in sorted(gaps.items()):
        key = list(cell_key_of(billed))
        key[2] = code
        cell = cells.get(tuple(key))
        if gap >= 0 or cell is None or cell.rate_usd is None:
            continue
        left = min(cell.a_tokens, cell.b_tokens) - (cell.c_tokens or 0)
        left -= late.accepted_late(
            (*late.key_of(billed)[:3], code), (billed.period.lower, billed.period.upper)
        )
        price = UnitPrice(cell.rate_usd)
        parts.append(Part(billed, code, Tokens(max(left, 0)), price))
    return parts


def _not_reported(
    finding: Finding,
    invoice: Invoice,
    cells: Mapping[tuple[object, ...], Cell],
    at: datetime,
) -> list[Part]:
    """The calls that the vendor reported too low or not at all, on their lines.

    Where it reports sums, those of our calls in the period of the sum.
    """
    by_call = finding.level == REQUEST
    short: dict[tuple[object, ...], int] = defaultdict(int)
    for *where, code, tokens in finding.evidence["keys"]:
        if tokens < 0:
            short[(*where, code) if by_call else (code,)] -= tokens
    span = (invoice.period_start, invoice.period_end)
    match = inputs.match_of(
        invoice.order,
        span,
        invoice=invoice,
        at=at,
        by_row=_requests_of(finding),
    )
    counted: dict[int, int] = defaultdict(int)
    lines = list(live_lines(invoice))
    for row in match.metered:
        place: tuple[object, ...] = (row.request_id, row.attempt, row.token_class)
        if not by_call:
            place = (row.token_class,) if _is_in_sum(finding, row) else ()
        missing = short.get(place, 0)
        line = next((each for each in lines if _bills(each, row)), None)
        if missing and line is not None:
            taken = min(missing, row.tokens)
            short[place] -= taken
            counted[line.pk] += taken
    parts = []
    for line in lines:
        cell = cells.get(cell_key_of(line))
        if counted[line.pk] and cell is not None and cell.rate_usd is not None:
            most = min(cell.a_tokens, cell.b_tokens + counted[line.pk], line.tokens)
            left = max(min(most - late.accepted_since(line), counted[line.pk]), 0)
            price = min(
                UnitPrice(line.usd_per_million_tokens), UnitPrice(cell.rate_usd)
            )
            parts.append(Part(line, line.token_class.code, Tokens(left), price))
    return parts


def _is_in_sum(finding: Finding, row: Metered) -> bool:
    """Whether a call of ours lies in the sum, or on the day without one."""
    said = finding.evidence
    kind = (finding.order_line_id, said.get("model"), said.get("tier"))
    if row.kind != kind:
        return False
    if "bucket_start" not in said:
        return row.day.isoformat() == str(said.get("day"))
    start, end = (
        datetime.fromisoformat(said[name]) for name in ("bucket_start", "bucket_end")
    )
    return start <= row.occurred_at < end


def _bills(line: InvoiceLine, row: Metered) -> bool:
    return (
        late.key_of(line) == row.key
        and line.period.lower <= row.occurred_at < line.period.upper
    )


def _accepted(invoice: Invoice) -> dict[int, Dollars]:
    """Accepted cents by invoice line."""
    rows = (
        AcceptedLine.objects.filter(acceptance__invoice=invoice)
        .values("invoice_line")
        .annotate(sum=Sum("payable_dollars"))
    )
    return {row["invoice_line"]: Dollars(row["sum"]) for row in rows}
