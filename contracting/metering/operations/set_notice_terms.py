"""Set at which shares of an order's funds people are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import NoticeTerms
from contracting.metering.models.funds_notices import FORECAST_DAYS, FORECAST_PERCENTS
from contracting.metering.queries.funds_notices import forecast_of_clause
from contracting.metering.refusals import BadNoticeTerms
from contracting.metering.states import FundsClausePreset


@transaction.atomic
def set_notice_terms(
    *,
    contract_id: int,
    percents: Iterable[int],
    clause: str,
    forecast_percent: int | None = None,
    forecast_days: int | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> NoticeTerms:
    """Set the shares of a contract from now on; what was told before stays (R-FND-07).

    The share that was signed in the contract and the whole are always among them.

    :param percents: whole percents of the obligated funds, 1 to 100
    :param clause: a clause whose percent and days are taken, or OWN for own ones
    :raises NotAllowed: if ``by`` is not a contracting officer of the agency
    :raises BadNoticeTerms: if a share is left out or none, if the forecast lies outside
        75 to 85 percent or 30 to 90 days (FAR 52.232-22(c)), or without a reason
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_set_notice_terms(by, contract))
    chosen = sorted(set(percents))
    _check_percents(contract, chosen)
    percent, days = forecast_percent or 0, forecast_days or 0
    if FundsClausePreset(clause) != FundsClausePreset.OWN:
        on = accounting_day(at, contract.time_zone)
        percent, days = forecast_of_clause(clause, on)
    _check_forecast(percent, days)
    if not reason.strip():
        message = "Say why these shares are set."
        raise BadNoticeTerms(message)
    terms = NoticeTerms(
        contract=contract,
        clause=clause,
        percents=chosen,
        forecast_percent=percent,
        forecast_days=days,
        reason=reason.strip(),
        set_by_id=by.own_membership_id,
        set_at=at,
    )
    terms.save()
    record_event(
        events.NOTICE_TERMS_SET,
        subject=terms.subject,
        by=by,
        at=at,
        data={
            "percents": chosen,
            "clause": clause,
            "forecast_percent": percent,
            "forecast_days": days,
            "reason": terms.reason,
        },
    )
    return terms


def _check_percents(contract: Contract, percents: list[int]) -> None:
    outside = [percent for percent in percents if not 1 <= percent <= 100]
    if outside:
        message = f"{outside[0]} is no share: percents go from 1 to 100."
        raise BadNoticeTerms(message, percents=percents)
    missing = sorted({contract.notice_percent, 100} - set(percents))
    if missing:
        message = (
            f"{missing[0]} percent cannot be left out: the contract was signed with "
            f"notice at {contract.notice_percent} percent, and the end of the funds is "
            "always told."
        )
        raise BadNoticeTerms(message, percents=percents)


def _check_forecast(percent: int, days: int) -> None:
    (least, most), (short, long) = FORECAST_PERCENTS, FORECAST_DAYS
    if not (least <= percent <= most and short <= days <= long):
        message = (
            f"The limitation of funds is told at {least} to {most} percent within "
            f"{short} to {long} days, not at {percent} percent within {days} days."
        )
        raise BadNoticeTerms(message, percent=percent, days=days)
