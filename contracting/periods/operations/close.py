"""Close an accounting month of an order."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.contracts.models import RateRow
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.metering.operations.close_usage import Kind, close_usage
from contracting.metering.operations.fold import fold_usage
from contracting.metering.queries.reratings import ratings_in_force, tiers_of
from contracting.orders.models import TaskOrder
from contracting.periods import events, paperwork, permissions, queries
from contracting.periods.calculations import bounds_of, link_sha256
from contracting.periods.models import Entry
from contracting.periods.operations.sign_off import require_ready
from contracting.periods.queries.totals import content_of
from contracting.periods.refusals import NotSignedOff
from contracting.periods.states import EntryKind, SignOffPart


@transaction.atomic
def close_period(*, order_id: int, month: date, by: Actor, at: datetime) -> Entry:
    """Add a link to the order's chain with every total of the month (R-MET-05).

    From then on its usage keeps its ratings; what comes late, and what is rated anew,
    is an adjustment in the open month.

    :raises NotAllowed: unless ``by`` is a contracting officer, the representative or a
        payment certifier
    :raises PeriodClosed: if it is closed already
    :raises PeriodNotReady: if something of the month is missing (R-REC-01)
    :raises NotSignedOff: unless two people have signed off these very figures
    """
    order = locked_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_close_period(by, order, on))
    fold_usage(order_id=order.pk, by=by)
    require_ready(order, month, at)
    content = content_of(order, month, at)
    sha256 = content_sha256(content)
    given = queries.sign_offs_of(order, month, sha256)
    missing = [part.label for part in SignOffPart if part not in given]
    if missing:
        message = (
            f"The figures of {month:%B %Y} are not signed off by "
            f"{' and '.join(missing)} as they stand now."
        )
        raise NotSignedOff(message, missing=missing, sha256=sha256)
    entry = append_link(
        Entry(
            order=order,
            kind=EntryKind.CLOSED,
            month=month,
            content=content,
            content_sha256=sha256,
            representative=given[SignOffPart.REPRESENTATIVE],
            finance=given[SignOffPart.FINANCE],
            made_by_id=by.own_membership_id,
            made_at=at,
        )
    )
    kinds = _kinds(order, month)
    close_usage(kinds=kinds, because=entry.subject, by=by, at=at)
    request_document(
        kind=DocumentKind.PERIOD_STATEMENT,
        subject=entry.subject,
        title=f"{month:%B %Y} of order {order.piid}, closed",
        number=f"{order.piid}-{month:%Y-%m}",
        agency_id=order.contract.agency_id,
        context=paperwork.period_statement(entry),
        content_sha256=sha256,
        version=entry.number,
        by=by,
        at=at,
    )
    record_event(
        events.PERIOD_CLOSED,
        subject=entry.subject,
        by=by,
        at=at,
        data={
            "month": month,
            "number": entry.number,
            "sha256": entry.sha256,
            "content_sha256": sha256,
            **content["sums"],
        },
    )
    return entry


def append_link(entry: Entry) -> Entry:
    """Number a link, chain it to the one before and keep it; its order is locked."""
    last = queries.chain_of(entry.order).last()
    entry.number = last.number + 1 if last else 1
    entry.previous_sha256 = last.sha256 if last else ""
    entry.sha256 = link_sha256(entry.link)
    entry.save(force_insert=True)
    return entry


def _kinds(order: TaskOrder, month: date) -> list[Kind]:
    """The lines, models, classes and tiers that are used in a month."""
    period = bounds_of(month, order.contract.time_zone)
    lines = list(order.lines.order_by("pk").values_list("pk", flat=True))
    read = ("order_line_id", "rate_row_id", "token_class_code")
    inside = {"occurred_at__gte": period.start, "occurred_at__lt": period.end}
    used = sorted(set(ratings_in_force(lines, read, **inside)))
    rates = {rate for _line, rate, _code in used}
    models = dict(RateRow.objects.filter(pk__in=rates).values_list("pk", "model_id"))
    tiers = tiers_of(rates)
    return [
        Kind(line, model, code, tier, period.start, period.end)
        for line, model, code, tier in sorted(
            {(line, models[rate], code, tiers[rate]) for line, rate, code in used}
        )
    ]
