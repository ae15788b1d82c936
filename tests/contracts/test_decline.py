"""The vendor declines the award that it was offered."""

import json

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.acceptance.offers import declined_on
from contracting.contracts.refusals import (
    AcceptanceIncomplete,
)
from contracting.core.quantities import Dollars
from contracting.ledger.queries import funds_of
from contracting.notices.models import Notice
from tests.builders_orders import (
    certified_contract,
)
from tests.cast import actor, nothing_happens
from tests.contracts.quotations import accepted, declined, offered


def test_a_declined_award_can_be_drafted_again(quoted):
    # Given an award that is offered
    contract = offered(certified_contract(on=quoted))

    # When the vendor declines, which it does for a reason
    with nothing_happens(), pytest.raises(AcceptanceIncomplete):
        declined(contract, reason=" ")
    declined(contract)

    # Then the funds are free, the officer is told why, and nothing is in force
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars())
    told = Notice.objects.filter(
        recipient_user_id=actor("contracting_officer").user_id,
        title__contains="declined the award",
    ).get()
    assert "We quoted too low." in told.body
    last = events_of(contract.subject).last()
    assert last is not None
    assert json.loads(last.payload)["data"]["reason"] == "We quoted too low."
    assert [each.answer.reason for each in declined_on(contract.solicitation_id)]

    # And the decision is drafted, offered and accepted anew
    again = accepted(offered(certified_contract(on=quoted)))
    assert again.piid == "75D30126D00001"
    assert again.pk != contract.pk
