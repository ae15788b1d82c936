"""A blanket purchase agreement: awarded without funds, called on, and reviewed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.contracts.models import AgreementReview, Contract
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.draft import draft_contract
from contracting.contracts.operations.review_agreement import review_agreement
from contracting.contracts.queries.agreements import review_due_on, reviews_of
from contracting.contracts.refusals import (
    AgreementIncomplete,
    FundingDoesNotSum,
    ReviewIncomplete,
)
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import contract_balance, funds_of
from contracting.orders.operations.accept import accept_order_limits
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.refusals import OutsideOrderLimits
from tests.builders_instruments import (
    AGREEMENT,
    _drafted,
    agreement,
    decided_on,
    drafted_agreement,
    part,
)
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import (
    AWARDED_AT,
    ISSUED_AT,
    awarded_contract,
    certified_order,
    issued_order,
    line,
    registrations,
)
from tests.builders_settlement import closed_contract
from tests.cast import actor, client_for, nothing_happens, submit
from tests.contracts.quotations import accepted, offered

pytestmark = pytest.mark.django_db

REVIEWED_AT = AWARDED_AT + timedelta(days=360)
WORDS: dict[str, Any] = {
    "is_best_value": True,
    "findings": "Used as estimated; the prices are below public list.",
    "reductions": "Five percent less was asked for and refused.",
}


def reviewed(contract, by="contracting_officer", at=REVIEWED_AT, **more):
    return review_agreement(
        contract_id=contract.pk, **(WORDS | more), by=actor(by), at=at
    )


def test_an_agreement_is_awarded_and_binds_nothing():
    # When an agreement for calls of up to $100 is signed
    contract = agreement()

    # Then its number is of type A, and no dollar is committed or obligated
    assert contract.piid == "75D30126A00001"
    assert contract.minimum_dollars == 0
    assert contract.largest_order_dollars == Decimal("100.00")
    assert [each for each in funds_of(contract.agency_id) if each.obligated] == []
    assert_the_books_balance()


def test_a_call_brings_its_own_funds():
    # Given an agreement in force
    contract = agreement()

    # When a call of sixty dollars is signed under it, funded for forty
    call = issued_order(on=contract)

    # Then it is numbered as a call, and its funds are obligated
    assert call.noun == "call"
    assert call.piid == "75D30126F00001"
    (funds,) = funds_of(contract.agency_id)
    assert funds.obligated == Dollars("40.00")
    books = contract_balance(contract.pk)
    assert books is not None
    assert books.ordered_dollars == Decimal("60.00")
    assert_the_books_balance()


def test_an_agreement_on_quotations_is_in_force_once_it_is_accepted():
    # Given a request for quotations that leads to an agreement (FAR 13.303)
    drafted = _drafted(decided_on({**AGREEMENT, "kind": "RFQ"}), [])
    registrations()

    # When it is offered and the vendor accepts
    accepted(offered(drafted))

    # Then it is numbered as an agreement and binds nothing
    contract = Contract.objects.get(pk=drafted.pk)
    assert contract.piid == "75D30126A00001"
    assert [each for each in funds_of(contract.agency_id) if each.obligated] == []


def test_an_agreement_is_closed_out_without_funds():
    contract = agreement()

    closed_contract(contract)

    assert Contract.objects.get(pk=contract.pk).state == "CLOSED"
    assert_the_books_balance()


@pytest.mark.rule("R-TO-03", case="refused")
def test_a_call_above_its_limit_is_not_signed_whatever_the_vendor_accepts():
    # Given a call of a hundred dollars and a cent, reviewed and certified
    contract = agreement()
    call = certified_order(on=contract, lines=[line(dollars=Dollars("100.01"))])

    # When the vendor would accept it, and when the officer signs
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        accept_order_limits(
            order_id=call.pk,
            by=actor("vendor_a_signer"),
            at=ISSUED_AT,
            seen_version=call.version,
        )
    assert refusal.value.rule == "R-TO-03"
    with nothing_happens(), pytest.raises(OutsideOrderLimits) as outside:
        issue_task_order(
            order_id=call.pk,
            by=actor("contracting_officer"),
            at=ISSUED_AT,
            seen_version=call.version,
        )

    # Then neither lifts the limit
    assert "13.303-3" in outside.value.message


@pytest.mark.rule("R-FND-02", case="refused")
def test_an_agreement_is_not_funded():
    decision = decided_on(AGREEMENT)
    funding = [part("1000.00")]

    with nothing_happens(), pytest.raises(FundingDoesNotSum):
        draft_contract(
            solicitation_id=decision.solicitation_id,
            funding=funding,
            by=actor("contract_specialist"),
            at=AWARDED_AT,
        )


def test_nothing_is_certified_for_an_agreement():
    drafted = drafted_agreement()

    with nothing_happens(), pytest.raises(NotAllowed):
        certify_contract_funds(
            contract_id=drafted.pk,
            by=actor("funds_certifier"),
            at=AWARDED_AT,
            seen_version=drafted.version,
        )


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"largest_order_dollars": None}, "An agreement states the largest call"),
        ({"ordering_end": date(2026, 4, 1)}, "The agreement ended on 2026-04-01"),
    ],
)
def test_an_agreement_says_what_a_call_may_be(change, gap):
    drafted = drafted_agreement()
    Contract.objects.filter(pk=drafted.pk).update(**change)

    with nothing_happens(), pytest.raises(AgreementIncomplete) as refusal:
        award_contract(
            contract_id=drafted.pk,
            by=actor("contracting_officer"),
            at=AWARDED_AT + timedelta(days=3),
            seen_version=drafted.version,
        )

    assert refusal.value.data["gaps"][0].startswith(gap)


def test_it_is_reviewed_within_a_year_and_each_year_again():
    # Given an agreement of 30 March 2026, under which a call was signed
    contract = agreement()
    issued_order(on=contract)
    assert review_due_on(contract) == date(2027, 3, 30)

    # When the officer reviews it on 25 March 2027
    review = reviewed(contract)

    # Then it says what was called by then, and the next one is due a year later
    assert review.called_dollars == Decimal("60.00")
    assert review.next_due_on == date(2028, 3, 25)
    assert review_due_on(contract) == date(2028, 3, 25)
    assert reviews_of(contract) == [review]
    last = events_of(contract.subject).last()
    assert last is not None
    assert last.event == "contracts.agreement.reviewed"


@pytest.mark.parametrize("name", ["findings", "reductions"])
def test_a_review_is_made_in_writing(name):
    contract = agreement()

    with nothing_happens(), pytest.raises(ReviewIncomplete) as refusal:
        reviewed(contract, **{name: " "})

    assert refusal.value.data["pointer"] == f"/{name}"


@pytest.mark.parametrize("by", ["contract_specialist", "other_agency_officer", "cor"])
def test_only_a_contracting_officer_of_the_agency_reviews_it(by):
    contract = agreement()

    with nothing_happens(), pytest.raises(NotAllowed):
        reviewed(contract, by)


def test_what_is_no_agreement_is_not_reviewed():
    contract = awarded_contract()
    assert review_due_on(contract) is None

    with nothing_happens(), pytest.raises(NotAllowed):
        reviewed(contract)


def test_the_review_is_made_on_its_page(monkeypatch):
    # Given the day after the review was due
    monkeypatch.setattr(clock, "now", lambda: AWARDED_AT + timedelta(days=366))
    contract = agreement()
    url = reverse("contracts:review_agreement", args=[contract.public_id])
    officer = client_for(actor("contracting_officer"))

    # Then the page says that it is overdue
    page = officer.get(url).content.decode()
    assert "is overdue" in page
    assert "It was not reviewed so far." in page

    # When it is sent without words, nothing is lost; with them it is on record
    answer = submit(officer, url, {"is_best_value": "yes", "findings": "Fine."})
    assert answer.status_code == 422
    assert "Fine." in answer.content.decode()
    sent = {**WORDS, "is_best_value": "yes"}
    assert submit(officer, url, sent).status_code == 303
    assert AgreementReview.objects.get().is_best_value

    # And nobody outside finds it
    assert client_for(actor("other_agency_officer")).get(url).status_code == 404
    assert client_for(actor("cor")).get(url).status_code == 403
