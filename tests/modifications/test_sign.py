"""The vendor signs a supplemental agreement, once, as it was read."""

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.modifications.operations.sign import sign_contract_modification
from contracting.modifications.refusals import AlreadyIssued, BaseMoved
from contracting.notices.models import Notice
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens


def signs(modification, by="vendor_a_signer", seen_version=1):
    return sign_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=seen_version,
    )


def test_the_vendor_signs_once_and_the_office_is_told(contract, contracting_officer):
    modification = drafted_contract_modification(on=contract)

    signed = signs(modification)

    assert signed.vendor_signed_at == MODIFIED_AT
    told = Notice.objects.filter(title__startswith="Meridian Models has signed")
    assert contracting_officer.user_id in {each.recipient_user_id for each in told}
    with nothing_happens(), pytest.raises(AlreadyIssued):
        signs(modification)


def test_nobody_signs_what_was_not_read_or_is_overtaken(contract):
    modification = drafted_contract_modification(on=contract)
    with nothing_happens(), pytest.raises(Stale):
        signs(modification, seen_version=2)
    issued_contract_modification(on=contract, terms={"notice_percent": 80})

    with nothing_happens(), pytest.raises(BaseMoved):
        signs(modification)


def test_an_outsider_signs_nothing(contract):
    modification = drafted_contract_modification(on=contract)
    alone = drafted_contract_modification(
        on=contract, authority="B", terms={"title": "Tokens"}
    )

    for outsider in ("vendor_a_member", "vendor_b_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            signs(modification, by=outsider)
    with nothing_happens(), pytest.raises(NotAllowed):
        signs(alone)
