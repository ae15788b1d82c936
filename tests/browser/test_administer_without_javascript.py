"""What the pages after the award are for is done on them, without a script."""

from contracting.closeout.models import CompletionStatement
from contracting.modifications.models import ContractModification
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.states import ModificationState, TaskOrderState
from tests.builders_metering import DELIVERED_AT
from tests.builders_orders import (
    MODIFIED_AT,
    ORDERED_AT,
    concurred,
    drafted_modification,
    funded_modification,
    issued_order,
    submitted_order,
)
from tests.builders_settlement import (
    CLOSED_AT,
    accepted_invoice,
    certified_payment,
    completed_order,
    paid_invoice,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import days

HOUR = days(1) / 24


def test_the_home_of_a_contract_leads_to_a_modification(stage):
    contract = used_order().contract
    stage.at(DELIVERED_AT + HOUR)
    screen = stage.see("contract_specialist", "contracts:contract", contract.public_id)
    assert "is used, and" in screen.answer()

    screen.follow("Start a modification")
    screen.check("authority", "C")
    screen.check("is_within_scope", "True")
    screen.fill(
        citation="FAR 43.103(a)",
        description="The ordering period is longer.",
        effective_on="2026-04-20",
        scope="The same tokens for the same need.",
        consideration="None: nobody is worse off.",
        ordering_end="2027-06-30",
    )
    screen.press("Draft the modification")

    made = ContractModification.objects.get(contract=contract)
    assert made.terms == {"ordering_end": "2027-06-30"}


def test_the_list_of_what_is_to_be_done_leads_there(stage):
    order = used_order()
    draft = drafted_modification(on=order)
    stage.at(DELIVERED_AT + HOUR)
    screen = stage.see(
        "contracting_officer",
        "contracts:administration",
        order.contract.public_id,
    )
    assert "open" in screen.answer()

    screen.choose(group="Modifications")
    screen.press("Show")
    screen.follow(f"A modification of {order.piid} is drafted")

    assert screen.page.url.endswith(draft.path)


def test_a_modification_is_read_and_signed(stage):
    modification = funded_modification()
    stage.at(MODIFIED_AT + 2 * HOUR)
    screen = stage.see(
        "contracting_officer", "orders:modification", modification.public_id
    )
    assert "Word by word" in screen.main.inner_text()

    screen.follow("Sign the modification")
    screen.check("confirm")
    screen.press("Sign the modification")

    found = Modification.objects.get(pk=modification.pk)
    assert (found.state, found.number) == (ModificationState.ISSUED, "P00001")


def test_a_vendor_reads_what_changes_and_signs(stage):
    modification = drafted_modification(
        on=issued_order(),
        effects=[],
        authority="C",
        citation="FAR 43.103(a)",
        terms={"description": "Summaries and letters."},
    )
    stage.at(MODIFIED_AT + HOUR)
    screen = stage.see("vendor_a_signer", "orders:modification", modification.public_id)

    screen.follow("Sign for the vendor")
    screen.check("confirm")
    screen.press("Sign for the vendor")

    signed = Modification.objects.get(pk=modification.pk)
    assert signed.vendor_signed_at is not None


def test_an_order_is_approved_from_the_queue_in_three_clicks(stage):
    order = concurred(submitted_order(), ["technical_reviewer"])
    stage.at(ORDERED_AT + 3 * HOUR)
    screen = stage.see("finance_reviewer", "approvals:inbox")
    assert "wait" in screen.answer()

    screen.follow("Next:")
    screen.check("verdict", "CONCUR")
    screen.press("Record my decision")

    assert len(screen.hands) == 3
    assert TaskOrder.objects.get(pk=order.pk).state == TaskOrderState.APPROVED


def test_funds_are_read_and_certified(stage):
    order = submitted_order()
    stage.at(ORDERED_AT + 2 * HOUR)
    screen = stage.see("funds_certifier", "ledger:funds")
    assert "is free" in screen.answer()

    screen.follow("What waits for your certification")
    screen.visitor.go(f"{order.path}/certify_task_order_funds")
    screen.check("confirm")
    screen.press("Certify the funds")

    assert order.certifications.count() == 1


def test_what_is_complete_is_closed_out(stage):
    order = used_order()
    paid_invoice(certification=certified_payment(invoice=_accepted(order)))
    completed_order(order=order)
    stage.at(CLOSED_AT)
    screen = stage.see(
        "contracting_officer", "closeout:close_out_order", order.public_id
    )
    assert "back to the funds" in screen.answer()

    screen.check("confirm")
    screen.press("Sign and close out")

    assert CompletionStatement.objects.filter(order=order).exists()


def _accepted(order):
    reported(order)
    return accepted_invoice(invoice=received_invoice(order=order))
