"""A small business is to be paid within fifteen days, where its size can be read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.core.quantities import Dollars
from contracting.options.models import VendorSizeChange
from contracting.options.operations.represent import represent_size
from contracting.payments.operations.record import record_payment
from contracting.payments.queries.batches import instruction_for
from contracting.payments.queries.clocks import is_small_business
from contracting.payments.refusals import PaidTooEarly
from contracting.reference.models import Threshold
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SetAside
from tests.builders_options import represented_size
from tests.builders_settlement import (
    ACCEPTED_AT,
    CERTIFIED_AT,
    DUE_ON,
    PAYABLE,
    certified_payment,
)
from tests.cast import actor, membership, nothing_happens

WITHIN = date(2026, 5, 14)
"""Fifteen days after the acceptance of Wednesday, 29 April: a Thursday."""


@pytest.fixture
def small(order):
    """Its vendor has stated that it is small."""
    return represented_size(order.contract, ACCEPTED_AT)


def paid_at_once(voucher):
    return record_payment(
        certification_id=voucher.pk,
        paid_on=CERTIFIED_AT.date(),
        reference="TRACE-9",
        by=actor("payment_certifier"),
        at=CERTIFIED_AT,
    )


@pytest.mark.rule("R-PAY-01", case="allowed")
def test_a_small_business_is_to_be_paid_in_fifteen_days(small, accepted):
    voucher = certified_payment(invoice=accepted)

    # Then its due date stays, and it may be paid from now on
    assert voucher.accelerated_on == WITHIN
    assert voucher.due_on == DUE_ON
    assert instruction_for(voucher).pay_from == CERTIFIED_AT.date()
    assert paid_at_once(voucher).total == Dollars(PAYABLE)


def test_others_are_not_paid_before_their_time(accepted):
    # Given a contract that was not set aside, whose vendor has stated nothing
    contract = accepted.order.contract
    assert contract.solicitation.set_aside == SetAside.UNRESTRICTED
    assert is_small_business(contract, CERTIFIED_AT.date()) is None

    voucher = certified_payment(invoice=accepted)

    assert voucher.accelerated_on is None
    with nothing_happens(), pytest.raises(PaidTooEarly):
        paid_at_once(voucher)


def test_the_last_statement_of_a_vendor_counts(small, accepted):
    represent_size(
        contract_id=accepted.order.contract_id,
        is_small=False,
        naics="518210",
        size_standard="$40.0 million",
        by=actor("vendor_a_signer"),
        at=ACCEPTED_AT + timedelta(hours=1),
    )

    assert certified_payment(invoice=accepted).accelerated_on is None


def test_after_a_merger_a_size_is_unknown_until_it_is_stated_anew(small, order):
    contract = order.contract
    merged = small.represented_on + timedelta(days=10)
    VendorSizeChange.objects.create(
        contract=contract,
        what="MERGER",
        happened_on=merged,
        due_on=merged + timedelta(days=30),
        source="letter of the vendor",
        recorded_by=membership(actor("contracting_officer")),
        change_recorded_at=ACCEPTED_AT + timedelta(days=11),
    )

    assert is_small_business(contract, merged - timedelta(days=1)) is True
    assert is_small_business(contract, merged) is None


def test_a_contract_set_aside_for_small_businesses_says_it(order):
    contract = order.contract
    contract.solicitation = Solicitation(set_aside=SetAside.WOSB)

    assert is_small_business(contract, CERTIFIED_AT.date()) is True


def policy_ends(day: date) -> None:
    """The policy of the reference tables is in force until that day."""
    Threshold.objects.filter(code="ACCELERATED_PAYMENT").update(valid_to=day)


def test_the_days_are_those_of_the_policy_on_the_day_of_receipt(small, accepted):
    received = accepted.received_at.date()
    policy_ends(received - timedelta(days=1))
    Threshold.objects.create(
        code="ACCELERATED_PAYMENT",
        label="Payment of a small business",
        value=Decimal(10),
        unit="DAYS",
        valid_from=received,
        citation="policy of the agency",
    )

    assert certified_payment(invoice=accepted).accelerated_on == date(2026, 5, 11)


def test_without_a_policy_for_the_day_nothing_is_accelerated(small, accepted):
    policy_ends(accepted.received_at.date() - timedelta(days=1))

    assert certified_payment(invoice=accepted).accelerated_on is None
