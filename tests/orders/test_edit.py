"""An order that is not signed is changed; what was decided on it is void, visibly."""

import json

import pytest

from contracting.approvals.queries import is_complete_for, routes_of
from contracting.approvals.states import RouteState
from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.queries import balances_of, funds_of
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.queries import certification_of
from contracting.orders.refusals import (
    NothingChanged,
    PriceAboveRateCard,
    ReviewVoided,
)
from contracting.orders.states import FundsDraft, TaskOrderState
from tests.builders_orders import (
    ISSUED_AT,
    certified,
    certified_order,
    concurred,
    drafted_order,
    issued_order,
    line,
    line_of_accounting,
    submitted_order,
)
from tests.cast import actor, nothing_happens


def edited(order, by="program_manager", **changes):
    return edit_task_order(
        order_id=order.pk,
        by=actor(by),
        at=ISSUED_AT,
        seen_version=changes.pop("seen_version", order.version),
        **changes,
    )


def committed(agency_id):
    return [position.committed for position in funds_of(agency_id)]


def test_a_change_makes_a_version_and_says_what_it_changed(contract):
    # Given a draft
    order = drafted_order(on=contract)

    # When a specialist changes a term and a ceiling
    changed = edited(
        order,
        by="contract_specialist",
        terms={"payment_office": "Another office"},
        lines=[line(tokens=Tokens(25_000_000))],
    )

    # Then version 2 has its own hash, and the event has before and after
    assert changed.version == 2
    assert changed.content_sha256 != order.content_sha256
    assert actor("contract_specialist").user_id in changed.editor_user_ids
    event = events_of(order.subject).get(event="orders.task_order.edited")
    assert json.loads(event.payload)["data"]["changes"] == [
        {
            "term": "Payment office",
            "old": "Examples Finance Center",
            "new": "Another office",
        },
        {
            "term": "Line 0001, ceiling in tokens",
            "old": "20,000,000",
            "new": "25,000,000",
        },
        {
            "term": "Total ceiling in tokens",
            "old": "20,000,000",
            "new": "25,000,000",
        },
    ]


@pytest.mark.rule("R-ROL-08", case="allowed")
def test_an_edit_of_a_reviewed_order_voids_the_review_and_frees_the_funds(contract):
    # Given an order that is approved and certified
    order = certified_order(on=contract)
    assert committed(contract.agency_id) == [Dollars(40)]

    # When its ceiling changes
    changed = edited(order, lines=[line(dollars=Dollars(50))])

    # Then it is a draft again, its decisions stand as void, nothing stays committed
    assert changed.state == TaskOrderState.DRAFT
    route = routes_of(order.subject).get()
    assert route.state == RouteState.VOIDED
    assert "version 2" in route.void_reason
    assert route.decisions.count() == 2
    assert committed(contract.agency_id) == [Dollars(0)]
    assert certification_of(changed) is None


@pytest.mark.rule("R-ROL-08", case="refused")
def test_what_was_decided_on_an_older_version_does_not_count(contract):
    # Given a reviewed order that was edited after its review
    order = edited(certified_order(on=contract), terms={"risk": "MODERATE"})
    assert not is_complete_for(order.subject, order.version, order.content_sha256)

    # When it is signed all the same
    with nothing_happens(), pytest.raises(ReviewVoided) as refusal:
        issue_task_order(
            order_id=order.pk,
            by=actor("contracting_officer"),
            at=ISSUED_AT,
            seen_version=order.version,
        )

    # Then the new version is sent back to its reviewers
    assert refusal.value.rule == "R-ROL-08"


def test_a_changed_order_goes_through_review_and_certification_again(contract):
    # Given an order on two ACRNs that was certified, and is edited down to one
    first, second = line_of_accounting(), line_of_accounting("Claims operations")
    order = certified_order(
        on=contract,
        lines=[
            line(
                funds=[
                    FundsDraft("AA", first.pk, Dollars(20), Dollars(30)),
                    FundsDraft("AB", second.pk, Dollars(20), Dollars(30)),
                ]
            )
        ],
    )
    funds = [FundsDraft("AB", second.pk, Dollars(40))]
    changed = edited(order, lines=[line(funds=funds)])

    # When it is reviewed and certified again
    again = certified(concurred(submitted_order(order=changed)))

    # Then only the ACRN that is left carries a ceiling and a commitment
    books = [
        (row.acrn, row.ceiling_dollars, row.committed_dollars)
        for row in balances_of(again.current_lines()[0].holder)
    ]
    assert books == [("AB", 60, 40), ("AA", 0, 0)]


def test_a_lower_price_stays_when_only_the_period_changes(contract):
    prices = {"0001AC": UnitPrice("7.5")}
    order = drafted_order(on=contract, lines=[line(prices=prices)])

    changed = edited(order, terms={"period_end": contract.ordering_end})

    rates = changed.current_lines()[0].current_rates()
    assert [str(rate.usd_per_million_tokens) for rate in rates] == [
        "2.000000",
        "1.000000",
        "7.500000",
        "8.000000",
    ]


def test_an_edit_that_changes_nothing_is_refused(contract):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(NothingChanged):
        edited(order, terms={"title": order.title}, lines=[line()])


def test_an_edit_is_of_the_version_that_was_read(contract):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(Stale):
        edited(order, terms={"title": "Another"}, seen_version=2)


def test_a_price_above_the_contract_is_refused_in_an_edit_too(contract):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(PriceAboveRateCard):
        edited(order, lines=[line(prices={"0001AA": UnitPrice(3)})])


def test_a_signed_order_changes_by_modification_only(contract):
    order = issued_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        edited(order, terms={"title": "Another"})

    assert "modification" in refusal.value.message


@pytest.mark.parametrize(
    "outsider",
    ["technical_reviewer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_edits_nothing(contract, outsider):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        edited(order, by=outsider, terms={"title": "Another"})
