"""Work out what usage would cost by what is known now, for an officer to approve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.calculations.rerating import (
    DayOfPrices,
    Sum,
    change_in_dollars,
    report,
    report_sha256,
)
from contracting.metering.models import RatingDifference, RatingRun
from contracting.metering.queries import METERED_STATES
from contracting.metering.queries.reratings import (
    MOST_LINES,
    Plan,
    Scope,
    lines_in,
    plan_of,
    tiers_of,
)
from contracting.metering.refusals import (
    NothingToRerate,
    ReasonMissing,
    TooMuchToRerate,
)
from contracting.orders.models import TaskOrder


@transaction.atomic
def rerate_usage(
    *,
    contract_id: int,
    order_id: int | None = None,
    first_day: date,
    last_day: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> RatingRun:
    """Prepare a run over the calls of some days; nothing but its report is written.

    Each call is rated by the prices, names and keys that are known now, beside the
    rating that it has. The report says by day, class and pair of prices what would
    change in tokens and dollars, and whether it is closed.

    :param order_id: one order of the contract; every order without it
    :param last_day: inclusive; both are days in the contract's time zone
    :returns: the run, which waits for a contracting officer
    :raises NotAllowed: unless ``by`` answers for the contract
    :raises ReasonMissing: without a reason
    :raises TooMuchToRerate: for more lines than one run looks at
    :raises NothingToRerate: if nothing would change
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_rerate_usage(by, contract))
    scope = scope_of(contract, order_id, first_day, last_day)
    reason = _why(reason)
    plan = _plan(scope)
    found = report(plan.changes)
    run = RatingRun.objects.create(
        contract=contract,
        order_id=order_id,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        calls=plan.calls,
        left=[[*why, count] for why, count in plan.left.most_common()],
        content_sha256=report_sha256(found),
        prepared_by_id=by.own_membership_id,
        prepared_at=at,
    )
    RatingDifference.objects.bulk_create(_rows(run, found), batch_size=1_000)
    record_event(
        events.RERATING_PREPARED,
        subject=run.subject,
        by=by,
        at=at,
        data={
            "run": run.public_id,
            "order": scope.orders[0].piid if order_id else None,
            "first_day": first_day,
            "last_day": last_day,
            "reason": reason,
            "calls": plan.calls,
            "changed_lines": len(plan.changes),
            "change": change_in_dollars(plan.changes, is_closed=False),
            "adjustment": change_in_dollars(plan.changes, is_closed=True),
            "content_sha256": run.content_sha256,
        },
    )
    return run


def scope_of(
    contract: Contract, order_id: int | None, first_day: date, last_day: date
) -> Scope:
    """The orders whose usage is looked at.

    :raises TooMuchToRerate: if the days are in the wrong order, or no such order is
    """
    orders = TaskOrder.objects.filter(contract=contract, state__in=METERED_STATES)
    if order_id is not None:
        orders = orders.filter(pk=order_id)
    found = list(orders.order_by("pk"))
    if first_day > last_day:
        message = "The last day is before the first."
        raise TooMuchToRerate(message)
    if not found:
        message = "There is no open order whose usage could be rated anew."
        raise TooMuchToRerate(message)
    return Scope(contract, found, first_day, last_day)


def _why(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        message = "Say why this usage is rated anew: which price, name or key changed."
        raise ReasonMissing(message)
    return reason[:400]


def _plan(scope: Scope) -> Plan:
    lines = lines_in(scope)
    if lines > MOST_LINES:
        message = (
            f"{lines:,} rated lines lie in these days; one run looks at {MOST_LINES:,} "
            "at most. Choose fewer days, or one order."
        )
        raise TooMuchToRerate(message, lines=lines)
    plan = plan_of(scope)
    if not plan.changes:
        left = sum(plan.left.values())
        message = (
            f"Nothing changes: of {plan.calls:,} calls {plan.calls - left:,} cost what "
            f"they were rated at, and {left:,} cannot be rated anew."
        )
        raise NothingToRerate(message, calls=plan.calls, left=left)
    return plan


def _rows(run: RatingRun, found: Mapping[DayOfPrices, Sum]) -> list[RatingDifference]:
    tiers = tiers_of({key.old.rate_row_id for key in found})
    return [
        RatingDifference(
            run=run,
            day=key.day,
            token_class_code=key.token_class_code,
            tier=tiers[key.old.rate_row_id],
            old_order_line_id=key.old.order_line_id,
            old_rate_row_id=key.old.rate_row_id,
            old_usd_per_million_tokens=key.old.usd_per_million_tokens,
            order_line_id=key.new.order_line_id,
            rate_row_id=key.new.rate_row_id,
            usd_per_million_tokens=key.new.usd_per_million_tokens,
            is_closed=key.is_closed,
            lines=sums.lines,
            tokens=sums.tokens,
            old_dollars=key.old.of(sums.tokens).amount,
            dollars=key.new.of(sums.tokens).amount,
        )
        for key, sums in found.items()
    ]
