"""Approve a re-rating: its ratings are added, and the roller draws the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import Stale
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.consume import consume
from contracting.metering import events, permissions
from contracting.metering.calculations.rerating import (
    Change,
    change_in_dollars,
    deltas_of_changes,
    report,
    report_sha256,
)
from contracting.metering.models import RatingRun, UsageRerating, UsageSource
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.rate import rate_period
from contracting.metering.operations.rerate import scope_of
from contracting.metering.queries.proof import burns_of
from contracting.metering.queries.reratings import plan_of
from contracting.metering.states import RatingRunState
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.states import BY_VOLUME


@transaction.atomic
def approve_rerating(
    *, run_id: int, content_sha256: str, by: Actor, at: datetime
) -> RatingRun:
    """Post a run exactly as its report says, or not at all.

    Ratings are added and none is changed. What is open is drawn on the funds anew, in
    the order in which it occurred. What is closed stays as it was accepted: its
    difference is an adjustment of today, which reconciliation lists (R-MET-05).

    :param content_sha256: of the report that ``by`` has read
    :raises NotAllowed: unless ``by`` is a contracting officer who did not prepare it
        (R-ROL-03), or it is decided
    :raises Stale: if usage, prices or acceptances have changed what it would post
    :raises NotReversible: if what is accepted already would no longer stand
    """
    contract_id = RatingRun.objects.values_list("contract_id", flat=True).get(pk=run_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    orders = TaskOrder.objects.locked().filter(contract=contract)
    list(orders)
    run = RatingRun.objects.locked().select_related("prepared_by").get(pk=run_id)
    run.contract = contract
    require(permissions.can_approve_rerating(by, run))
    changes = _as_reported(run, content_sha256)
    _store(run, changes, at)
    _draw(run, changes, by, at)
    run.decided_by_id, run.decided_at = by.own_membership_id, at
    run.save(update_fields=["decided_by", "decided_at"])
    run.move_to(RatingRunState.POSTED)
    change = change_in_dollars(changes, is_closed=False)
    adjustment = change_in_dollars(changes, is_closed=True)
    _tell(run, change, adjustment, by, at)
    record_event(
        events.RERATING_APPROVED,
        subject=run.subject,
        by=by,
        at=at,
        data={
            "rule": "R-MET-05",
            "run": run.public_id,
            "lines": len(changes),
            "change": change,
            "adjustment": adjustment,
            "content_sha256": run.content_sha256,
        },
    )
    return run


def _as_reported(run: RatingRun, seen: str) -> list[Change]:
    """The changes, once more from the rows; they must be those of the report."""
    scope = scope_of(run.contract, run.order_id, run.first_day, run.last_day)
    changes = plan_of(scope).changes
    found = report_sha256(report(changes))
    if not found == run.content_sha256 == seen:
        message = (
            "Usage, prices or acceptances have changed since this was prepared, so "
            "that something else would be posted. Prepare it again."
        )
        raise Stale(message, seen=seen, current=found)
    return changes


def _store(run: RatingRun, changes: Sequence[Change], at: datetime) -> None:
    UsageRerating.objects.add_all(_COLUMNS, _rows(run, changes, at))


_COLUMNS = (
    *("agency_id", "source_id", "event_id", "token_class_code", "run_id"),
    *("is_adjustment", "old_order_line_id", "old_rate_row_id"),
    *("old_usd_per_million_tokens", "old_dollars", "order_line_id", "rate_row_id"),
    *("usd_per_million_tokens", "dollars", "tokens", "occurred_at"),
    *("accounting_day", "rated_at", "rerated_at"),
)


def _rows(
    run: RatingRun, changes: Sequence[Change], at: datetime
) -> Iterator[tuple[Any, ...]]:
    for each in changes:
        stand = each.stand
        yield (
            *(run.contract.agency_id, stand.source_id, stand.event_id),
            *(stand.token_class_code, run.pk, each.is_closed),
            *(stand.price.order_line_id, stand.price.rate_row_id),
            *(stand.price.usd_per_million_tokens, each.before.amount),
            *(each.price.order_line_id, each.price.rate_row_id),
            *(each.price.usd_per_million_tokens, each.after.amount),
            *(stand.tokens, stand.occurred_at, stand.accounting_day),
            *(stand.rated_at, at),
        )


def _draw(run: RatingRun, changes: Sequence[Change], by: Actor, at: datetime) -> None:
    """Let balances, roll-ups and steps say what the ratings say, at once."""
    prices = {p for each in changes for p in (each.stand.price, each.price)}
    sources = UsageSource.objects.filter(agency=run.contract.agency_id)
    deltas = deltas_of_changes(
        changes,
        dict(sources.values_list("pk", "code")),
        burns_of({price.rate_row_id for price in prices}),
    )
    if not deltas:
        return
    consume(deltas=deltas, because=run.subject, at=at)
    lines = OrderLine.objects.filter(pk__in={price.order_line_id for price in prices})
    for order_id in sorted(set(lines.values_list("order_id", flat=True))):
        fold_usage(order_id=order_id, by=by)
    by_volume = lines.filter(contract_line__structure__in=sorted(BY_VOLUME))
    numbers = by_volume.values_list("contract_line", flat=True)
    for contract_line_id in sorted(set(numbers)):
        rate_period(contract_line_id=contract_line_id, by=by, at=at)


def _tell(
    run: RatingRun, change: Dollars, adjustment: Dollars, by: Actor, at: datetime
) -> None:
    """Both sides are told what became of the cost, the preparer too."""
    contract = run.contract
    body = (
        f"Calls of {run.first_day} to {run.last_day} that are not accepted cost "
        f"{_signed(change)} by the prices that are known now. {run.reason}"
    )
    if adjustment:
        body += (
            " Usage that is accepted stays as it was accepted; what it would cost is "
            f"{_signed(adjustment)}: an adjustment, which the next comparison of the "
            "order lists as a discrepancy."
        )
    post_notice(
        recipients=[
            Recipient(contract.vendor_id),
            Recipient(contract.agency_id, role=Role.COR),
        ],
        subject=run.subject,
        title=f"Usage of contract {contract.piid} was rated anew",
        body=body,
        url_path=(run.order or contract).path,
        by=by,
        at=at,
    )


def _signed(amount: Dollars) -> str:
    if not amount:
        return "the same"
    more = "more" if amount > Dollars() else "less"
    size = max(amount, -amount)
    return f"${size.amount.normalize():,f} {more}"
