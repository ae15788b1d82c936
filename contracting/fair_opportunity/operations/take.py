"""The contracting office takes a coded exception from fair opportunity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.queries import locked_agency
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.determinations.operations.make import make_determination
from contracting.determinations.states import Kind
from contracting.fair_opportunity import events, permissions
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.refusals import ExceptionIncomplete
from contracting.fair_opportunity.states import (
    UNJUSTIFIED,
    ExceptionCode,
    OpportunityState,
)


@transaction.atomic
def take_exception(
    *,
    contract_id: int,
    code: str,
    title: str,
    description: str,
    value: Dollars,
    justification: str = "",
    parts: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> Opportunity:
    """Name why one holder alone is asked, and send the justification up the ladder.

    FAR 16.505(b)(2). Nothing is ordered on it before it is approved at the level of its
    value; a set-aside needs no justification.

    :param code: one of :class:`~contracting.fair_opportunity.states.ExceptionCode`
    :param value: of the order, options included; it names the approver
    :param justification: why the exception applies
    :param parts: what else the justification says (FAR 16.505(b)(2)(ii)(B)), by the
        codes of :data:`~contracting.determinations.states.PARTS`; the need is the
        description
    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises ExceptionIncomplete: without code, title, description, value or
        justification (R-TO-06)
    :raises DeterminationIncomplete: without a part that the justification needs
    :raises NoPolicy: if the agency has not adopted who approves justifications
    """
    # Justifications are numbered under the agency's lock, which comes first.
    locked_agency(contracts=contract_id)
    contract: Contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_take_exception(by, contract))
    is_justified = code not in UNJUSTIFIED
    _guard(code, title, description, value, justification if is_justified else "–")
    opportunity = Opportunity.objects.create(
        agency_id=contract.agency_id,
        solicitation=contract.solicitation,
        title=title.strip(),
        description=description.strip(),
        value_dollars=value.to_cents().amount,
        exception=code,
        contract=contract,
        notified_by_id=by.own_membership_id,
        notified_at=at,
        state=OpportunityState.EXCEPTED,
    )
    if is_justified:
        make_determination(
            kind=Kind.FAIR_OPPORTUNITY,
            subject=opportunity.subject,
            agency_id=contract.agency_id,
            title=f"{contract.piid}, {opportunity.title}",
            path=opportunity.path,
            value=value,
            text=justification,
            parts={**(parts or {}), "need": opportunity.description},
            authority=f"FAR 16.505(b)(2): {ExceptionCode(code).label}",
            by=by,
            at=at,
        )
    record_event(
        events.EXCEPTION_TAKEN,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={
            "contract": contract.piid,
            "code": code,
            "value": value,
            "description": opportunity.description,
        },
    )
    return opportunity


def _guard(
    code: str, title: str, description: str, value: Dollars, justification: str
) -> None:
    missing = [
        name
        for name, is_there in (
            ("one of the six exceptions", code in ExceptionCode.values),
            ("a title", title.strip()),
            ("a description", description.strip()),
            ("its value", value > Dollars()),
            ("a justification", justification.strip()),
        )
        if not is_there
    ]
    if missing:
        message = f"An exception from fair opportunity lacks {', '.join(missing)}."
        raise ExceptionIncomplete(message, missing=missing)
