"""Permit expired funds for an adjustment of what they were obligated for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Balance, ExpiredAdjustment, LineOfAccounting
from contracting.ledger.operations.post import _lock_book
from contracting.ledger.queries import expired, require_open_accounts
from contracting.ledger.refusals import PeriodOfAvailabilityEnded
from contracting.ledger.states import Holder


@transaction.atomic
def permit_expired_funds(
    *,
    lines_of_accounting: Collection[int],
    holders: Collection[Holder],
    on: date,
    citation: str,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[ExpiredAdjustment]:
    """Let an adjustment be charged to funds that can no longer be obligated anew.

    An expired account stays open five years for adjustments of obligations that were
    made while it was available; the certifier cites why this is one (31 U.S.C.
    1553(a)). Funds that have not expired need no such permission and get none.

    :param holders: the lines that are adjusted: they have to carry these funds already
    :param on: the day of the certification, in the agency's time zone
    :raises PeriodOfAvailabilityEnded: without a citation, or where these funds were
        never obligated for these lines (R-FND-03)
    :raises AccountCancelled: once the account is closed (R-FND-05)
    """
    _lock_book(
        because=because,
        by=by,
        at=at,
        holders=holders,
        lines_of_accounting=lines_of_accounting,
    )
    permitted = []
    for line in expired(lines_of_accounting, on=on):
        require_open_accounts([line.pk], on=on)
        _guard(line, holders, citation)
        permitted.append(
            ExpiredAdjustment.objects.create(
                line_of_accounting=line,
                because_kind=because.kind,
                because_id=because.id,
                stream=because.stream,
                citation=citation.strip(),
                permitted_by_name=by.name,
                permitted_by_user_id=by.user_id,
                permitted_at=at,
            )
        )
    if permitted:
        record_event(
            events.EXPIRED_FUNDS_PERMITTED,
            subject=because,
            by=by,
            at=at,
            data={
                "citation": citation.strip(),
                "lines_of_accounting": [
                    {"label": each.line_of_accounting.label, "on": on}
                    for each in permitted
                ],
            },
        )
    return permitted


def _guard(line: LineOfAccounting, holders: Collection[Holder], citation: str) -> None:
    ended = line.funds_available_to
    if not citation.strip():
        message = (
            f"The funds of {line.label} expired after {ended}. They pay only for an "
            "adjustment within the scope of what they were obligated for: cite what "
            "makes this one, or use funds that are available."
        )
        raise PeriodOfAvailabilityEnded(
            message, pointer="/expired_citation", line_of_accounting=line.label
        )
    kinds = {(holder.kind, holder.id) for holder in holders}
    carried = Balance.objects.filter(
        line_of_accounting=line, obligated_dollars__gt=0
    ).select_related("line")
    if not any((row.holder_kind, row.holder_id) in kinds for row in carried):
        message = (
            f"The funds of {line.label} expired after {ended} and were never obligated "
            "for these lines: what they would pay for is new work, not an adjustment."
        )
        raise PeriodOfAvailabilityEnded(message, line_of_accounting=line.label)
