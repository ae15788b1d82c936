"""The vendor asks for changes of a modification instead of signing it."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.modifications.operations.request import request_modification_changes
from contracting.modifications.refusals import TermInvalid
from contracting.notices.models import Notice
from tests.builders_modifications import drafted_contract_modification
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens


def asks(modification, by="vendor_a_signer", words="Fifteen days are too few."):
    return request_modification_changes(
        modification_id=modification.pk,
        words=words,
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=1,
    )


def test_the_vendor_asks_for_changes_instead(contract, contracting_officer):
    modification = drafted_contract_modification(on=contract)

    asked = asks(modification)

    assert (asked.version, asked.words) == (1, "Fifteen days are too few.")
    told = Notice.objects.filter(title__startswith="Meridian Models asks for changes")
    assert contracting_officer.user_id in {each.recipient_user_id for each in told}
    with nothing_happens(), pytest.raises(TermInvalid):
        asks(modification, words=" ")
    for outsider in ("vendor_a_member", "vendor_b_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            asks(modification, by=outsider)
