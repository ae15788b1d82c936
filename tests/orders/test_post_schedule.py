"""A definitive contract: the award binds its lines, and usage draws on them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.draft import draft_contract
from contracting.contracts.refusals import (
    AboveMaximum,
    FundingDoesNotSum,
    FundsNotCertified,
    LineIncomplete,
)
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Document
from contracting.ledger.queries import balances_of, contract_balance, funds_of
from contracting.orders.models import TaskOrder
from contracting.orders.queries import find_order, line_limits
from contracting.orders.refusals import ModelNotAllowed
from contracting.orders.states import TaskOrderState
from contracting.reference.models import AiModel
from tests.builders_instruments import (
    DEFINITIVE,
    FUNDED,
    PRICE,
    decided_on,
    definitive_contract,
    drafted_definitive,
    part,
    schedule_of,
)
from tests.builders_metering import assert_the_books_balance, event, ingested, statuses
from tests.builders_orders import (
    AWARDED_AT,
    drafted_order,
    issued_modification,
    line_of_accounting,
)
from tests.builders_settlement import (
    CONTRACT_ENDED_AT,
    accepted_invoice,
    certified_payment,
    closed_contract,
    closed_order,
    completed_order,
    paid_invoice,
    reported,
    used_order,
)
from tests.cast import actor, client_for, nothing_happens

pytestmark = pytest.mark.django_db


def test_the_award_binds_the_lines_of_the_contract():
    # When a definitive contract of $7,700.00 is signed with $5,000.00 of funds
    contract = definitive_contract()

    # Then its number is of type C, and its ceiling is quantity times price
    assert contract.piid == "75D30126C00001"
    assert Dollars(contract.ceiling_dollars) == PRICE
    assert contract.ceiling_tokens == 2_900_000_000
    assert contract.minimum_dollars == 0

    # And its lines are one signed schedule of the same number
    schedule = schedule_of(contract)
    assert (schedule.piid, schedule.state) == (contract.piid, TaskOrderState.ISSUED)
    (line,) = schedule.current_lines()
    assert (line.clin, line.ceiling_tokens) == ("0001", 2_900_000_000)
    assert Dollars(line.ceiling_dollars) == PRICE
    assert [rate.rate_row.slin for rate in line.current_rates()] == [
        "0001AA",
        "0001AB",
        "0001AC",
        "0001AD",
    ]

    # And exactly what was certified is obligated on them, once
    (row,) = balances_of(line.holder)
    assert (row.obligated_dollars, row.committed_dollars) == (FUNDED.amount, 0)
    assert Dollars(row.ceiling_dollars) == PRICE
    (funds,) = funds_of(contract.agency_id)
    assert (funds.obligated, funds.committed) == (FUNDED, Dollars())
    books = contract_balance(contract.pk)
    assert books is not None
    assert (books.ordered_dollars, books.ordered_tokens) == (
        PRICE.amount,
        2_900_000_000,
    )
    assert [each.event for each in events_of(schedule.subject)][-1] == (
        "orders.schedule.posted"
    )
    assert_the_books_balance()


def test_several_acrns_pay_in_their_order_and_the_last_bears_what_is_unfunded():
    # Given funds of two lines of accounting
    second = "Program reserve"
    line_of_accounting(second, "3000.00")

    # When the award is signed
    contract = definitive_contract([part("2000.00", "AB", second), part("3000.00")])

    # Then AA pays first, and AB has the rest of the ceiling
    (line,) = schedule_of(contract).current_lines()
    assert [
        (p.acrn, p.sequence, p.dollars, p.ceiling_dollars)
        for p in line.current_funding()
    ] == [
        ("AA", 1, Decimal("3000.00"), Decimal("3000.00")),
        ("AB", 2, Decimal("2000.00"), Decimal("4700.00")),
    ]
    assert_the_books_balance()


def test_usage_names_the_contract_and_draws_on_its_lines():
    # Given a signed definitive contract
    contract = definitive_contract()
    schedule = schedule_of(contract)

    # When the gateway reports a call under the number of the contract
    receipt = ingested(
        event(order=contract.piid or "", tokens={"IN_UNCACHED": 1_000_000})
    )

    # Then two dollars are used of it, and of nothing else
    assert statuses(receipt) == ["accepted"]
    assert find_order(contract.agency_id, contract.piid or "") == schedule
    (limit,) = line_limits(schedule, AWARDED_AT)
    assert limit.tokens_left == Tokens(2_899_000_000)
    assert limit.funded_left == Dollars("4998.00")
    assert limit.planned is not None
    assert limit.planned.binding == "funds"
    assert_the_books_balance()


def test_its_usage_is_reported_invoiced_and_reconciled_like_an_order():
    # Given an hour of usage on the contract's own lines, reported by the vendor
    schedule = schedule_of(definitive_contract())
    used_order(order=schedule)
    reported(schedule)

    # When the vendor invoices it, and it is reconciled, accepted and certified
    invoice = accepted_invoice(order=schedule)
    certified_payment(invoice=invoice)

    # Then it is paid from the funds of the contract, and the books balance
    assert invoice.order == schedule
    (line,) = schedule.current_lines()
    (row,) = balances_of(line.holder)
    assert row.accepted_dollars > 0
    assert_the_books_balance()


@pytest.mark.rule("R-CLO-04", case="allowed")
def test_it_is_closed_out_after_its_own_lines():
    # Given its lines, used and paid, a day after the period of performance
    contract = definitive_contract()
    schedule = used_order(order=schedule_of(contract))
    reported(schedule)
    paid = certified_payment(invoice=accepted_invoice(order=schedule))
    paid_invoice(certification=paid)
    completed_order(order=schedule, at=CONTRACT_ENDED_AT)

    # When the lines and then the contract are closed out
    closed_order(order=schedule, at=CONTRACT_ENDED_AT)
    closed_contract(contract, at=CONTRACT_ENDED_AT)

    # Then every dollar that was not paid is back
    contract = Contract.objects.get(pk=contract.pk)
    assert contract.state == "CLOSED"
    (funds,) = funds_of(contract.agency_id)
    assert funds.obligated == Dollars("9.92")
    assert_the_books_balance()


@pytest.mark.rule("R-TO-01", case="refused")
def test_no_order_is_placed_under_it():
    contract = definitive_contract()

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        drafted_order(on=contract)

    assert refusal.value.rule == "R-TO-01"


@pytest.mark.rule("R-MOD-01", case="allowed")
def test_its_lines_are_modified_in_the_series_of_the_contract():
    # Given a schedule funded for $5,000.00
    contract = definitive_contract()

    # When twenty dollars are added by modification
    modification = issued_modification(on=schedule_of(contract))

    # Then it is the first of the contract, and the ledger has it
    assert modification.number == "P00001"
    (line,) = schedule_of(contract).current_lines()
    (row,) = balances_of(line.holder)
    assert row.obligated_dollars == Decimal("5020.00")
    assert_the_books_balance()


@pytest.mark.rule("R-AWD-01", case="refused")
def test_nothing_is_bound_before_its_funds_are_certified():
    drafted = drafted_definitive()

    with nothing_happens(), pytest.raises(FundsNotCertified):
        _award(drafted)


@pytest.mark.rule("R-FND-02", case="refused")
def test_a_line_is_not_funded_beyond_its_price():
    decision = decided_on(DEFINITIVE)
    funding = [part("7700.01")]

    with nothing_happens(), pytest.raises(FundingDoesNotSum) as refusal:
        _draft(decision, funding)

    assert refusal.value.data["clin"] == "0001"


@pytest.mark.rule("R-AWD-02", case="refused")
def test_every_line_cites_its_funds():
    drafted = _draft(decided_on(DEFINITIVE), [])

    with nothing_happens(), pytest.raises(LineIncomplete) as refusal:
        _award(drafted)

    assert refusal.value.data["gaps"] == ["Line 0001 lacks its accounting citation."]


def test_an_offer_above_the_maximum_that_was_solicited_is_not_drafted():
    decision = decided_on({**DEFINITIVE, "maximum_dollars": Decimal("7699.99")})

    with nothing_happens(), pytest.raises(AboveMaximum) as refusal:
        _draft(decision, [])

    assert refusal.value.data["price"] == PRICE


@pytest.mark.rule("R-TO-12", case="refused")
def test_a_model_that_is_out_of_date_is_not_bound():
    # Given a certified draft whose model went out of date
    drafted = drafted_definitive()
    _certify(drafted)
    AiModel.objects.filter(snapshot="gpt-4o-2024-08-06").update(
        valid_to=AWARDED_AT.date() - timedelta(days=1)
    )

    with nothing_happens(), pytest.raises(ModelNotAllowed) as refusal:
        _award(drafted)

    assert refusal.value.rule == "R-TO-12"


def test_a_contract_has_one_schedule():
    contract = definitive_contract()
    again = schedule_of(contract)
    again.pk, again.piid, again.public_id = None, None, ""

    with transaction.atomic(), pytest.raises(IntegrityError):
        again.save()


def test_its_paper_is_the_contract_alone():
    contract = definitive_contract()

    kinds = Document.objects.filter(subject_kind="orders.task_order")
    assert not kinds.exists()
    assert Document.objects.filter(kind="contract", number=contract.piid).exists()


def test_its_vendor_reads_it_and_a_stranger_does_not():
    contract = definitive_contract()
    path = schedule_of(contract).path

    assert client_for(actor("vendor_a_signer")).get(path).status_code == 200
    assert client_for(actor("vendor_b_signer")).get(path).status_code == 404
    assert client_for(actor("other_agency_officer")).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def _draft(decision, funding) -> Contract:
    return draft_contract(
        solicitation_id=decision.solicitation_id,
        funding=funding,
        by=actor("contract_specialist"),
        at=AWARDED_AT - timedelta(days=1),
    )


def _certify(drafted) -> None:
    from contracting.contracts.operations.certify import certify_contract_funds
    from tests.builders_orders import registrations

    registrations()
    certify_contract_funds(
        contract_id=drafted.pk,
        by=actor("funds_certifier"),
        at=AWARDED_AT - timedelta(hours=1),
        seen_version=drafted.version,
    )


def _award(drafted) -> Contract:
    return award_contract(
        contract_id=drafted.pk,
        by=actor("contracting_officer"),
        at=AWARDED_AT,
        seen_version=drafted.version,
    )


def test_only_a_definitive_contract_has_one():
    assert not TaskOrder.objects.filter(is_schedule=True).exists()
