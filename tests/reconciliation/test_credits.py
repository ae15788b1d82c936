"""What the vendor owes back is compared with what an invoice takes off."""

from __future__ import annotations

from contracting.core.quantities import Dollars
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.models import Finding
from tests.builders_billing import TOTAL, compared, invoiced, lines_of, reported
from tests.builders_credits import credited, taken_off


def steps_of(run):
    made = Waterfall.read(run.waterfall)
    assert made.unexplained == Dollars()
    return {step.code: step.amount for step in made.steps if step.amount}


def test_a_credit_that_is_taken_off_is_no_difference(order):
    # Given an hour that all count alike, and a credit that is due
    reported(order)
    credit = credited(order)

    # When the invoice takes it off
    line = taken_off(credit, "1.25")
    invoice = invoiced(order, [*lines_of(), line], total=TOTAL - line.amount)
    run = compared(order, invoice)

    # Then nothing differs, and the steps end at what is metered less the credit
    assert not Finding.objects.filter(order=order).exists()
    assert set(steps_of(run)) <= {"CENTS"}
    end = Waterfall.read(run.waterfall).end
    assert end == Dollars(run.a_dollars) - Dollars(credit.dollars)


def test_a_credit_that_is_left_out_is_a_difference_of_its_own(order):
    reported(order)
    credit = credited(order)

    run = compared(order, invoiced(order))

    finding = Finding.objects.get(order=order)
    assert (finding.code, finding.amount_dollars) == ("SLA_CREDIT", credit.dollars)
    assert steps_of(run)["SLA_CREDIT"] == Dollars(credit.dollars)
