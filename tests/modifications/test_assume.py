"""The successor signs a novation in its turn, once, and nobody in its place."""

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.modifications.operations.assume import assume_contract
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.refusals import (
    AlreadyIssued,
    BaseMoved,
    NotAssumed,
    NotSignedByVendor,
)
from tests.builders_modifications import (
    assumed,
    drafted_novation,
    issued_contract_modification,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens


def issued(modification, by="contracting_officer"):
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


@pytest.mark.rule("R-MOD-02", case="refused")
def test_nobody_signs_out_of_turn(contract):
    draft = drafted_novation(on=contract)

    with nothing_happens(), pytest.raises(NotSignedByVendor):
        assumed(draft)
    with nothing_happens(), pytest.raises(NotAllowed):
        assumed(draft, by="vendor_a_signer")
    signed = signed_by_vendor(draft)
    with nothing_happens(), pytest.raises(NotAssumed) as refusal:
        issued(signed)
    assert refusal.value.rule == "R-MOD-02"
    ready = assumed(signed)
    with nothing_happens(), pytest.raises(AlreadyIssued):
        assumed(ready)
    for part in ("vendor_b_member", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            issued(ready, by=part)


def test_what_it_has_not_read_or_what_was_overtaken_is_not_assumed(contract):
    ready = signed_by_vendor(drafted_novation(on=contract))
    with nothing_happens(), pytest.raises(Stale):
        assume_contract(
            modification_id=ready.pk,
            by=actor("vendor_b_signer"),
            at=MODIFIED_AT,
            seen_version=ready.version + 1,
        )
    issued_contract_modification(on=contract)
    with nothing_happens(), pytest.raises(BaseMoved):
        assumed(ready)
