"""The vendor submits a claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.identifiers import next_below
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import day as day_words
from contracting.disputes import events, permissions
from contracting.disputes.models import Claim, DisputeCase
from contracting.disputes.operations.open import _tell_agency
from contracting.disputes.queries.cases import is_claimable
from contracting.disputes.refusals import ClaimIncomplete, NotCertified
from contracting.disputes.states import (
    CERTIFICATION_WORDS,
    CERTIFIED_ABOVE,
    DECISION_DAYS,
)
from contracting.reference.queries import threshold


@transaction.atomic
def submit_claim(
    *,
    contract_id: int,
    case: str = "",
    dollars: Decimal,
    text: str,
    is_certified: bool,
    by: Actor,
    at: datetime,
) -> Claim:
    """Demand a sum certain in writing (FAR 33.206); its decision is due from receipt.

    Above the threshold of the day the signer certifies it in the words of FAR 33.207(c)
    (R-PAY-07). A certified claim keeps those words.

    :param case: public id of the decided dispute that it goes on from, if any
    :param dollars: the sum certain, to the cent
    :raises NotAllowed: unless ``by`` is a signer of the contract's vendor
    :raises ClaimIncomplete: without a sum or its basis, or for a dispute that is not of
        this contract or not decided yet
    :raises NotCertified: above the threshold without the certification (R-PAY-07)
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    require(permissions.can_submit_claim(by, contract))
    asked = Dollars(dollars)
    if asked <= Dollars() or asked != asked.to_cents() or not text.strip():
        message = "Claim a sum of dollars and cents, and give its basis."
        raise ClaimIncomplete(message, pointer="/dollars")
    dispute = _decided_case(contract, case)
    on = accounting_day(at, contract.time_zone)
    limit = threshold(CERTIFIED_ABOVE, on)
    if asked > Dollars(limit.value) and not is_certified:
        message = (
            f"A claim above ${Dollars(limit.value).amount:,.0f} is certified by a "
            "person who may bind the vendor. Read the certification and confirm it."
        )
        raise NotCertified(message, pointer="/is_certified", threshold=limit.plain)
    days = int(threshold(DECISION_DAYS, on).value)
    claim = Claim.objects.create(
        number=next_below(
            contract.piid, "CLM", Claim.objects.filter(contract=contract)
        ),
        contract=contract,
        case=dispute,
        dollars=asked.amount,
        text=text.strip(),
        certification=CERTIFICATION_WORDS if is_certified else "",
        submitted_by_id=by.own_membership_id,
        received_at=at,
        decision_due_on=on + timedelta(days=days),
    )
    _tell_agency(
        contract,
        claim.subject,
        f"{contract.vendor.name} submits a claim of ${asked.amount:,.2f}",
        f"A final decision is due by {day_words(claim.decision_due_on)}. {claim.text}",
        claim.path,
        by,
        at,
    )
    record_event(
        events.CLAIM_SUBMITTED,
        subject=claim.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-07",
            "dollars": asked,
            "dispute": case,
            "is_certified": is_certified,
            "decision_due_on": claim.decision_due_on,
            "thresholds": {limit.code: limit.plain, DECISION_DAYS: days},
        },
    )
    return claim


def _decided_case(contract: Contract, public_id: str) -> DisputeCase | None:
    if not public_id:
        return None
    found = DisputeCase.objects.filter(
        public_id=public_id, order__contract=contract
    ).first()
    if found is None or not is_claimable(found):
        message = "A claim goes on from a dispute of this contract that is decided."
        raise ClaimIncomplete(message, pointer="/case")
    return found
