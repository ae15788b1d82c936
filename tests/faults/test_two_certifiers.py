"""Two at one instant: two certifiers, two who settle, two invoices of one credit."""

from __future__ import annotations

import pytest

from contracting.billing.models import CreditLine
from contracting.billing.refusals import CreditNotDue
from contracting.core.quantities import Dollars
from contracting.operate.queries import broken_invariants
from contracting.payments.models import Payment, PaymentCertification, PaymentOffset
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.export_payments import export_payments
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.queries.batches import waiting_for_export
from contracting.payments.refusals import AlreadyCertified, AlreadyPaid, NothingToExport
from contracting.reconciliation.models import Acceptance, Finding, Resolution
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.refusals import AlreadyResolved
from tests.builders_credits import credited, taken_off
from tests.builders_settlement import (
    ACCEPTED_AT,
    CERTIFIED_AT,
    PAID_AT,
    USED,
    accepted_invoice,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import actor
from tests.faults.test_two_officers_issue import at_one_instant

CERTIFIER = "payment_certifier"
MORE = USED | {"OUT_TEXT": USED["OUT_TEXT"] + 1_000}


@pytest.fixture
def order(own_database):
    made = used_order()
    reported(made)
    return made


def refused(told):
    return [type(each) for each in told if each is not None]


def test_what_is_owed_is_certified_and_paid_once(order):
    # Given a credit that is due, and an invoice that is accepted
    credited(order)
    invoice = accepted_invoice(order=order)

    # When two certify it at one instant, and then two record its payment
    told = at_one_instant(
        [actor(CERTIFIER)] * 2,
        lambda by: certify_payment(invoice_id=invoice.pk, by=by, at=CERTIFIED_AT),
    )
    assert refused(told) == [AlreadyCertified]
    voucher = PaymentCertification.objects.get()
    told = at_one_instant(
        [actor(CERTIFIER)] * 2,
        lambda by: record_payment(
            certification_id=voucher.pk,
            paid_on=PAID_AT.date(),
            reference="TRACE-1",
            by=by,
            at=PAID_AT,
        ),
    )

    # Then one of each was told that it is done, and the credit came off once
    assert refused(told) == [AlreadyPaid]
    assert Payment.objects.count() == PaymentOffset.objects.count() == 1
    assert broken_invariants() == {}


def test_a_difference_is_freed_once(order):
    # Given a thousand tokens that nobody counted, which the officer may accept
    accepted_invoice(order=order, billed=MORE)
    finding = Finding.objects.get(order=order)

    told = at_one_instant(
        [actor("contracting_officer")] * 2,
        lambda by: resolve_finding(
            finding_id=finding.pk,
            code="accept-C",
            reason="The vendor has shown its log.",
            by=by,
            at=ACCEPTED_AT,
        ),
    )

    assert refused(told) == [AlreadyResolved]
    assert Resolution.objects.count() == 1
    assert Acceptance.objects.filter(finding=finding).count() == 1
    assert broken_invariants() == {}


def test_two_invoices_never_take_the_same_credit(order):
    credit = credited(order, "2.00")
    codes = iter(("IN_UNCACHED", "OUT_TEXT"))

    def sent(code):
        return received_invoice(
            order=order,
            billed={code: USED[code]},
            number=f"MM-{code}",
            credits=[taken_off(credit, "2.00")],
        )

    told = at_one_instant(list(codes), sent)

    assert refused(told) == [CreditNotDue]
    line = CreditLine.objects.get()
    credit.refresh_from_db()
    assert Dollars(line.amount_dollars) == Dollars(credit.taken_dollars)
    assert broken_invariants() == {}


def test_a_voucher_is_given_back_or_exported_and_never_both_blindly(order):
    # Given a voucher that waits to be exported
    voucher = certify_payment(
        invoice_id=accepted_invoice(order=order).pk,
        by=actor(CERTIFIER),
        at=CERTIFIED_AT,
    )
    agency_id = order.contract.agency_id
    verbs = {
        "export": lambda by: export_payments(
            agency_id=agency_id, by=by, at=CERTIFIED_AT
        ),
        "return": lambda by: return_payment(
            certification_id=voucher.pk, reason="Wrong bank.", by=by, at=CERTIFIED_AT
        ),
    }

    # When both happen at one instant
    told = at_one_instant(list(verbs), lambda name: verbs[name](actor(CERTIFIER)))

    # Then either it was exported before it came back, or nothing was exported
    assert refused(told) in ([], [NothingToExport])
    voucher.refresh_from_db()
    if hasattr(voucher, "exported"):
        returned = voucher.payment_return
        assert voucher.exported.recorded_at < returned.recorded_at
    assert not waiting_for_export(agency_id).exists()
    assert broken_invariants() == {}
