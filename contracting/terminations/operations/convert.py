"""A termination for cause becomes one for convenience."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.reference.queries import threshold
from contracting.terminations import events, permissions
from contracting.terminations.models import Conversion
from contracting.terminations.operations.sign import _lock_termination
from contracting.terminations.operations.stop import _send
from contracting.terminations.refusals import WordsMissing
from contracting.terminations.states import PROPOSAL_DAYS, LetterKind


@transaction.atomic
def convert_termination(
    *, termination_id: int, basis: str, text: str, by: Actor, at: datetime
) -> Conversion:
    """Treat it as one for convenience: it was not for cause after all.

    FAR 52.212-4(m). The vendor is told and has the whole time for a proposal anew; what
    it proposed while nothing could be granted does not stand. What ended stays ended.
    After the settlement the same is asked for by a claim.

    :param basis: who found so, such as a board's decision or the officer's own review
    :raises NotAllowed: without a warrant for all of it, unless it is for cause, signed
        and not settled (R-ROL-01, R-ROL-02)
    :raises WordsMissing: without basis or reason
    """
    termination = _lock_termination(termination_id)
    contract = termination.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_convert_termination(by, termination, on))
    for name, given in (("basis", basis), ("text", text)):
        if not given.strip():
            message = "Say who found that it was not for cause, and why."
            raise WordsMissing(message, pointer=f"/{name}")
    days = int(threshold(PROPOSAL_DAYS, on).value)
    due_before = termination.proposal_due
    termination.proposal_due = on + timedelta(days=days)
    termination.save(update_fields=["proposal_due"])
    notice = _send(
        by,
        at,
        contract=contract,
        order=termination.order,
        kind=LetterKind.CONVERSION,
        text=text.strip(),
        due_on=termination.proposal_due,
    )
    made = Conversion.objects.create(
        termination=termination,
        basis=basis.strip(),
        text=text.strip(),
        notice=notice,
        converted_by_id=by.own_membership_id,
        converted_at=at,
    )
    record_event(
        events.TERMINATION_CONVERTED,
        subject=termination.subject,
        by=by,
        at=at,
        data={
            "about": termination.about,
            "basis": made.basis,
            "text": made.text,
            "proposal_due": [due_before, termination.proposal_due],
            "threshold": {PROPOSAL_DAYS: days},
        },
    )
    return made
