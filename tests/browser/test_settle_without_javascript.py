"""Disputes, credits, payments, months and their like are dealt with by hand."""

from decimal import Decimal

from contracting.allocations.models import AllocationRule
from contracting.billing.models import CreditDue
from contracting.disputes.models import DisputeCase
from contracting.disputes.states import CaseState
from contracting.payments.models import Payment, PaymentCertification
from contracting.periods.models import Entry
from contracting.reconciliation.models import Finding
from contracting.recounts.calculations import commitment_of
from contracting.recounts.models import RecountPlan
from tests.builders_orders import issued_order
from tests.builders_periods import CLOSED_AT, ready_month
from tests.builders_settlement import (
    ACCEPTED_AT,
    CERTIFIED_AT,
    PAID_AT,
    PAYABLE,
    USED,
    accepted_invoice,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import days

HOUR = days(1) / 24


def accepted(**more):
    """An order whose invoice is accepted as far as all three agree."""
    order = used_order(order=issued_order())
    reported(order)
    accepted_invoice(invoice=received_invoice(order=order, **more))
    return order


def test_a_dispute_goes_from_the_question_to_the_decision(stage):
    more = {**USED, "OUT_TEXT": USED["OUT_TEXT"] + 1_000_000}
    finding = Finding.objects.get(order=accepted(billed=more))
    stage.at(ACCEPTED_AT + HOUR)
    asking = stage.see("cor", "disputes:open_dispute", finding.order.public_id)
    asking.check("findings", finding.public_id)
    asking.fill(question="What are these tokens?")
    asking.press("Put them to the vendor")
    assert "answers by" in asking.answer()

    case = DisputeCase.objects.get(order=finding.order)
    answering = stage.see("vendor_a_signer", "disputes:dispute", case.public_id)
    answering.follow("Answer it")
    answering.check("stance", "CONTEST")
    answering.fill(text="The client called more.", calls="r-2,2,270001")
    answering.press("Send the answer")

    deciding = stage.see("contracting_officer", "disputes:dispute", case.public_id)
    deciding.follow("Decide it")
    deciding.choose(**{f"code_{finding.public_id}": "accept-A"})
    deciding.fill(text="Neither count has them.")
    deciding.press("Decide and send the letter")

    assert "decided it on" in deciding.answer()
    assert DisputeCase.objects.get(pk=case.pk).state == CaseState.DECIDED


def test_a_credit_is_recorded_and_what_is_open_is_cancelled(stage):
    order = accepted()
    stage.at(ACCEPTED_AT + HOUR)
    screen = stage.see("contracting_officer", "billing:credits")
    screen.follow(order.name)
    screen.choose(kind="SLA")
    screen.fill(dollars="0.25", reason="98.7 % in March.")
    screen.press("Record the credit")
    assert "$0.25 of it is open" in screen.answer()

    screen.follow("Cancel what is open")
    screen.fill(reason="The outage was planned.")
    screen.press("Cancel the credit")

    assert "Nothing of it is open" in screen.answer()
    assert CreditDue.objects.get(order=order).dollars == Decimal("0.25")


def test_a_recount_is_planned_and_ended_with_its_key(stage):
    contract, key = accepted().contract, bytes(32)
    stage.at(ACCEPTED_AT + HOUR)
    screen = stage.see(
        "contracting_officer", "recounts:adopt_recount_plan", contract.public_id
    )
    screen.fill(
        key_commitment=commitment_of(key),
        tokenizer_name="gpt2",
        tokenizer_sha256="a" * 64,
    )
    screen.press("Adopt the plan")
    assert "An estimate and no verdict" in screen.answer()

    screen.follow("End the plan")
    screen.fill(reason="The month is over.", key=key.hex())
    screen.press("End the plan")

    assert RecountPlan.objects.get(contract=contract).revealed_key == key.hex()


def test_a_month_is_signed_off_by_two_and_closed(stage):
    order = ready_month(accepted())
    stage.at(CLOSED_AT)
    for part in ("cor", "payment_certifier"):
        signing = stage.see(part, "periods:order_periods", order.public_id)
        signing.follow("Sign off")
        signing.check("confirm")
        signing.press("Sign off the month")

    closing = stage.see("contracting_officer", "periods:order_periods", order.public_id)
    closing.follow("Close")
    closing.check("confirm")
    closing.press("Close the month")

    assert Entry.objects.filter(order=order).count() == 1


def test_a_payment_is_certified_handed_over_and_recorded(stage):
    order = accepted()
    invoice = order.invoices.get()
    stage.at(CERTIFIED_AT)
    officer = stage.see(
        "payment_certifier", "payments:certify_payment", invoice.public_id
    )
    officer.check("confirm")
    officer.press("Certify for payment")
    assert f"${PAYABLE} is due to" in officer.answer()

    handing = stage.see("payment_certifier", "payments:payment_exports")
    assert "1 certified payment waits" in handing.answer()
    handing.follow("Write a batch")
    handing.press("Write the batch")
    assert "No certified payment waits" in handing.answer()

    stage.at(PAID_AT)
    voucher = PaymentCertification.objects.get(invoice=invoice)
    paying = stage.see("payment_certifier", "payments:payment", voucher.public_id)
    paying.follow("Record the payment")
    paying.fill(paid_on=f"{PAID_AT:%Y-%m-%d}", reference="TRACE-7")
    paying.press("Record the payment")
    assert f"${PAYABLE} was paid to" in paying.answer()
    assert Payment.objects.get(certification=voucher).reference == "TRACE-7"


def test_a_month_is_shared_out_among_offices(stage):
    order = accepted()
    stage.at(ACCEPTED_AT + HOUR)
    screen = stage.see(
        "program_manager", "allocations:allocation", order.contract.public_id
    )
    assert f"${PAYABLE} is nobody’s yet" in screen.answer()
    screen.follow("Set shares")
    screen.fill(
        valid_from="2026-04-01",
        shares="Claims; ; Assistant; 60\nAppeals; ; Assistant; 40",
        reason="Seats.",
    )
    screen.press("Set the shares")

    assert f"All of ${PAYABLE} invoiced in April 2026" in screen.answer()
    assert AllocationRule.objects.get().shares.count() == 2
