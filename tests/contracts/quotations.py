"""An award on a quotation, as the officer offers it and its vendor answers."""

from datetime import timedelta

from contracting.contracts.operations.accept import accept_award
from contracting.contracts.operations.decline import decline_award
from contracting.contracts.operations.offer import offer_award
from tests.builders_orders import AWARDED_AT
from tests.cast import actor

ACCEPT_BY = AWARDED_AT + timedelta(days=3)
LATER = AWARDED_AT + timedelta(hours=2)


def offered(contract, accept_by=ACCEPT_BY, by="contracting_officer", at=AWARDED_AT):
    return offer_award(
        contract_id=contract.pk,
        accept_by=accept_by,
        by=actor(by),
        at=at,
        seen_version=contract.version,
    )


def accepted(contract, by="vendor_a_signer", at=LATER, seen_version=None):
    return accept_award(
        contract_id=contract.pk,
        by=actor(by),
        at=at,
        seen_version=seen_version or contract.version,
    )


def declined(contract, by="vendor_a_signer", reason="We quoted too low."):
    return decline_award(contract_id=contract.pk, reason=reason, by=actor(by), at=LATER)
