"""Record what a signed contract says of its models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.modifications import events, permissions
from contracting.modifications.models import ModelTerms
from contracting.modifications.refusals import TermInvalid


@transaction.atomic
def record_model_terms(
    *,
    contract_id: int,
    list_discount_percent: Decimal,
    ratchet_days: int | None,
    retirement_days: int = 180,
    source: str,
    by: Actor,
    at: datetime,
) -> ModelTerms:
    """Keep the discount of new models, the ratchet and the notice of retirement.

    The terms are those of the signed contract; who records them says where they stand.
    The last record is in force, earlier ones stay.

    :param list_discount_percent: off the public list, 0 to 100
    :param ratchet_days: days after a fall of the public list; ``None`` for no clause
    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises TermInvalid: without a source, or for a discount that cannot be
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_model_terms(by, contract))
    if not source.strip():
        message = "Name the clause of the contract that says so."
        raise TermInvalid(message, term="source")
    if not 0 <= list_discount_percent <= 100:
        message = "A discount lies between 0 and 100 percent."
        raise TermInvalid(message, term="list_discount_percent")
    terms = ModelTerms.objects.create(
        contract=contract,
        list_discount_percent=list_discount_percent,
        ratchet_days=ratchet_days,
        retirement_days=retirement_days,
        source=source.strip(),
        recorded_by_id=by.own_membership_id,
        terms_recorded_at=at,
    )
    record_event(
        events.MODEL_TERMS_RECORDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "list_discount_percent": list_discount_percent,
            "ratchet_days": ratchet_days,
            "retirement_days": retirement_days,
            "source": terms.source,
        },
    )
    return terms
