"""One side enters what it has counted for every call of the sample."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.disputes import events, permissions
from contracting.disputes.calculations import CallKey
from contracting.disputes.models import (
    JointRecount,
    RecountedCall,
    RecountEntry,
    SampledCall,
)
from contracting.disputes.operations.open import _lock_case, _tell_agency
from contracting.disputes.queries.recounts import entered
from contracting.disputes.refusals import AlreadyCounted, RecountIncomplete
from contracting.disputes.states import Side
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def enter_recount(
    *, recount_id: int, counts: Mapping[CallKey, int], by: Actor, at: datetime
) -> RecountEntry:
    """Enter all counts at once; neither side sees the other's before both are in.

    :param counts: tokens by request id and attempt, for every call of the sample
    :raises NotAllowed: if ``by`` is of neither side, or nothing is drawn yet
    :raises AlreadyCounted: if this side has entered its counts
    :raises RecountIncomplete: if a call is missing, is not of the sample, or has a
        count below zero
    """
    case_id = JointRecount.objects.values_list("case_id", flat=True).get(pk=recount_id)
    case = _lock_case(case_id)
    recount = JointRecount.objects.get(pk=recount_id)
    on = accounting_day(at, case.order.contract.time_zone)
    require(permissions.can_enter_recount(by, recount, on))
    side = Side.VENDOR if by.is_vendor else Side.AGENCY
    if side in entered(recount):
        message = "Your counts are entered already, and are not changed."
        raise AlreadyCounted(message)
    calls = {(each.request_id, each.attempt): each for each in recount.calls.all()}
    _require_counts(calls, counts)
    entry = RecountEntry.objects.create(
        recount=recount, side=side, entered_by_id=by.own_membership_id, entered_at=at
    )
    RecountedCall.objects.bulk_create(
        RecountedCall(entry=entry, call=call, tokens=counts[key])
        for key, call in calls.items()
    )
    _tell(recount, side, by, at)
    record_event(
        events.RECOUNT_ENTERED,
        subject=recount.subject,
        by=by,
        at=at,
        data={
            "side": side,
            "calls": len(counts),
            "counts_sha256": content_sha256(
                [[*key, counts[key]] for key in sorted(counts)]
            ),
        },
    )
    return entry


def _require_counts(
    calls: Mapping[CallKey, SampledCall], counts: Mapping[CallKey, int]
) -> None:
    missing = sorted(set(calls) - set(counts))
    strange = sorted(set(counts) - set(calls))
    below = sorted(key for key, tokens in counts.items() if tokens < 0)
    for what, keys in (
        ("is not counted", missing),
        ("is not of the sample", strange),
        ("has a count below zero", below),
    ):
        if keys:
            request_id, attempt = keys[0]
            message = (
                f"Call {request_id}, attempt {attempt}, {what}; {len(keys):,} in all. "
                "Enter every call of the sample once."
            )
            raise RecountIncomplete(message, pointer="/counts", calls=len(keys))


def _tell(recount: JointRecount, side: str, by: Actor, at: datetime) -> None:
    contract = recount.case.order.contract
    title = f"Counts are entered: recount on {recount.case.order.piid}"
    body = "The result is shown once both sides have entered theirs."
    if side == Side.VENDOR:
        _tell_agency(contract, recount.subject, title, body, recount.path, by, at)
        return
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=recount.subject,
        title=title,
        body=body,
        url_path=recount.path,
        by=by,
        at=at,
    )
