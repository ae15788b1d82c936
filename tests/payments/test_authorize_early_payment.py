"""Finance lets a voucher be paid early, for a reason."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.payments.operations.authorize_early_payment import (
    authorize_early_payment,
)
from contracting.payments.refusals import AlreadyPaid, ReasonMissing
from tests.builders_settlement import CERTIFIED_AT
from tests.cast import actor, nothing_happens


def authorized(voucher, **more):
    given = {
        "certification_id": voucher.pk,
        "reason": "The vendor is in need.",
        "by": actor("funds_certifier"),
        "at": CERTIFIED_AT,
    }
    return authorize_early_payment(**(given | more))


@pytest.mark.rule("R-PAY-04", case="allowed")
def test_finance_authorizes_an_early_payment_once(certified):
    assert authorized(certified).reason == "The vendor is in need."
    with nothing_happens(), pytest.raises(AlreadyPaid):
        authorized(certified)


def test_it_has_a_reason(certified):
    with nothing_happens(), pytest.raises(ReasonMissing):
        authorized(certified, reason=" ")


@pytest.mark.rule("R-PAY-04", case="refused")
@pytest.mark.parametrize("part", ["payment_certifier", "vendor_a_signer"])
def test_nobody_else_authorizes_it(certified, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        authorized(certified, by=actor(part))
