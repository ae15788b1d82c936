"""Enter what a rate of interest should have said, for somebody else to confirm."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.reference import events, permissions
from contracting.reference.models import RateProposal, Threshold
from contracting.reference.operations.propose_rate import guard_percent, guard_words
from contracting.reference.queries.rates import rates_in_force
from contracting.reference.refusals import RateWrong


@transaction.atomic
def correct_rate(
    *,
    code: str,
    first_day: date,
    percent: Decimal,
    source: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> RateProposal:
    """Correct a rate that is in force and was recorded wrong; nothing changes yet.

    Once another person of finance confirms it, another row takes the place of the wrong
    one, which stays as it was recorded (R-PAY-03). What was paid by then was paid at
    the rate that was known.

    :param first_day: of the rate that is wrong
    :param percent: what was published, with four decimals at most
    :param reason: what was wrong, for whoever confirms it and for the record
    :raises NotAllowed: unless ``by`` certifies funds or payments
    :raises RateWrong: if no such rate is in force, it says so already, or without a
        source and a reason
    """
    require(permissions.can_propose_rate(by))
    guard_percent(percent)
    guard_words(source=source, reason=reason)
    wrong: Threshold | None = (
        rates_in_force().filter(code=code, valid_from=first_day).first()
    )
    if wrong is None or wrong.valid_to is None:
        message = "No rate of these days is in force. Enter it as it was published."
        raise RateWrong(message, pointer="/rate")
    if wrong.value == percent:
        message = f"It says {wrong.plain} percent already."
        raise RateWrong(message, pointer="/percent")
    proposal = RateProposal.objects.create(
        code=code,
        first_day=wrong.valid_from,
        last_day=wrong.valid_to,
        percent=percent,
        source=source.strip(),
        corrects=wrong,
        reason=reason.strip(),
        proposed_by_id=by.own_membership_id,
        proposed_at=at,
    )
    record_event(
        events.RATE_CORRECTED,
        subject=proposal.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-03",
            "code": code,
            "first_day": wrong.valid_from,
            "was": wrong.value,
            "percent": percent,
            "source": proposal.source,
            "reason": proposal.reason,
        },
    )
    return proposal
