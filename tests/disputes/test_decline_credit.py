"""The officer declines a proposed credit, with a reason."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.disputes.models import ServiceCredit
from contracting.disputes.operations.decline_credit import decline_service_credit
from contracting.disputes.operations.propose_credits import propose_service_credits
from contracting.disputes.refusals import CaseIncomplete
from contracting.disputes.states import CreditState
from tests.builders_metering import order_for
from tests.builders_service import FIRST_DAY, MEASURED_AT, level, sent_whole, served
from tests.cast import actor, nothing_happens
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db


def _missed():
    order = order_for()
    level(order.contract)
    served(order, ["COMPLETE"] * 19 + ["VENDOR_FAULT"])
    sent_whole()
    (credit,) = propose_service_credits(
        contract_id=order.contract_id,
        month=FIRST_DAY,
        by=actor("cor"),
        at=MEASURED_AT,
    )
    return credit


world = once_per_file(_missed)


def declined(world, *, by="contracting_officer", reason="Announced maintenance."):
    return decline_service_credit(
        credit_id=world, reason=reason, by=actor(by), at=MEASURED_AT + timedelta(days=1)
    )


def test_a_declined_credit_is_not_due(world):
    declined(world)

    assert ServiceCredit.objects.get(pk=world).state == CreditState.DECLINED
    with nothing_happens(), pytest.raises(NotAllowed):
        declined(world)


def test_it_is_declined_with_a_reason(world):
    with nothing_happens(), pytest.raises(CaseIncomplete):
        declined(world, reason=" ")


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_declines(world, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        declined(world, by=outsider)
