"""The end of an order: nothing open, everything that is left goes back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Warrant
from accounts.operations.revoke_warrant import revoke_warrant
from contracting.audit.queries import events_of
from contracting.billing.models import Invoice
from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.billing.queries.register import months_of
from contracting.billing.states import ReportStanding
from contracting.closeout.models import CompletionStatement
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.paperwork import NOT_KEPT, STEPS
from contracting.closeout.queries.seen import seen_of_order
from contracting.closeout.refusals import (
    AlreadyClosedOut,
    CloseOutBlocked,
    CloseOutIncomplete,
    NotPhysicallyComplete,
)
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.ledger.models import ContractBalance, LineOfAccounting
from contracting.notices.models import Notice
from contracting.orders.states import TaskOrderState
from contracting.payments.models import Payment, PaymentCertification
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import CEILING_TOKENS, drafted_modification, issued_order
from tests.builders_settlement import (
    CLOSED_AT,
    ENDED_AT,
    PAID_AT,
    PAYABLE,
    USED,
    accepted_invoice,
    balances,
    certified_payment,
    closed_order,
    completed_order,
    paid_invoice,
    received_invoice,
    reported,
    resolved,
    used_order,
)
from tests.cast import actor, client_for, nothing_happens
from tests.documents.papers import readers_of, squeezed, words_on

TOKENS = sum(USED.values())
FREED = "30.08"
"""Of the forty dollars obligated, what was not paid."""


def close(order, by=None, **more):
    """Close out an order as its contracting officer."""
    given = {"order_id": order.pk, "by": by or actor("contracting_officer")}
    return close_out_order(**(given | {"at": CLOSED_AT} | more))


@pytest.mark.rule("R-CLO-03", case="allowed")
@pytest.mark.rule("R-CLO-04", case="allowed")
def test_what_is_left_goes_back_and_the_statement_is_signed(completed):
    # Given what the funds and the contract's ceiling have bound
    funds = LineOfAccounting.objects.get(label="Claims modernization")
    before = funds.funds.free

    # When the officer signs
    statement = close(completed, remarks=" All is well. ")

    # Then what was obligated is what was paid, on every balance
    for row in balances(completed):
        assert row.obligated_dollars == row.paid_dollars == Dollars(PAYABLE).amount

    # And the rest is free again
    funds.funds.refresh_from_db()
    assert funds.funds.free - before == Dollars(FREED)
    books = ContractBalance.objects.get(contract_id=completed.contract_id)
    assert books.ordered_dollars == Dollars(PAYABLE).amount
    assert books.ordered_tokens == TOKENS

    # And the statement says what became of everything
    assert statement.residual_tokens == CEILING_TOKENS.count - TOKENS
    assert statement.deobligated_dollars == Dollars(FREED).amount
    assert statement.remarks == "All is well."
    assert statement.figures == {
        "ordered": "60",
        "used": "9.925924",
        "unfunded": "0",
        "accepted": PAYABLE,
        "rounding": "-0.005924",
        "paid": PAYABLE,
        "residual": "50.08",
        "deobligated": FREED,
        "ordered_tokens": CEILING_TOKENS.count,
        "used_tokens": TOKENS,
        "unfunded_tokens": 0,
        "accepted_tokens": TOKENS,
        "residual_tokens": CEILING_TOKENS.count - TOKENS,
    }

    # And the order, the paper, the vendor and the record know
    completed.refresh_from_db()
    assert completed.state == TaskOrderState.CLOSED
    paper = Document.objects.get(kind="completion_statement")
    assert paper.vendor_id == completed.contract.vendor_id
    notice = Notice.objects.latest("pk")
    assert notice.title == f"Order {completed.piid} is closed out"
    assert events_of(completed.subject).latest("pk").event == (
        "closeout.order.closed_out"
    )
    assert_the_books_balance()


@pytest.mark.rule("R-CLO-01", case="refused")
def test_an_order_is_completed_before_it_is_closed_out(paid):
    with nothing_happens(), pytest.raises(NotPhysicallyComplete) as refusal:
        close(paid)

    assert refusal.value.rule == "R-CLO-01"


@pytest.mark.rule("R-CLO-03", case="refused")
def test_an_invoice_that_is_not_paid_blocks_close_out(db):
    # Given an order with an invoice at each step before payment
    order = used_order()
    reported(order)
    invoice = received_invoice(order=order)
    completed_order(order=order)
    steps = (
        (lambda: None, "received"),
        (lambda: accepted_invoice(invoice=invoice), "accepted"),
        (lambda: certified_payment(invoice=invoice), "certified for payment"),
    )
    for step, words in steps:
        step()

        # When the order is closed out
        with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
            close(order)

        # Then the invoice stands in the way
        assert refusal.value.rule == "R-CLO-03"
        assert f"Invoice {invoice.number} is {words}." in refusal.value.message
    assert not Payment.objects.filter(certification__invoice=invoice).exists()


@pytest.mark.rule("R-CLO-03", case="refused")
def test_what_the_vendor_owes_back_blocks_close_out(completed):
    credit = credited(completed, "2.00", at=PAID_AT)

    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(completed)

    assert refusal.value.rule == "R-CLO-03"
    assert "The vendor still owes $2.00 back." in refusal.value.message
    cancel_credit(
        credit_id=credit.pk,
        reason="It was recorded twice.",
        by=actor("contracting_officer"),
        at=CLOSED_AT,
    )
    assert close(completed)


@pytest.mark.rule("R-CLO-03", case="refused")
def test_an_open_discrepancy_blocks_close_out(db):
    # Given an invoice for more than was used, its undisputed part paid
    order = used_order()
    reported(order)
    billed = USED | {"OUT_TEXT": USED["OUT_TEXT"] + 1_000}
    paid_invoice(order=order, billed=billed)
    completed_order(order=order)

    # When the order is closed out
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(order)

    # Then the discrepancy stands in the way until it is resolved
    assert refusal.value.rule == "R-CLO-03"
    assert "1 discrepancy is open." in refusal.value.message
    resolved(order)
    assert close(order).residual_tokens == CEILING_TOKENS.count - TOKENS
    assert_the_books_balance()


@pytest.mark.rule("R-CLO-03", case="refused")
def test_a_modification_that_is_neither_signed_nor_discarded_blocks_close_out(paid):
    # Given a draft that would bind more funds
    drafted_modification(on=paid)
    completed_order(order=paid)

    # When the order is closed out
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(paid)

    # Then the draft stands in the way
    assert refusal.value.rule == "R-CLO-03"
    assert "1 modification is neither signed nor discarded." in refusal.value.message


@pytest.mark.rule("R-CLO-04", case="refused")
def test_usage_that_was_never_invoiced_blocks_close_out(db):
    # Given usage for which the vendor has sent no final invoice
    order = completed_order(order=used_order())

    # When the order is closed out
    with nothing_happens(), pytest.raises(CloseOutIncomplete) as refusal:
        close(order)

    # Then what the Government owes is named, exactly
    assert refusal.value.rule == "R-CLO-04"
    assert "$9.925924 is not invoiced and accepted yet" in refusal.value.message


def test_an_order_that_was_never_used_gives_everything_back(db):
    order = completed_order(order=issued_order())

    statement = close(order)

    assert statement.deobligated_dollars == Dollars("40.00").amount
    assert statement.residual_tokens == CEILING_TOKENS.count
    assert_the_books_balance()


def test_a_second_officer_is_told_of_the_first(closed, second_contracting_officer):
    with nothing_happens(), pytest.raises(AlreadyClosedOut):
        close(closed.order, by=second_contracting_officer)


@pytest.mark.parametrize(
    "part",
    [
        "cor",
        "contract_specialist",
        "payment_certifier",
        "auditor",
        "vendor_a_signer",
        "other_agency_officer",
        "other_vendor_signer",
    ],
)
def test_only_the_contracting_officer_signs_the_statement(completed, part):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        close(completed, by=actor(part))

    assert refusal.value.rule == "R-ROL-01"


def test_an_officer_without_a_warrant_signs_nothing(completed, contracting_officer):
    # Given an officer whose warrant was revoked
    warrant = Warrant.objects.get(membership_id=contracting_officer.membership_id)
    revoke_warrant(
        warrant_id=warrant.pk,
        reason="Moved to another office.",
        by=actor("administrator"),
        at=ENDED_AT,
    )

    # When they close out
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        close(completed)

    # Then the rule of warrants is named
    assert refusal.value.rule == "R-ROL-01"


def test_a_statement_is_only_ever_added(closed):
    with pytest.raises(DatabaseError), transaction.atomic():
        CompletionStatement.objects.filter(pk=closed.pk).update(remarks="")


def test_the_check_list_of_far_4_804_5_is_the_agencys_own(completed):
    statement = close(completed)

    # Then all fifteen steps stand in their order, with what is on record
    paper = Document.objects.get(kind="close_out_checklist")
    rows = paper.context["checklist"]
    assert [row["step"] for row in rows[:15]] == list(STEPS)
    results = {row["number"]: row["result"] for row in rows}
    assert results[11] == "Nothing was terminated"
    assert results[14].startswith(Invoice.objects.get().number)
    assert results[15] == f"Done; ${FREED} deobligated"
    assert results[1] == NOT_KEPT
    assert [row["number"] for row in rows[15:]] == ["T1", "T2", "T3", "T4"]

    # And the vendor reads the statement alone, which names voucher and last payment
    parts = ("cor", "auditor", "vendor_a_signer", "other_agency_officer")
    assert readers_of(paper, *parts) == {"cor", "auditor"}
    words = words_on(Document.objects.get(kind="completion_statement"))
    voucher = PaymentCertification.objects.get().voucher_number
    for said in (
        f"Final voucher {voucher}",
        "Final payment 28 May 2026",
        f"Excess funds deobligated ${FREED}",
        "Last modification none",
    ):
        assert squeezed(said) in words, said
    page = client_for(actor("contracting_officer")).get(statement.path)
    assert paper.public_id in page.content.decode()


def test_an_order_is_closed_out_as_it_was_read(completed):
    with nothing_happens(), pytest.raises(Stale, match="have changed since"):
        close_out_order(
            order_id=completed.pk,
            seen_sha256="0" * 64,
            by=actor("contracting_officer"),
            at=CLOSED_AT,
        )
    close_out_order(
        order_id=completed.pk,
        seen_sha256=seen_of_order(completed),
        by=actor("contracting_officer"),
        at=CLOSED_AT,
    )


def test_no_report_is_missing_of_an_order_that_is_closed_out(completed):
    before = {each.standing for each in months_of(completed, CLOSED_AT)}
    assert ReportStanding.MISSING in before

    order = closed_order(order=completed).order
    assert order is not None

    after = months_of(order, CLOSED_AT + timedelta(days=90))
    assert all(each.is_answered and not each.letter_is_due for each in after)
    assert {each.days_late for each in after} == {0}
