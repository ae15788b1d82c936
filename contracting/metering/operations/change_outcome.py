"""Change whether a contract charges calls that ended in one way."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import OutcomePolicy
from contracting.metering.refusals import NotModified, TermIncomplete
from contracting.metering.states import Outcome
from contracting.modifications.models import ContractModification
from contracting.orders.states import ModificationState


@transaction.atomic
def change_outcome_policy(
    *,
    contract_id: int,
    outcome: str,
    charges_input: bool,
    charges_output: bool,
    first_day: date,
    modification_id: int | None,
    by: Actor,
    at: datetime,
) -> OutcomePolicy:
    """Say from which day on an outcome is charged otherwise, by a signed modification.

    Until then the default of the reference data holds. Usage that is rated already
    stays as it is (R-MET-05, R-MET-07).

    :param first_day: in the contract's time zone
    :param modification_id: the modification of this contract that says so
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotModified: unless the modification is of this contract and issued
    :raises TermIncomplete: for an outcome that there is not
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_change_outcome_policy(by, contract))
    if outcome not in Outcome.values:
        message = "Choose one of the outcomes."
        raise TermIncomplete(message, rule="R-MET-07", pointer="/outcome")
    modification = ContractModification.objects.filter(
        pk=modification_id or 0, contract=contract, state=ModificationState.ISSUED
    ).first()
    if modification is None:
        message = (
            "The table of chargeable outcomes is part of the contract: name the issued "
            "modification that changes it."
        )
        raise NotModified(message, outcome=outcome)
    start = day_bounds(first_day, contract.time_zone).start
    policy = OutcomePolicy(
        contract=contract,
        outcome=outcome,
        charges_input=charges_input,
        charges_output=charges_output,
        modification=modification,
        in_force=DateTimeTZRange(start, None, "[)"),
        stated_at=at,
        stated_by=by.name,
        says_so=f"Modification {modification.number}",
    )
    policy.save(among=OutcomePolicy.objects.filter(contract=contract, outcome=outcome))
    record_event(
        events.OUTCOME_POLICY_CHANGED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-MET-07",
            "outcome": outcome,
            "charges_input": charges_input,
            "charges_output": charges_output,
            "first_day": first_day,
            "modification": modification.number,
        },
    )
    return policy
