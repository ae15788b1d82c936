"""The vendor proposes how a termination is settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.documents.operations.record import record_approval
from contracting.documents.states import Party
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.terminations import events, permissions
from contracting.terminations.models import SettlementProposal
from contracting.terminations.operations.sign import _lock_termination
from contracting.terminations.refusals import SettlementRefused, WordsMissing


@transaction.atomic
def propose_settlement(
    *, termination_id: int, dollars: Dollars, text: str, by: Actor, at: datetime
) -> SettlementProposal:
    """Ask for reasonable charges beside the usage, which is invoiced as ever.

    FAR 52.212-4(l): charges that resulted from the termination. After one for cause
    nothing is owed beside what was accepted. The latest proposal counts.

    :param dollars: in whole cents; none, to say that nothing beside usage is claimed
    :raises NotAllowed: unless ``by`` signs for the vendor and it is not settled
    :raises SettlementRefused: after the last day of a proposal
    :raises WordsMissing: without words, or with an amount that cannot be
    """
    termination = _lock_termination(termination_id)
    require(permissions.can_propose_settlement(by, termination))
    contract, due = termination.contract, termination.proposal_due
    if due is not None and accounting_day(at, contract.time_zone) > due:
        message = f"A settlement was to be proposed by {due}."
        raise SettlementRefused(message, due_on=due)
    if dollars < Dollars() or dollars != dollars.to_cents() or not text.strip():
        message = "Say in whole cents what is asked for, and what it consists of."
        raise WordsMissing(message, pointer="/dollars")
    if termination.is_for_cause and dollars:
        message = (
            "After a termination for cause nothing is owed beside what was accepted "
            "(52.212-4(m)). Propose $0.00, or claim under the disputes clause."
        )
        raise SettlementRefused(message)
    proposal = SettlementProposal.objects.create(
        termination=termination,
        dollars=dollars.amount,
        text=text.strip(),
        proposed_by_id=by.own_membership_id,
        proposed_at=at,
    )
    record_approval(
        action="propose_settlement",
        party=Party.VENDOR,
        subject=termination.subject,
        version=termination.version,
        content_sha256=proposal.content_sha256,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[
            Recipient(organization_id=contract.agency_id, role=Role.CONTRACTING_OFFICER)
        ],
        subject=termination.subject,
        title=f"Settlement of {termination.about} is proposed at {dollars}",
        body=proposal.text,
        url_path=termination.path,
        by=by,
        at=at,
    )
    record_event(
        events.SETTLEMENT_PROPOSED,
        subject=termination.subject,
        by=by,
        at=at,
        data={"dollars": dollars, "text": proposal.text},
    )
    return proposal
