"""Each side takes note of a notice of funds, once."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.models import FundsNotice
from contracting.metering.operations.acknowledge_notice import acknowledge_notice
from contracting.metering.refusals import AlreadyAcknowledged
from tests.builders_metering import DELIVERED_AT
from tests.cast import actor, nothing_happens

PERCENT = "percent of the funds"
TOLD = (
    "program_manager",
    "cor",
    "contracting_officer",
    "second_contracting_officer",
    "vendor_a_signer",
    "vendor_a_member",
    "vendor_a_administrator",
)


@pytest.mark.parametrize("part_name", ["cor", "program_manager", "vendor_a_member"])
def test_a_side_acknowledges_once(burn, part_name):
    # Given a notice
    burn(20)
    notice = FundsNotice.objects.get()
    by = actor(part_name)

    # When one of those told takes note
    done = acknowledge_notice(
        notice_id=notice.pk, words="Funds are asked for", by=by, at=DELIVERED_AT
    )

    # Then it is on record for the side, once
    assert done.organization_id == by.organization_id
    with nothing_happens(), pytest.raises(AlreadyAcknowledged) as refusal:
        acknowledge_notice(notice_id=notice.pk, by=by, at=DELIVERED_AT)
    assert refusal.value.rule == "R-FND-07"


@pytest.mark.parametrize(
    "part_name", ["evaluator", "vendor_b_signer", "other_agency_officer", "auditor"]
)
def test_nobody_else_acknowledges(burn, part_name):
    burn(20)
    notice = FundsNotice.objects.get()

    with nothing_happens(), pytest.raises(NotAllowed):
        acknowledge_notice(notice_id=notice.pk, by=actor(part_name), at=DELIVERED_AT)
