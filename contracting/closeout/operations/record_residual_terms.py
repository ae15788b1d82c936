"""Record what a signed contract says of tokens that are not used."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions
from contracting.closeout.models import ResidualTerms
from contracting.closeout.refusals import ResidualInvalid
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.ledger.states import Residual


@transaction.atomic
def record_residual_terms(
    *, contract_id: int, disposition: str, source: str, by: Actor, at: datetime
) -> ResidualTerms:
    """Keep whether unused tokens expire, roll over, or are refunded, and its clause.

    The terms are those of the signed contract. The last record is in force, earlier
    ones stay; without one, tokens expire with their order.

    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises ResidualInvalid: without the clause, or for a word that is none of the three
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_residual_terms(by, contract))
    if disposition not in Residual.values or not source.strip():
        message = "Say what becomes of unused tokens, and which clause says so."
        raise ResidualInvalid(message, pointer="/source")
    terms = ResidualTerms.objects.create(
        contract=contract,
        disposition=disposition,
        source=source.strip(),
        recorded_by_id=by.own_membership_id,
        terms_recorded_at=at,
    )
    record_event(
        events.RESIDUAL_TERMS_RECORDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={"disposition": disposition, "source": terms.source},
    )
    return terms
