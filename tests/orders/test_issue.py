"""The contracting officer signs: the one verb that numbers an order and binds."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from accounts.models import Membership, Organization, Warrant
from accounts.queries import actor_of
from accounts.states import Role
from contracting.approvals.states import Decided
from contracting.audit.queries import events_of
from contracting.contracts.models import Contract, RateRow
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Document
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.queries import (
    balances_of,
    contract_balance,
    funds_of,
    transfers_because,
)
from contracting.ledger.refusals import (
    ContractCeilingExceeded,
    PeriodOfAvailabilityEnded,
)
from contracting.notices.models import Notice
from contracting.orders.invariants import INVARIANTS
from contracting.orders.operations import issue
from contracting.orders.operations.dispose import dispose_nonconcurrence
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.review import review_task_order
from contracting.orders.queries import undisposed_of
from contracting.orders.refusals import (
    AlreadyIssued,
    FundsNotCertified,
    ModelNotAllowed,
    OutOfScope,
    PriceAboveRateCard,
    PriceNotReasonable,
    ReviewsNotFinal,
)
from contracting.orders.states import FundsDraft, TaskOrderState
from contracting.reference.models import AiModel, Threshold
from tests.builders_orders import (
    ISSUED_AT,
    ORDERED_AT,
    approved_order,
    certified,
    certified_order,
    concurred,
    drafted_order,
    issued_order,
    line,
    line_of_accounting,
    submitted_order,
)
from tests.cast import actor, client_for, nothing_happens, organization, person


def issued(order, by="contracting_officer", at=ISSUED_AT, seen_version=None):
    return issue_task_order(
        order_id=order.pk,
        by=actor(by) if isinstance(by, str) else by,
        at=at,
        seen_version=seen_version or order.version,
    )


def ordered(contract):
    books = contract_balance(contract.pk)
    assert books is not None
    return books.ordered_dollars, books.ordered_tokens


@pytest.mark.rule("R-TO-01", case="allowed")
@pytest.mark.rule("R-TO-02", case="allowed")
@pytest.mark.rule("R-TO-09", case="allowed")
@pytest.mark.rule("R-FND-01", case="allowed")
@pytest.mark.rule("R-FND-03", case="allowed")
@pytest.mark.rule("R-ROL-01", case="allowed")
@pytest.mark.rule("R-ROL-02", case="allowed")
@pytest.mark.rule("R-ROL-03", case="allowed")
def test_the_signature_numbers_the_order_and_binds_its_funds(
    contract, contracting_officer, vendor_a_signer, cor, program_manager
):
    # Given an order that is reviewed and certified
    order = certified_order(on=contract)

    # When the officer signs it
    signed = issued(order)

    # Then it has the office's first number of type F in fiscal year 2026
    assert signed.state == TaskOrderState.ISSUED
    assert signed.piid == "75D30126F00001"
    assert signed.issued_at == ISSUED_AT
    assert signed.signed_by_id == contracting_officer.membership_id
    # And the commitment has become the obligation
    (row,) = balances_of(signed.current_lines()[0].holder)
    assert (row.committed_dollars, row.obligated_dollars) == (0, 40)
    kinds = [each.kind for each in transfers_because("orders.task_order", order.pk)]
    assert kinds == ["OBLIGATE", "COMMIT"]
    # And its ceilings count against the contract's
    assert ordered(contract) == (60, 20_000_000)
    # And the paper is requested with the version and hash that were signed
    paper = Document.objects.get(kind="task_order")
    assert (paper.number, paper.version) == (signed.piid, signed.version)
    assert paper.content_sha256 == signed.content_sha256
    assert paper.vendor_id == contract.vendor_id
    assert paper.context["blocks"]["3"] == signed.piid
    # And vendor, representative and requester are told
    told = Notice.objects.filter(title=f"Task order {signed.piid} is issued")
    assert {
        vendor_a_signer.user_id,
        cor.user_id,
        program_manager.user_id,
    } <= {notice.recipient_user_id for notice in told}
    last = events_of(signed.subject).filter(event="orders.task_order.issued")
    assert last.count() == 1
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)


def test_the_minimum_that_the_contract_obligated_stays_as_it_is(contract):
    before = funds_of(contract.agency_id)[0].obligated

    issued(certified_order(on=contract))

    assert funds_of(contract.agency_id)[0].obligated == before + Dollars(40)


def test_numbers_of_an_office_have_no_gap(contract):
    first = issued(certified_order(on=contract))
    with pytest.raises(ReviewsNotFinal):
        issued(submitted_order(on=contract))
    second = issued(certified_order(on=contract))

    assert (first.piid, second.piid) == ("75D30126F00001", "75D30126F00002")


# Authority ---------------------------------------------------------------------------


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize("part", ["contract_specialist", "program_manager"])
def test_without_a_warrant_nobody_signs(contract, part):
    order = certified_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(order, by=part)

    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-01", case="refused")
def test_a_revoked_warrant_signs_nothing(contract, contracting_officer):
    order = certified_order(on=contract)
    held = Warrant.objects.filter(membership_id=contracting_officer.membership_id)
    held.update(revoked_on=ISSUED_AT.date())

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(order)

    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-02", case="refused")
def test_the_value_of_the_order_lies_within_the_warrant(contract, contracting_officer):
    # Given a warrant of a cent less than the order's ceiling, above what is funded
    order = certified_order(on=contract)
    held = Warrant.objects.filter(membership_id=contracting_officer.membership_id)
    held.update(limit_dollars=Decimal("59.99"))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(order)

    assert refusal.value.rule == "R-ROL-02"


@pytest.mark.rule("R-ROL-03", case="refused")
@pytest.mark.parametrize("part", ["program_manager", "funds_certifier"])
def test_requester_and_certifier_do_not_sign(contract, part):
    # Given that who requested or certified it holds a warrant as well
    order = certified_order(on=contract)
    acting = actor(part)
    both = Membership.objects.create(
        user=person(acting),
        organization=organization(acting),
        role=Role.CONTRACTING_OFFICER,
    )
    Warrant.objects.create(
        membership=both,
        number="W-0009",
        limit_dollars=Decimal("10000000.00"),
        valid_from=ORDERED_AT.date(),
        valid_to=ISSUED_AT.date(),
    )

    # When they sign
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(order, by=actor_of(both))

    # Then three people are asked for
    assert refusal.value.rule == "R-ROL-03"


@pytest.mark.rule("R-ROL-03", case="refused")
def test_nobody_signs_what_they_edited_in_another_role(contract):
    # Given a specialist who edited the order, and who is an officer of the agency too
    drafted = drafted_order(on=contract)
    edited = edit_task_order(
        order_id=drafted.pk,
        terms={"title": "Pilot of the claims assistant, east"},
        by=actor("contract_specialist"),
        at=ORDERED_AT,
        seen_version=drafted.version,
    )
    order = certified_order(order=edited)
    acting = actor("contract_specialist")
    both = Membership.objects.create(
        user=person(acting),
        organization=organization(acting),
        role=Role.CONTRACTING_OFFICER,
    )
    Warrant.objects.create(
        membership=both,
        number="W-0009",
        limit_dollars=Decimal("10000000.00"),
        valid_from=ORDERED_AT.date(),
        valid_to=ISSUED_AT.date(),
    )

    # When they sign it as an officer
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(order, by=actor_of(both))

    # Then somebody else is asked for
    assert refusal.value.rule == "R-ROL-03"
    assert "wrote" in refusal.value.message


@pytest.mark.rule("R-EVL-07", case="refused")
def test_nothing_is_ordered_at_prices_that_nobody_found_reasonable(
    contract, monkeypatch
):
    # Given an order of a contract whose record does not cover what it selected
    order = certified_order(on=contract)
    monkeypatch.setattr(issue, "has_reasonable_price", lambda _contract: False)

    with nothing_happens(), pytest.raises(PriceNotReasonable) as refusal:
        issued(order)

    assert refusal.value.rule == "R-EVL-07"


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_signs_nothing(contract, outsider):
    order = certified_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        issued(order, by=outsider)


# Reviews and certification -----------------------------------------------------------


@pytest.mark.rule("R-TO-09", case="refused")
def test_an_open_review_stands_in_the_way(contract):
    order = concurred(submitted_order(on=contract), ["technical_reviewer"])
    order = certified(order)

    with nothing_happens(), pytest.raises(ReviewsNotFinal) as refusal:
        issued(order)

    assert refusal.value.rule == "R-TO-09"


@pytest.mark.rule("R-TO-09", case="refused")
def test_a_nonconcurrence_is_answered_before_the_signature(
    contract, technical_reviewer, contracting_officer
):
    # Given a reviewer who does not concur
    order = submitted_order(on=contract)
    order = review_task_order(
        order_id=order.pk,
        verdict=Decided.NONCONCUR,
        comment="The workload is a guess.",
        by=technical_reviewer,
        at=ORDERED_AT,
        seen_version=order.version,
    )
    order = certified(concurred(order, ["finance_reviewer"]))

    # When it is signed without an answer, it is refused
    with nothing_happens(), pytest.raises(ReviewsNotFinal) as refusal:
        issued(order)
    assert refusal.value.rule == "R-TO-09"
    assert refusal.value.data["by"] == "Eli Technical"

    # When it is answered, it can be signed
    dispose_nonconcurrence(
        order_id=order.pk,
        decision_id=undisposed_of(order)[0].pk,
        text="It is a pilot; the ceiling is sixty dollars.",
        by=contracting_officer,
        at=ORDERED_AT,
    )
    assert issued(order).state == TaskOrderState.ISSUED


def test_funds_are_certified_before_the_signature(contract):
    order = approved_order(on=contract)

    with nothing_happens(), pytest.raises(FundsNotCertified) as refusal:
        issued(order)

    assert refusal.value.rule == "R-FND-01"


def test_it_is_the_version_that_was_read(contract):
    order = certified_order(on=contract)

    with nothing_happens(), pytest.raises(Stale):
        issued(order, seen_version=2)


def test_a_signed_order_is_not_signed_again(contract):
    order = issued_order(on=contract)

    with nothing_happens(), pytest.raises(AlreadyIssued) as refusal:
        issued(order, by="second_contracting_officer")

    assert refusal.value.status == 409
    assert refusal.value.data["piid"] == order.piid


# Scope, ceilings, funds --------------------------------------------------------------


@pytest.mark.rule("R-TO-01", case="refused")
def test_the_ordering_period_has_ended(contract):
    order = certified_order(on=contract)

    # The last day is 31 March 2027, in Washington
    with nothing_happens(), pytest.raises(OutOfScope) as refusal:
        issued(order, at=datetime(2027, 4, 1, 4, 0, tzinfo=UTC))

    assert refusal.value.rule == "R-TO-01"


@pytest.mark.rule("R-TO-01", case="refused")
def test_an_order_larger_than_the_whole_contract_is_out_of_its_maximum(contract):
    order = certified_order(on=contract)
    Contract.objects.filter(pk=contract.pk).update(ceiling_tokens=19_999_999)

    with nothing_happens(), pytest.raises(OutOfScope) as refusal:
        issued(order)

    assert refusal.value.rule == "R-TO-01"


@pytest.mark.rule("R-TO-02", case="refused")
@pytest.mark.parametrize(
    ("ceiling", "short_by"),
    [
        ({"dollars": Dollars("119.99"), "tokens": Tokens(10**12)}, Dollars("0.01")),
        ({"dollars": Dollars(10**6), "tokens": Tokens(39_999_999)}, Tokens(1)),
    ],
    ids=["in dollars", "in tokens"],
)
def test_orders_together_stay_within_the_contract(
    contract, contracting_officer, ceiling, short_by
):
    # Given a contract that leaves a cent, or a token, less than a second order needs
    issued_order(on=contract)
    second = certified_order(on=contract)
    set_contract_ceiling(
        contract_id=contract.pk,
        stream=contract.stream,
        agency_id=contract.agency_id,
        **ceiling,
        because=contract.subject,
        by=contracting_officer,
        at=ISSUED_AT,
    )

    # When the second order is signed
    with nothing_happens(), pytest.raises(ContractCeilingExceeded) as refusal:
        issued(second)

    # Then it says by how much, and nothing has happened
    assert refusal.value.rule == "R-TO-02"
    assert refusal.value.data["short_by"] == short_by


@pytest.mark.rule("R-FND-03", case="refused")
def test_funds_are_obligated_inside_their_period_of_availability(contract):
    # Given funds of fiscal year 2026, signed for on its last evening in Washington
    order = certified_order(on=contract)
    late = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)

    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded) as refusal:
        issued(order, at=late)

    assert refusal.value.rule == "R-FND-03"


def test_funds_of_two_lines_of_accounting_are_bound_together(contract):
    first, second = line_of_accounting(), line_of_accounting("Claims operations")
    funds = [
        FundsDraft("AA", first.pk, Dollars(20), Dollars(30)),
        FundsDraft("AB", second.pk, Dollars(10), Dollars(30)),
    ]

    order = issued_order(on=contract, lines=[line(funds=funds)])

    rows = balances_of(order.current_lines()[0].holder)
    assert [(row.acrn, row.obligated_dollars) for row in rows] == [
        ("AA", 20),
        ("AB", 10),
    ]


# Prices and models on the day of the order -------------------------------------------


@pytest.mark.rule("R-TO-10", case="refused")
def test_a_rate_that_has_fallen_since_the_draft_stands_in_the_way(contract):
    # Given a price that the contract has lowered after the order was certified
    order = certified_order(on=contract)
    old = RateRow.objects.get(line__contract=contract, slin="0001AC")
    old.superseded_at = ISSUED_AT
    old.save(update_fields=["superseded_at"])
    new = RateRow.objects.get(pk=old.pk)
    new.pk, new.public_id, new.superseded_at = None, "", None
    new.usd_per_million_tokens = Decimal("7.9")
    new.in_force = DateTimeTZRange(old.in_force.lower, None, "[)")
    new.save(force_insert=True)

    # When the order is signed at the old price
    with nothing_happens(), pytest.raises(PriceAboveRateCard) as refusal:
        issued(order)

    # Then the new one is named
    assert refusal.value.rule == "R-TO-10"
    assert "$7.90" in refusal.value.message


@pytest.mark.rule("R-TO-12", case="refused")
def test_a_model_that_lost_its_authorization_is_not_ordered(contract):
    order = certified_order(on=contract)
    AiModel.objects.filter(snapshot="gpt-4o-2024-08-06").update(boundaries=[])

    with nothing_happens(), pytest.raises(ModelNotAllowed) as refusal:
        issued(order)

    assert refusal.value.rule == "R-TO-12"


@pytest.mark.rule("R-TO-13", case="allowed")
@pytest.mark.rule("R-TO-13", case="refused", held_by="arithmetic")
@pytest.mark.parametrize(
    ("code", "amount", "because"),
    [
        ("75D301", "60.00", ""),
        ("75D301", "59.99", "The order is worth $60.00, more than $59.99."),
        ("W52P1J", "59.99", ""),
    ],
    ids=["at the threshold", "a cent above it", "of the Department of Defense"],
)
def test_a_protestable_order_is_flagged_and_recorded(
    contract, contracting_officer, code, amount, because
):
    order = certified_order(on=contract)
    Organization.objects.filter(pk=contract.agency_id).update(aac=code)
    civilian = Threshold.objects.filter(code="ORDER_PROTEST_CIVILIAN")
    civilian.update(valid_to=date(2026, 1, 1))
    Threshold.objects.create(
        code="ORDER_PROTEST_CIVILIAN",
        label="Protest of an order",
        value=Decimal(amount),
        unit="USD",
        valid_from=date(2026, 1, 2),
        citation="41 USC 4106(f)",
    )
    url = reverse("orders:issue_task_order", args=[order.public_id])
    page = client_for(contracting_officer).get(url).content.decode()
    assert ("Protestable." in page) == bool(because)

    # When it is signed
    signed = issued(order)

    # Then nobody is refused, and what was shown is on record
    assert signed.protestable_because == because
    event = events_of(signed.subject).get(event="orders.task_order.issued")
    assert json.loads(event.payload)["data"]["protestable_because"] == because
