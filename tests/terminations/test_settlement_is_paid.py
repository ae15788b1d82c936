"""What a settlement grants beside the usage is invoiced, accepted and paid."""

from datetime import timedelta

import pytest

from contracting.billing.states import ChargeKind
from contracting.charges.models import Charge
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars
from contracting.operate.queries import broken_invariants
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.queries import open_findings
from tests.builders_charges import invoiced_charges, stated_charge
from tests.builders_settlement import balances, used_order
from tests.cast import actor
from tests.terminations.test_decide import decided
from tests.terminations.test_draft import drafted
from tests.terminations.test_propose import SETTLED_AT, proposed
from tests.terminations.test_sign import signed

pytestmark = pytest.mark.django_db

AFTER = SETTLED_AT + timedelta(days=1)


def settled():
    """An order of forty dollars with usage of $9.925924; three dollars are granted."""
    order = used_order()
    termination = signed(drafted(order))
    proposed(termination)
    decided(termination, "3.00")
    order.refresh_from_db()
    return order


def invoice_of(order, amount):
    last = order.period_end
    line = stated_charge(
        order,
        last,
        last,
        "1",
        amount,
        clin="0001",
        price=amount,
        kind=ChargeKind.SETTLEMENT,
    )
    return invoiced_charges(order, line, number="MM-SETTLE", at=AFTER)


def accepted(order, invoice):
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=AFTER)
    return accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=AFTER)


def test_a_settlement_is_charged_on_the_funds_that_were_kept_for_it():
    # Given an order settled at three dollars
    order = settled()

    # Then they are charged on its line, and nothing is free any more
    charge = Charge.objects.get()
    assert (charge.source, Dollars(charge.dollars)) == ("SETTLEMENT", Dollars("3.00"))
    (balance,) = balances(order)
    assert Dollars(balance.consumed_dollars) == Dollars("12.925924")
    assert balance.funds_left < Dollars("0.01")
    assert broken_invariants() == {}


def test_it_is_paid_like_everything_else_and_nothing_beyond_it():
    # Given the vendor's invoice for it
    order = settled()
    invoice = invoice_of(order, "3.00")

    # When it is accepted, certified and paid
    acceptance = accepted(order, invoice)
    certification = certify_payment(
        invoice_id=invoice.pk, by=actor("payment_certifier"), at=AFTER
    )
    record_payment(
        certification_id=certification.pk,
        paid_on=certification.due_on,
        reference="TRACE-3",
        by=actor("payment_certifier"),
        at=AFTER + timedelta(days=45),
    )

    # Then three dollars are paid, and the usage is still to be invoiced
    assert Dollars(acceptance.accepted_dollars) == Dollars("3.00")
    (balance,) = balances(order)
    assert Dollars(balance.paid_dollars) == Dollars("3.00")
    assert balance.unaccepted == Dollars("9.925924")
    assert broken_invariants() == {}


def test_more_than_was_granted_is_not_accepted():
    # Given an invoice of four dollars, within what is obligated
    order = settled()
    invoice = invoice_of(order, "4.00")

    # When it is accepted
    acceptance = accepted(order, invoice)

    # Then three dollars are, and one is named
    assert Dollars(acceptance.accepted_dollars) == Dollars("3.00")
    found = open_findings(order).exclude(code="MISSING_B")
    named = [(each.code, Dollars(each.amount_dollars)) for each in found]
    assert ("RATE", Dollars("1.00")) in named
    assert broken_invariants() == {}
