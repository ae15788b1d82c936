"""What the finance system has paid: to the cent, from the funds of the voucher."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.queries import events_of
from contracting.billing.states import InvoiceState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.operations.record_paid import record_paid
from contracting.ledger.queries import balances_of
from contracting.ledger.refusals import PaymentExceeded
from contracting.notices.models import Notice
from contracting.payments.models import Payment
from contracting.payments.operations.authorize_early_payment import (
    authorize_early_payment,
)
from contracting.payments.operations.record import record_payment
from contracting.payments.refusals import (
    AlreadyPaid,
    AmountDiffers,
    PaidTooEarly,
    PaymentDateWrong,
)
from tests.builders_settlement import (
    CERTIFIED_AT,
    DUE_ON,
    PAID_AT,
    PAYABLE,
    balances,
    paid_invoice,
)
from tests.cast import actor, nothing_happens


def record(certification, **more):
    """The payment as the finance system has confirmed it, or as ``more`` says."""
    given = {
        "certification_id": certification.pk,
        "paid_on": PAID_AT.date(),
        "reference": " TRACE-0000451 ",
        "by": actor("payment_certifier"),
        "at": PAID_AT,
    }
    return record_payment(**(given | more))


@pytest.mark.rule("R-FND-10", case="allowed")
def test_a_payment_is_recorded_with_its_trace_number(certified):
    # When the certifying officer records what the finance system has paid
    payment = record(certified)

    # Then the invoice is paid, to the cent
    assert payment.dollars == Dollars(PAYABLE).amount
    assert (payment.reference, payment.paid_on) == ("TRACE-0000451", PAID_AT.date())
    invoice = certified.invoice
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID

    # And the ledger has paid exactly what was accepted
    (row,) = balances(invoice.order)
    assert row.paid_dollars == row.accepted_dollars == Dollars(PAYABLE).amount

    # And the record and the vendor know
    assert [event.event for event in events_of(certified.subject)] == [
        "payments.payment.certified",
        "ledger.payment.recorded",
        "payments.payment.recorded",
    ]
    notice = Notice.objects.filter(subject_kind="payments.certification").latest("pk")
    assert notice.title == f"Invoice {invoice.number} was paid"
    assert "TRACE-0000451" in notice.body


@pytest.mark.rule("R-FND-10", case="refused")
def test_never_more_is_paid_than_was_accepted(certified, payment_certifier):
    # Given everything accepted is paid
    record(certified)
    (line,) = certified.invoice.order.lines.all()

    # When a cent more is paid
    with nothing_happens(), pytest.raises(PaymentExceeded) as refusal:
        record_paid(
            holder=line.holder,
            acrn=None,
            dollars=Dollars("0.01"),
            on=PAID_AT.date(),
            because=certified.subject,
            by=payment_certifier,
            at=PAID_AT,
        )

    # Then it is refused, and so does the database
    assert refusal.value.rule == "R-FND-10"
    (row,) = balances_of(line.holder)
    row.paid_dollars += Dollars("0.01").amount
    with (
        pytest.raises(DatabaseError, match="paid_never_exceeds_accepted"),
        transaction.atomic(),
    ):
        row.save(update_fields=["paid_dollars"])


def test_a_payment_is_recorded_once(certified):
    record(certified)

    with nothing_happens(), pytest.raises(AlreadyPaid):
        record(certified)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"reference": "   "}, "/reference"),
        ({"reference": "x" * 61}, "/reference"),
        ({"paid_on": PAID_AT.date() + timedelta(days=1)}, "/paid_on"),
        ({"paid_on": CERTIFIED_AT.date() - timedelta(days=1)}, "/paid_on"),
    ],
)
def test_a_payment_needs_a_trace_number_and_a_day_that_can_be(
    certified, wrong, pointer
):
    with nothing_happens(), pytest.raises(PaymentDateWrong) as refusal:
        record(certified, **wrong)

    assert refusal.value.data["pointer"] == pointer


def test_the_day_of_certification_and_today_are_days_that_can_be(certified):
    authorize_early_payment(
        certification_id=certified.pk,
        reason="The vendor is a small business.",
        by=actor("funds_certifier"),
        at=CERTIFIED_AT,
    )
    payment = record(certified, paid_on=CERTIFIED_AT.date(), at=CERTIFIED_AT)

    assert payment.paid_on == CERTIFIED_AT.date()


@pytest.mark.rule("R-PAY-04", case="allowed")
def test_a_payment_is_made_from_the_seventh_day_before_it_is_due(certified):
    first = DUE_ON - timedelta(days=7)

    assert record(certified, paid_on=first).paid_on == first


@pytest.mark.rule("R-PAY-04", case="refused")
def test_nothing_is_paid_earlier_unless_it_is_authorized(certified):
    early = DUE_ON - timedelta(days=8)

    with nothing_happens(), pytest.raises(PaidTooEarly) as refusal:
        record(certified, paid_on=early)

    assert refusal.value.data["first"] == DUE_ON - timedelta(days=7)


def test_what_finance_states_is_held_against_what_is_owed(certified):
    with nothing_happens(), pytest.raises(AmountDiffers):
        record(certified, stated=Dollars(PAYABLE) - Dollars("0.01"))

    assert record(certified, stated=Dollars(PAYABLE))


@pytest.mark.parametrize(
    "part",
    [
        "cor",
        "contracting_officer",
        "funds_certifier",
        "auditor",
        "vendor_a_signer",
        "other_agency_officer",
        "other_vendor_signer",
    ],
)
def test_nobody_else_records_a_payment(certified, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        record(certified, by=actor(part))


def test_a_payment_is_only_ever_added(certified):
    payment = paid_invoice(certification=certified)

    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(dollars=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        payment.delete()
