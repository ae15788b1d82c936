"""An officer confirms a lower price, another signs it, and orders pay it."""

from datetime import timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.modifications.invariants import INVARIANTS
from contracting.modifications.operations.confirm_ratchet import (
    confirm_ratchet_finding,
)
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.open_ratchet_findings import (
    open_ratchet_findings,
)
from contracting.modifications.refusals import NotBelow
from contracting.modifications.states import RatchetState
from contracting.orders.queries import rates_of
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens

LATER = MODIFIED_AT + timedelta(days=1)


@pytest.fixture
def finding(fallen):
    """The one fall of the list of May."""
    (found,) = open_ratchet_findings(by=SYSTEM, at=LATER)
    return found


def confirms(finding, by="contracting_officer"):
    return confirm_ratchet_finding(finding_id=finding.pk, by=actor(by), at=LATER)


@pytest.mark.rule("R-MOD-09", case="allowed")
def test_a_confirmed_fall_is_signed_without_the_vendor_and_paid(finding, order):
    # Given an officer who confirms the fall, which drafts the modification
    drafted = confirms(finding)
    finding.refresh_from_db()
    assert (finding.state, finding.modification) == (RatchetState.CONFIRMED, drafted)
    assert drafted.citation == "Clause TOK-9"

    # When another officer signs it
    signed = issue_contract_modification(
        modification_id=drafted.pk,
        by=actor("second_contracting_officer"),
        at=LATER,
        seen_version=1,
    )

    # Then the lower price holds from the clause's date, for the order too
    assert (signed.number, signed.authority) == ("P00001", "B")
    order.refresh_from_db()
    prices = [rate.price for rate in rates_of(order) if rate.slin == "0001AA"]
    assert prices == [UnitPrice("2"), UnitPrice("1.8")]
    assert open_ratchet_findings(by=SYSTEM, at=LATER) == []
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)


@pytest.mark.rule("R-MOD-09", case="refused")
def test_a_price_that_has_changed_meanwhile_is_not_lowered(finding):
    finding.rate_row.superseded_at = MODIFIED_AT
    finding.rate_row.save(update_fields=["superseded_at"])

    with nothing_happens(), pytest.raises(NotBelow) as refusal:
        confirms(finding)

    assert refusal.value.rule == "R-MOD-09"


def test_an_outsider_confirms_nothing(finding):
    for outsider in ("contract_specialist", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            confirms(finding, by=outsider)
