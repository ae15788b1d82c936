"""Added funds are certified before anybody signs a modification."""

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of, funds_of
from contracting.ledger.refusals import FundsExceeded
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.queries import (
    certification_of,
    certification_of_modification,
    modifications_visible_to,
)
from contracting.orders.refusals import AlreadyCertified, ChangesNothing
from contracting.orders.states import EffectDraft
from tests.builders_orders import (
    ADDS,
    MODIFIED_AT,
    drafted_modification,
    funded_modification,
    line_of_accounting,
)
from tests.cast import actor, nothing_happens


def certified_by(modification, part, seen_version=None):
    return certify_modification_funds(
        modification_id=modification.pk,
        by=actor(part),
        at=MODIFIED_AT,
        seen_version=seen_version or modification.version,
    )


@pytest.mark.rule("R-MOD-03", case="allowed")
def test_what_is_added_is_committed_and_the_order_stays_as_signed(order):
    # Given a modification that adds twenty dollars
    modification = drafted_modification(on=order)

    # When they are certified
    certification = certified_by(modification, "funds_certifier")

    # Then twenty dollars wait, and the order's own line has neither more nor less
    assert certification.dollars == 20
    assert certification == certification_of_modification(modification)
    assert certification != certification_of(order)
    assert funds_of(order.contract.agency_id)[0].committed == Dollars(20)
    (row,) = balances_of(order.current_lines()[0].holder)
    assert (row.ceiling_dollars, row.committed_dollars, row.obligated_dollars) == (
        60,
        0,
        40,
    )


def test_the_vendor_is_asked_once_the_funds_are_certified(order, vendor_a_signer):
    # Given a supplemental agreement that adds funds
    modification = drafted_modification(
        on=order, authority="C", terms={"place": "Gateway B"}
    )
    assert not modifications_visible_to(vendor_a_signer).exists()

    # When they are certified
    certified_by(modification, "funds_certifier")

    # Then the vendor sees it
    assert modifications_visible_to(vendor_a_signer).get() == modification


def test_more_than_the_line_of_accounting_has_is_refused(order):
    poor = line_of_accounting("Small change", "4.99")
    effect = EffectDraft("0001", "AB", poor.pk, Dollars(5), Dollars(5))
    modification = drafted_modification(on=order, effects=[effect])

    with nothing_happens(), pytest.raises(FundsExceeded) as refusal:
        certified_by(modification, "funds_certifier")

    assert refusal.value.rule == "R-FND-01"


def test_what_adds_no_funds_is_not_certified(order):
    office = {"payment_office": "Another office"}
    modification = drafted_modification(on=order, effects=[], terms=office)

    with nothing_happens(), pytest.raises(ChangesNothing):
        certified_by(modification, "funds_certifier")


def test_it_is_certified_once(order):
    modification = funded_modification(on=order, effects=[ADDS])

    with nothing_happens(), pytest.raises(AlreadyCertified):
        certified_by(modification, "funds_certifier")


def test_it_is_the_version_that_was_read(order):
    modification = drafted_modification(on=order)

    with nothing_happens(), pytest.raises(Stale):
        certified_by(modification, "funds_certifier", seen_version=2)


@pytest.mark.parametrize(
    "outsider",
    ["contract_specialist", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_certifies_nothing(order, outsider):
    modification = drafted_modification(on=order)

    with nothing_happens(), pytest.raises(NotAllowed):
        certified_by(modification, outsider)
