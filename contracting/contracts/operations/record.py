"""Record notice of a protest."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.calculations import last_day
from contracting.contracts.models import Contract, Protest
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def record_protest(
    *,
    contract_id: int,
    number: str,
    notified_on: date,
    debriefed_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Protest:
    """Record it; one that is in time suspends performance and ordering by itself.

    In time is notice within ten days of the award, or five of the day offered for a
    debriefing that was required, whichever is later (FAR 33.104(c); R-AWD-07). The
    days are rows of the thresholds; a last day of rest moves to the next business day.

    :param notified_on: when the agency had notice, in the contract's zone
    :raises NotAllowed: unless ``by`` is a contracting officer or specialist
    :raises ProtestIncomplete: without a number, before the award, or in the future
    :raises AlreadyRecorded: if this number is recorded on the contract
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_protest(by, contract))
    awarded_at, today = contract.awarded_at, accounting_day(at, contract.time_zone)
    if awarded_at is None or not number.strip():
        message = "A protest has a number and is against an award that is signed."
        raise refusals.ProtestIncomplete(message)
    awarded_on = accounting_day(awarded_at, contract.time_zone)
    if not awarded_on <= notified_on <= today:
        message = f"Notice was had between the award on {awarded_on} and today."
        raise refusals.ProtestIncomplete(message)
    if contract.protests.filter(number=number.strip()).exists():
        message = f"Protest {number.strip()} is recorded already."
        raise refusals.AlreadyRecorded(message)
    last = _last_day(awarded_on, debriefed_on)
    protest = Protest.objects.create(
        contract=contract,
        number=number.strip(),
        notified_on=notified_on,
        debriefed_on=debriefed_on,
        suspends=notified_on <= last,
        recorded_by_id=by.own_membership_id,
        protest_recorded_at=at,
    )
    if protest.suspends:
        post_notice(
            recipients=[
                Recipient(contract.agency_id),
                Recipient(contract.vendor_id),
            ],
            subject=contract.subject,
            title=f"Contract {contract.piid} is suspended for a protest",
            body="Stop performance. No order is placed until the suspension is lifted.",
            url_path=contract.path,
            by=by,
            at=at,
        )
    record_event(
        events.PROTEST_RECORDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "number": protest.number,
            "notified_on": notified_on,
            "last_day": last,
            "suspends": protest.suspends,
        },
    )
    return protest


def _last_day(awarded_on: date, debriefed_on: date | None) -> date:
    last = last_day("PROTEST_AFTER_AWARD", awarded_on)
    if debriefed_on is None:
        return last
    return max(last, last_day("PROTEST_AFTER_DEBRIEF", debriefed_on))
