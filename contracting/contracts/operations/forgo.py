"""Forgo the award of an offer that was selected beside others."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract
from contracting.contracts.operations.notify import tell_vendor, write_notice
from contracting.contracts.queries import first_award, live, require_awardable
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.evaluations.models import ForgoneSelection, SelectedOffer
from contracting.evaluations.queries import unsuccessful
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def forgo_award(
    *, submission_id: int, reason: str, by: Actor, at: datetime
) -> ForgoneSelection:
    """Put on record that one of several selected offers is not awarded after all.

    The Government may reject any offer where that is in the public interest (FAR
    52.212-1(g)): funds that fell away, a vendor that is no longer eligible. It is not
    taken back. The vendor counts as unsuccessful from then on: it is told with the
    others, or at once where they have been told already, and may ask for a debriefing.

    :param reason: in general terms and without other vendors' secrets; the vendor is
        told it in these words
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency (R-ROL-01)
    :raises NotOpened: if the solicitation is cancelled or not opened
    :raises NotDecided: if this offer was not selected
    :raises AlreadyForgone: if it is forgone
    :raises AlreadyAwarded: while an award of it is drafted, or once it is signed
    :raises NothingLeftToAward: for the last selected offer that is not forgone
    :raises ForgoingIncomplete: without a reason
    """
    solicitation_id = Submission.objects.values_list("solicitation_id", flat=True).get(
        pk=submission_id
    )
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    first = first_award(solicitation)
    if first is not None:
        Contract.objects.locked().get(pk=first.pk)
    require(permissions.can_forgo_award(by, solicitation))
    require_awardable(solicitation)
    selection = _selection(submission_id)
    if not reason.strip():
        message = "Say why this offer is not awarded: its vendor is told it."
        raise refusals.ForgoingIncomplete(message)
    forgone = ForgoneSelection.objects.create(
        selection=selection,
        reason=reason.strip(),
        forgone_by_id=by.own_membership_id,
        forgone_at=at,
    )
    if first is not None and first.unsuccessful_notices.exists():
        _tell(first, selection.submission, forgone.reason, by, at)
    record_event(
        events.AWARD_FORGONE,
        subject=selection.decision.subject,
        by=by,
        at=at,
        data={"submission": selection.submission.public_id, "reason": forgone.reason},
    )
    return forgone


def _selection(submission_id: int) -> SelectedOffer:
    found = SelectedOffer.objects.select_related("decision", "submission__vendor")
    selection = found.filter(submission_id=submission_id).first()
    if selection is None:
        message = "This offer was not selected, so there is no award of it to forgo."
        raise refusals.NotDecided(message)
    if ForgoneSelection.objects.filter(selection=selection).exists():
        message = "The award of this offer is forgone already."
        raise refusals.AlreadyForgone(message)
    contract = live().filter(selection=selection).first()
    if contract is not None:
        message = (
            f"{contract} is {contract.get_state_display()}. An award is forgone before "
            "it is signed, and a draft or offer of it is discarded first."
        )
        raise refusals.AlreadyAwarded(message)
    if not selection.decision.standing.exclude(pk=selection.pk).exists():
        message = (
            "No other selected offer is left. If nothing is awarded at all, cancel the "
            "solicitation and say why."
        )
        raise refusals.NothingLeftToAward(message)
    return selection


def _tell(
    first: Contract, submission: Submission, reason: str, by: Actor, at: datetime
) -> None:
    """The others were told already; whoever is selected by another offer is not."""
    if unsuccessful(first.solicitation).filter(pk=submission.pk).exists():
        today = accounting_day(at, first.time_zone)
        notice = write_notice(first, submission, reason, today, "", by, at)
        tell_vendor([notice], by, at)
