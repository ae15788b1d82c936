"""The vendor signs a supplemental agreement, before the contracting officer."""

from datetime import date
from typing import Any

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.notices.models import Notice
from contracting.orders.operations.sign import sign_modification
from contracting.orders.refusals import AddedFundsNotCertified, AlreadyIssued
from contracting.orders.states import ModificationState
from tests.builders_orders import (
    MODIFIED_AT,
    drafted_modification,
    funded_modification,
)
from tests.cast import actor, nothing_happens

BOTH: dict[str, Any] = {"authority": "C", "terms": {"period_end": date(2026, 12, 31)}}


def signed(modification, part="vendor_a_signer", seen_version=None):
    return sign_modification(
        modification_id=modification.pk,
        by=actor(part),
        at=MODIFIED_AT,
        seen_version=seen_version or modification.version,
    )


def test_the_vendor_signs_and_nothing_is_bound_yet(
    order, vendor_a_signer, contracting_officer
):
    # Given a supplemental agreement
    modification = drafted_modification(on=order, effects=[], **BOTH)

    # When the vendor signs it
    done = signed(modification)

    # Then it waits for the contracting officers, who are told
    assert done.state == ModificationState.DRAFT
    assert done.vendor_signed_by_id == vendor_a_signer.membership_id
    order.refresh_from_db()
    assert order.period_end == date(2026, 9, 30)
    told = Notice.objects.filter(title__startswith="The vendor has signed")
    assert contracting_officer.user_id in {each.recipient_user_id for each in told}


@pytest.mark.rule("R-MOD-03", case="refused")
def test_nobody_signs_before_added_funds_are_certified(order):
    modification = drafted_modification(on=order, **BOTH)

    with nothing_happens(), pytest.raises(AddedFundsNotCertified) as refusal:
        signed(modification)

    assert refusal.value.rule == "R-MOD-03"


def test_it_is_signed_once(order):
    modification = signed(funded_modification(on=order, **BOTH))

    with nothing_happens(), pytest.raises(AlreadyIssued):
        signed(modification)


def test_what_binds_without_the_vendor_is_not_signed_by_it(order):
    modification = funded_modification(on=order)

    with nothing_happens(), pytest.raises(NotAllowed):
        signed(modification)


def test_it_is_the_version_that_was_read(order):
    modification = drafted_modification(on=order, effects=[], **BOTH)

    with nothing_happens(), pytest.raises(Stale):
        signed(modification, seen_version=2)


@pytest.mark.parametrize(
    "outsider",
    [
        "vendor_a_member",
        "vendor_b_signer",
        "other_vendor_signer",
        "contracting_officer",
    ],
)
def test_only_a_signer_of_this_vendor_signs(order, outsider):
    modification = drafted_modification(on=order, effects=[], **BOTH)

    with nothing_happens(), pytest.raises(NotAllowed):
        signed(modification, outsider)
