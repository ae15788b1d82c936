"""Work out the next part of a re-rating, and prepare its run after the last."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM, Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.models import Operation
from contracting.documents.queries import Progress
from contracting.metering import events, permissions
from contracting.metering.calculations.rerating import (
    DayOfPrices,
    Sum,
    report,
    report_sha256,
)
from contracting.metering.models import (
    RatingDifference,
    RatingPart,
    RatingRequest,
    RatingRun,
)
from contracting.metering.operations.rerate import scope_of
from contracting.metering.queries.rating_parts import (
    LINES_OF_A_PART,
    as_rows,
    from_rows,
    lines_in,
    part_after,
)
from contracting.metering.queries.reratings import plan_of, tiers_of
from contracting.metering.refusals import NothingToRerate
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def prepare_rerating(*, operation: Operation, by: Actor, at: datetime) -> Progress:
    """Look at the next calls; after the last ones, prepare the run.

    A part and the account of it are one transaction: a worker that ends in the middle
    has looked at it or not. The report says by day, class and pair of prices what would
    change in tokens and dollars, and whether it is closed. It adds up the parts, so
    that it is the same however it was divided.

    :raises NotAllowed: if whoever asked answers for the contract no longer
    :raises NothingToRerate: if nothing would change
    """
    request = RatingRequest.objects.get(operation=operation)
    request.contract = Contract.objects.locked().get(pk=request.contract_id)
    require(permissions.can_rerate_usage(by, request.contract))
    scope = scope_of(
        request.contract, request.order_id, request.first_day, request.last_day
    )
    last = request.parts.order_by("-position").first()
    begin = scope.period.start if last is None else last.until
    part = scope.within(part_after(scope, begin, LINES_OF_A_PART))
    plan, lines = plan_of(part), lines_in(part)
    RatingPart.objects.create(
        request=request,
        position=0 if last is None else last.position + 1,
        until=part.period.end,
        lines=lines,
        calls=plan.calls,
        left=[[*why, count] for why, count in plan.left.most_common()],
        sums=as_rows(report(plan.changes)),
    )
    most = operation.total - operation.done
    if part.period.end < scope.period.end:
        words = f"until {part.period.end:%d %B %Y %H:%M} UTC"
        return Progress(min(lines, most), phase=words)
    run, changes = _prepare(request, by, at)
    operation.result_path = run.path
    _tell(run, operation, at)
    record_event(
        events.RERATING_PREPARED,
        subject=run.subject,
        by=by,
        at=at,
        data={
            "run": run.public_id,
            "order": run.order.piid if run.order else None,
            "first_day": run.first_day,
            "last_day": run.last_day,
            "reason": run.reason,
            "calls": run.calls,
            "changed_lines": sum(each.lines for each in changes.values()),
            "change": _change(changes, is_closed=False),
            "adjustment": _change(changes, is_closed=True),
            "content_sha256": run.content_sha256,
        },
    )
    return Progress(most, phase="prepared", is_last=True)


def _prepare(
    request: RatingRequest, by: Actor, at: datetime
) -> tuple[RatingRun, dict[DayOfPrices, Sum]]:
    """The run with its report: the sums of all parts, in order."""
    calls = 0
    left: Counter[tuple[str, str]] = Counter()
    sums: dict[DayOfPrices, Sum] = defaultdict(Sum)
    for part in request.parts.order_by("position"):
        calls += part.calls
        for why, about, count in part.left:
            left[why, about] += count
        for key, found in from_rows(part.sums):
            sums[key].lines += found.lines
            sums[key].tokens += found.tokens
    changes = dict(sorted(sums.items()))
    if not changes:
        stay = sum(left.values())
        message = (
            f"Nothing changes: of {calls:,} calls {calls - stay:,} cost what they were "
            f"rated at, and {stay:,} cannot be rated anew."
        )
        raise NothingToRerate(message, calls=calls, left=stay)
    run = RatingRun.objects.create(
        contract=request.contract,
        order_id=request.order_id,
        first_day=request.first_day,
        last_day=request.last_day,
        reason=request.reason,
        request=request,
        calls=calls,
        left=[[*why, count] for why, count in left.most_common()],
        content_sha256=report_sha256(changes),
        prepared_by_id=by.own_membership_id,
        prepared_at=at,
    )
    RatingDifference.objects.bulk_create(_rows(run, changes), batch_size=1_000)
    return run, changes


def _change(changes: Mapping[DayOfPrices, Sum], *, is_closed: bool) -> Dollars:
    """What the open ones, or the closed ones, change in dollars, exactly."""
    return total_dollars(
        key.new.of(sums.tokens) - key.old.of(sums.tokens)
        for key, sums in changes.items()
        if key.is_closed is is_closed
    )


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


def _tell(run: RatingRun, operation: Operation, at: datetime) -> None:
    """Whoever has asked is told that the report can be read."""
    sender = operation.by_membership
    if sender is None or not sender.is_active:
        return
    post_notice(
        recipients=[Recipient(run.contract.agency_id, user_id=sender.user_id)],
        subject=run.subject,
        title=f"{operation.title}: prepared",
        body="Its report says what would change. An officer who did not ask for it "
        "approves it, or it is given up.",
        url_path=run.path,
        by=SYSTEM,
        at=at,
    )
