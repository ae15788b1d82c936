"""A draft is given up without a number, and the vendor is told."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.modifications.operations.discard import discard_contract_modification
from contracting.notices.models import Notice
from contracting.orders.states import ModificationState
from tests.builders_modifications import (
    drafted_contract_modification,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens


def test_a_draft_is_given_up_and_the_vendor_told(contract, vendor_a_signer):
    modification = signed_by_vendor(drafted_contract_modification(on=contract))

    given_up = discard_contract_modification(
        modification_id=modification.pk,
        by=actor("contract_specialist"),
        at=MODIFIED_AT,
    )

    assert given_up.state == ModificationState.DISCARDED
    told = Notice.objects.filter(title__contains="is withdrawn")
    assert vendor_a_signer.user_id in {each.recipient_user_id for each in told}
    with nothing_happens(), pytest.raises(NotAllowed):
        discard_contract_modification(
            modification_id=modification.pk,
            by=actor("contract_specialist"),
            at=MODIFIED_AT,
        )
