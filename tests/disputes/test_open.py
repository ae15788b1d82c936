"""Differences are put to the vendor together, with the days of both sides."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.disputes.operations.decide_claim import decide_claim
from contracting.disputes.operations.submit_claim import submit_claim
from contracting.disputes.queries.cases import disputed_of
from contracting.disputes.refusals import CaseIncomplete
from contracting.disputes.states import CaseState
from contracting.notices.models import Notice
from contracting.reconciliation.models import Finding
from contracting.reconciliation.states import FindingState
from tests.builders_billing import compared, invoiced
from tests.builders_disputes import DECIDED_AT, OPENED_AT, decided, opened
from tests.cast import actor, nothing_happens, person

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-REC-04", case="allowed")
def test_the_vendor_is_asked_with_days_and_the_amount_is_withheld(finding):
    # When the representative opens a dispute on the day of the comparison
    case = opened(finding)

    # Then both clocks stand as the numbers of that day say: 5 and 10 days
    assert case.state == CaseState.ASKED
    zone = finding.order.contract.time_zone
    found_on = accounting_day(finding.found_at, zone)
    assert case.ask_by == found_on + timedelta(days=5)
    assert case.answer_due_on == accounting_day(OPENED_AT, zone) + timedelta(days=10)
    # And the difference is disputed and withheld, and the vendor told once
    disputed = Finding.objects.get(pk=finding.pk)
    assert disputed.state == FindingState.DISPUTED
    assert Dollars(disputed.dispute.withheld_dollars) == Dollars("0.660008")
    told = Notice.objects.get(
        subject_kind="disputes.case",
        recipient_user=person(actor("vendor_a_signer")),
    )
    assert told.url_path == case.path
    assert "$0.660008" in told.body


@pytest.mark.rule("R-REC-04", case="refused")
def test_a_dispute_says_what_is_asked(finding):
    with nothing_happens(), pytest.raises(CaseIncomplete):
        opened(finding, question=" ")


def test_a_difference_is_disputed_once(case, finding):
    with nothing_happens(), pytest.raises(CaseIncomplete):
        opened(finding, by="contracting_officer")


def test_a_strange_difference_is_refused(order, finding):
    unknown = Finding(public_id="fnd_00000000000000000000000000", order=order)
    with nothing_happens(), pytest.raises(CaseIncomplete):
        opened(unknown)
    with nothing_happens(), pytest.raises(CaseIncomplete):
        opened(order_id=order.pk)


@pytest.mark.parametrize(
    "outsider", ["other_agency_officer", "vendor_a_signer", "payment_certifier"]
)
def test_nobody_else_opens_one(finding, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        opened(finding, by=outsider)


def test_what_is_disputed_bears_no_interest_from_day_to_day(order, finding):
    # Given an invoice of the hour, and the duplicate disputed and then decided
    def day(at):
        return accounting_day(at, order.contract.time_zone)

    invoice = invoiced(order)
    compared(order, invoice)
    assert disputed_of(invoice) == []
    case = opened(finding)

    # Then its cents are withheld from the day of the dispute on
    (withheld,) = disputed_of(invoice)
    assert withheld.finding == finding.public_id
    assert withheld.cents == Dollars("0.66")
    assert (withheld.since, withheld.until) == (day(OPENED_AT), None)

    # And until the day of the decision
    decided(case)
    (settled,) = disputed_of(invoice)
    assert settled.until == day(DECIDED_AT)


def test_what_is_escalated_is_disputed_until_its_claim_is_decided(order, finding):
    # Given a disputed cent that the officer does not settle but escalates
    zone = order.contract.time_zone
    invoice = invoiced(order)
    compared(order, invoice)
    case = decided(opened(finding), "escalate")

    # Then it is withheld as before, with or without a claim that waits
    (withheld,) = disputed_of(invoice)
    assert (withheld.cents, withheld.until) == (Dollars("0.66"), None)
    claimed_at = DECIDED_AT + timedelta(days=3)
    claim = submit_claim(
        contract_id=order.contract_id,
        case=case.public_id,
        dollars=Decimal("0.66"),
        text="The call was ours.",
        is_certified=False,
        by=actor("vendor_a_signer"),
        at=claimed_at,
    )
    assert disputed_of(invoice) == [withheld]

    # And the decision on the claim ends it
    at = claimed_at + timedelta(days=20)
    decide_claim(
        claim_id=claim.pk,
        allowed=Decimal(0),
        text="The meter has one call.",
        by=actor("contracting_officer"),
        at=at,
    )
    (ended,) = disputed_of(invoice)
    assert ended.until == accounting_day(at, zone)
