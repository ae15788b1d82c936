"""A funds certifier vouches for one exact version; its funds are committed."""

import pytest

from accounts.models import Membership
from accounts.queries import actor_of
from accounts.states import Role
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of, funds_of, transfers_because
from contracting.ledger.refusals import FundsExceeded
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.queries import certification_of
from contracting.orders.refusals import AlreadyCertified
from contracting.orders.states import FundsDraft
from tests.builders_orders import (
    ORDERED_AT,
    approved_order,
    certified_order,
    drafted_order,
    issued_order,
    line,
    line_of_accounting,
    submitted_order,
)
from tests.cast import actor, nothing_happens


def certified_by(order, by, seen_version=None):
    return certify_task_order_funds(
        order_id=order.pk,
        by=by,
        at=ORDERED_AT,
        seen_version=seen_version or order.version,
    )


@pytest.mark.parametrize("state", [submitted_order, approved_order])
def test_the_word_of_the_certifier_commits_the_funds(contract, funds_certifier, state):
    # Given an order in review, or reviewed
    order = state(on=contract)

    # When the certifier certifies it
    certification = certified_by(order, funds_certifier)

    # Then forty dollars are committed and nothing is obligated
    assert certification == certification_of(order)
    assert certification.dollars == 40
    assert certification.content_sha256 == order.content_sha256
    (row,) = balances_of(order.current_lines()[0].holder)
    assert (row.committed_dollars, row.obligated_dollars) == (40, 0)
    assert row.ceiling_dollars == 60
    assert [each.kind for each in transfers_because("orders.task_order", order.pk)] == [
        "COMMIT"
    ]


@pytest.mark.rule("R-FND-01", case="refused")
def test_more_than_the_line_of_accounting_has_is_refused(contract, funds_certifier):
    # Given funds of thirty-nine dollars and an order that needs forty
    poor = line_of_accounting("Small change", "39.00")
    funds = [FundsDraft("AB", poor.pk, Dollars(40))]
    order = approved_order(on=contract, lines=[line(funds=funds)])

    # When they are certified
    with nothing_happens(), pytest.raises(FundsExceeded) as refusal:
        certified_by(order, funds_certifier)

    # Then the rule says by how much
    assert refusal.value.rule == "R-FND-01"
    assert refusal.value.data["short_by"] == Dollars(1)


@pytest.mark.rule("R-ROL-03", case="refused")
def test_who_requested_it_does_not_certify_its_funds(contract, program_manager):
    # Given a requester who is a funds certifier as well
    order = submitted_order(on=contract)
    both = Membership.objects.create(
        user_id=program_manager.user_id,
        organization_id=program_manager.organization_id,
        role=Role.FUNDS_CERTIFIER,
    )

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        certified_by(order, actor_of(both))

    assert refusal.value.rule == "R-ROL-03"


def test_a_version_is_certified_once(contract, funds_certifier):
    order = certified_order(on=contract)

    with nothing_happens(), pytest.raises(AlreadyCertified):
        certified_by(order, funds_certifier)


def test_it_is_the_version_that_was_read(contract, funds_certifier):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(Stale):
        certified_by(order, funds_certifier, seen_version=2)


@pytest.mark.parametrize("state", [drafted_order, issued_order])
def test_only_an_order_in_review_or_approved_is_certified(
    contract, funds_certifier, state
):
    order = state(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        certified_by(order, funds_certifier)


@pytest.mark.parametrize(
    "outsider",
    ["contracting_officer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_certifies_nothing(contract, outsider):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        certified_by(order, actor(outsider))

    assert funds_of(contract.agency_id)[0].committed == Dollars(0)
