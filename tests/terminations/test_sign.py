"""Another officer signs a termination; what is owed is set down, the period ends."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.complete_order import complete_order
from contracting.closeout.refusals import CloseOutBlocked
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.metering.models import UsageHold
from contracting.operate.queries import broken_invariants
from contracting.terminations.operations.sign import sign_termination
from contracting.terminations.refusals import CureNotOver, NotRunning
from tests.builders_metering import event, ingested
from tests.builders_settlement import (
    PAID_AT,
    USED,
    certified_payment,
    paid_invoice,
    used_order,
)
from tests.cast import actor, days, nothing_happens
from tests.terminations.test_answer import answered
from tests.terminations.test_draft import ENDED_AT, drafted
from tests.terminations.test_issue_cure import CURE_BY, cured

pytestmark = pytest.mark.django_db


def signed(termination, at=ENDED_AT, by="contracting_officer"):
    return sign_termination(termination_id=termination.pk, by=actor(by), at=at)


@pytest.mark.rule("R-ROL-03", case="allowed")
def test_an_order_ends_with_the_last_day_and_what_is_owed_is_set_down():
    # Given an order of which something was used
    order = used_order()

    # When a specialist drafts its end and an officer signs
    termination = signed(drafted(order))

    # Then what is owed stands there, and the period ends with the last day
    assert termination.owed["accrued"] == "9.925924"
    assert termination.owed["accepted"] == "0"
    assert termination.owed["free"] == "30.07"
    assert termination.owed["tokens"] == sum(USED.values())
    assert (termination.proposal_due - ENDED_AT.date()).days == 365
    order.refresh_from_db()
    assert order.period_end == termination.stop_on

    # And what is called after it is held outside the period
    late = event("late", order=order, at=ENDED_AT + days(4))
    ingested(late, at=ENDED_AT + days(4))
    assert UsageHold.objects.get(event_id="call-late").reason == "OUT_OF_PERIOD"

    # And the notice is printed, sent and on record
    assert Document.objects.filter(kind="letter", number=order.piid).exists()
    (record,) = AuditEvent.objects.filter(event="terminations.termination.signed")
    assert '"SETTLEMENT_PROPOSAL"' in record.payload
    assert broken_invariants() == {}


@pytest.mark.rule("R-ROL-03", case="refused")
def test_its_drafter_never_signs():
    termination = drafted(used_order(), by="contracting_officer")

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(termination)

    assert refusal.value.rule == "R-ROL-03"
    assert signed(termination, by="second_contracting_officer").notice


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize("part", ["contract_specialist", "cor", "other_agency_officer"])
def test_nobody_without_a_warrant_signs(part):
    termination = drafted(used_order(), by="second_contracting_officer")

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(termination, by=part)

    assert refusal.value.rule == "R-ROL-01"


def test_for_cause_the_vendor_cures_first_and_may_answer():
    # Given an order whose vendor has a cure notice, and has answered it
    order = used_order()
    notice = cured(order)
    last = CURE_BY + timedelta(days=5)
    termination = drafted(order, ground="CAUSE", stop_on=last)
    answered(notice)

    # Then it is signed after the days of the notice, and not before
    with nothing_happens(), pytest.raises(CureNotOver) as refusal:
        signed(termination)
    assert "has answered" in refusal.value.message
    after = ENDED_AT + timedelta(days=(CURE_BY - ENDED_AT.date()).days + 1)
    assert signed(termination, at=after).cure == notice


def test_a_contract_ends_with_all_of_its_orders():
    order = used_order()
    termination = signed(drafted(order, whole=True))

    order.refresh_from_db()
    order.contract.refresh_from_db()
    assert order.period_end == order.contract.ordering_end == termination.stop_on
    assert broken_invariants() == {}


def test_nothing_is_ended_before_its_notice():
    termination = drafted(used_order())

    with nothing_happens(), pytest.raises(NotRunning):
        signed(termination, at=ENDED_AT + days(4))


@pytest.mark.rule("R-CLO-03", case="refused")
def test_an_open_termination_blocks_the_close_out():
    # Given an order that is used, paid, terminated and complete
    certification = certified_payment()
    order = certification.invoice.order
    ended = PAID_AT - timedelta(days=10)
    signed(drafted(order, at=ended), at=ended)
    paid_invoice(certification=certification)
    at = PAID_AT + timedelta(hours=1)
    complete_order(order_id=order.pk, by=actor("cor"), at=at)

    # Then it is not closed while its settlement is open
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close_out_order(order_id=order.pk, by=actor("contracting_officer"), at=at)
    assert "is not settled" in refusal.value.message
