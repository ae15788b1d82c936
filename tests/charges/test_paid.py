"""What is posted is invoiced, accepted, certified and paid; nothing beyond it is."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracting.billing.calculations import (
    BadLines,
    read_invoice_file,
    read_lines,
)
from contracting.billing.invariants import INVARIANTS as BILLING
from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.refusals import (
    ArithmeticWrong,
    DuplicateInvoice,
    ImproperInvoice,
)
from contracting.billing.states import InvoiceState
from contracting.charges.refusals import PeriodAccepted
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, PricePerUnit
from contracting.documents.models import Document
from contracting.ledger.queries import balances_of
from contracting.modifications.states import UnitRateDraft
from contracting.orders.states import FundsDraft
from contracting.payments.invariants import INVARIANTS as PAYMENTS
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.payments.queries import voucher_charges
from contracting.reconciliation.invariants import INVARIANTS as RECONCILIATION
from contracting.reconciliation.models import Acceptance
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.paperwork import receiving_report
from contracting.reconciliation.queries import open_findings
from contracting.reconciliation.refusals import NothingAgrees, NotReconciled
from tests.builders_billing import (
    TOTAL,
    header_of,
    lines_of,
    reported,
    stated,
    used,
)
from tests.builders_charges import (
    SEATS,
    SERVICE,
    STORAGE,
    charged,
    in_force,
    invoiced_charges,
    line_of,
    noon,
    received,
    stated_charge,
    unit_line,
    unit_order,
)
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import line as token_line
from tests.builders_orders import line_of_accounting
from tests.cast import actor, client_for, key_client, machine, nothing_happens
from tests.charges.test_charge import amounts, broken

APRIL = date(2026, 4, 13)
LAST = date(2026, 4, 30)
INVOICED_AT = noon(date(2026, 5, 4))


def all_broken():
    every = [*BILLING, *RECONCILIATION, *PAYMENTS]
    return broken() + [words for each in every for words in each.check()]


@pytest.fixture
def order(contract):
    """Ten seats in April, $186.00, and a workshop of $1,250.00 on 20 April."""
    made = unit_order(unit_line(SEATS), unit_line(SERVICE), on=contract)
    in_force(made, 10, APRIL)
    received(made, "1", date(2026, 4, 20))
    charged(made, date(2026, 5, 1))
    return made


def asked(order, units="6", amount="186.00", **more):
    return stated_charge(order, APRIL, LAST, units, amount, **more)


def workshop(order, units="1", amount="1250.00"):
    return stated_charge(order, APRIL, LAST, units, amount, clin=SERVICE)


def accepted(invoice, at=INVOICED_AT):
    reconcile_order(order_id=invoice.order_id, invoice_id=invoice.pk, by=SYSTEM, at=at)
    return accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=at)


def test_what_is_posted_is_paid_and_every_paper_names_it(order):
    # Given an invoice that asks for what was posted
    invoice = invoiced_charges(order, asked(order), workshop(order), at=INVOICED_AT)

    # When it is accepted, certified and paid
    acceptance = accepted(invoice)
    certification = certify_payment(
        invoice_id=invoice.pk,
        by=actor("payment_certifier"),
        at=INVOICED_AT + timedelta(days=1),
    )
    record_payment(
        certification_id=certification.pk,
        paid_on=certification.due_on,
        reference="TRACE-77",
        by=actor("payment_certifier"),
        at=INVOICED_AT + timedelta(days=45),
    )

    # Then $1,436.00 is paid without a discrepancy
    assert not open_findings(order).exists()
    assert Dollars(acceptance.accepted_dollars) == Dollars("1436.00")
    assert Dollars(certification.dollars) == Dollars("1436.00")
    for clin, dollars in ((SEATS, "186.00"), (SERVICE, "1250.00")):
        (balance,) = balances_of(line_of(order, clin).holder)
        assert Dollars(balance.paid_dollars) == Dollars(dollars)
    rows = receiving_report(acceptance, actor("cor"))["accepted"]
    assert [(row["item"], row["unit"], str(row["amount"])) for row in rows] == [
        (SEATS, "MO", "186.00"),
        (SERVICE, "EA", "1250.00"),
    ]
    paying = Document.objects.get(kind="voucher").context["paying"]
    assert [(row["per"], row["amount"]) for row in paying] == [
        ("MO", "186"),
        ("EA", "1250"),
    ]
    assert [each.dollars for each in voucher_charges(invoice.acceptances.all())] == [
        Dollars("186.00"),
        Dollars("1250.00"),
    ]
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID
    assert all_broken() == []


@pytest.mark.parametrize(
    ("units", "amount", "price", "code", "gap"),
    [
        ("7", "217.00", "31.00", "QTY", "31.00"),
        ("6", "192.00", "32.00", "RATE", "6.00"),
    ],
)
def test_more_than_is_posted_is_a_discrepancy_and_not_accepted(
    order, units, amount, price, code, gap
):
    # Given an invoice for more seats, or at a dearer price
    invoice = invoiced_charges(
        order, asked(order, units, amount, price=price), at=INVOICED_AT
    )

    # When it is compared and accepted
    acceptance = accepted(invoice)

    # Then what was posted is accepted, and the rest is named to the cent
    (finding,) = open_findings(order)
    assert (finding.code, Dollars(finding.amount_dollars)) == (code, Dollars(gap))
    assert Dollars(acceptance.accepted_dollars) == Dollars("186.00")
    assert Dollars(acceptance.withheld_dollars) == Dollars(gap)
    assert all_broken() == []

    # And the page of the discrepancy answers, and it is settled as a credit
    officer = client_for(actor("contracting_officer"))
    assert officer.get(finding.path).status_code == 200
    assert officer.get(f"{finding.path}/resolve_finding").status_code == 200
    resolve_finding(
        finding_id=finding.pk,
        code="credit",
        reason="Not posted.",
        by=actor("contracting_officer"),
        at=INVOICED_AT,
    )
    assert not open_findings(order).exists()
    assert all_broken() == []


def test_what_nobody_posted_is_not_accepted_at_all(order):
    # Given an invoice for workshops in May, of which none was received
    line = stated_charge(
        order, date(2026, 5, 1), date(2026, 5, 3), "1", "1250.00", clin=SERVICE
    )
    invoice = invoiced_charges(order, line, at=INVOICED_AT)

    # When it is to be accepted
    with pytest.raises(NothingAgrees):
        accepted(invoice)

    # Then nothing is
    (finding,) = open_findings(order)
    assert (finding.code, Dollars(finding.amount_dollars)) == (
        "EXTRA_C",
        Dollars("1250.00"),
    )
    assert not Acceptance.objects.exists()


def test_what_is_unfunded_is_not_payable(contract):
    # Given April of ten seats on funds of $100
    order = unit_order(unit_line(SEATS, funded="100.00"), on=contract)
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))
    invoice = invoiced_charges(
        order,
        asked(order, units="3.225806", amount="100.00"),
        at=INVOICED_AT,
    )

    # When the vendor asks for what is funded, then that is all it gets
    acceptance = accepted(invoice)
    assert Dollars(acceptance.accepted_dollars) == Dollars("100.00")
    codes = {each.code for each in open_findings(order)}
    assert "QTY" in codes
    assert all_broken() == []


def test_an_improper_invoice_is_refused(order):
    twice = asked(order)
    for lines, refusal in (
        ([asked(order, amount="186.01")], ArithmeticWrong),
        ([twice, twice], DuplicateInvoice),
        ([stated("OUT_TEXT", 10, clin=SEATS)], ImproperInvoice),
    ):
        with pytest.raises(refusal), nothing_happens():
            invoiced_charges(order, *lines, at=INVOICED_AT)
    first = invoiced_charges(order, asked(order), at=INVOICED_AT)
    with pytest.raises(DuplicateInvoice), nothing_happens():
        invoiced_charges(order, asked(order), number="MM-2", at=INVOICED_AT)
    return_invoice(
        invoice_id=first.pk, reasons=["Wrong"], by=actor("cor"), at=INVOICED_AT
    )
    assert invoiced_charges(order, asked(order), number="MM-2", at=INVOICED_AT)
    assert all_broken() == []


def test_units_are_not_billed_on_a_line_of_tokens(contract):
    # Given an order of tokens and seats
    order = unit_order(token_line(), unit_line(SEATS), on=contract)
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))

    # When the vendor bills months on the line of tokens
    wrong = asked(order, clin="0001", price="31.00")
    with pytest.raises(ImproperInvoice), nothing_happens():
        invoiced_charges(order, wrong, at=INVOICED_AT)

    # Then on its own line it may
    assert invoiced_charges(order, asked(order), at=INVOICED_AT)


def test_a_receipt_may_come_after_the_invoice_and_none_after_acceptance(order):
    # Given an invoice of April for two workshops, of which one was recorded
    invoice = invoiced_charges(
        order, asked(order), workshop(order, "2", "2500.00"), at=INVOICED_AT
    )
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=INVOICED_AT)

    # When the second is recorded, then the comparison is made again, and both count
    received(order, "1", date(2026, 4, 21), at=INVOICED_AT)
    with pytest.raises(NotReconciled):
        accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=INVOICED_AT)
    acceptance = accepted(invoice)
    assert Dollars(acceptance.accepted_dollars) == Dollars("2686.00")
    assert not open_findings(order).exists()

    # Then nothing is changed beneath it any more, neither by people nor at night
    with pytest.raises(PeriodAccepted), nothing_happens():
        in_force(order, 12, APRIL, at=INVOICED_AT)
    with pytest.raises(PeriodAccepted), nothing_happens():
        received(order, "1", date(2026, 4, 22), at=INVOICED_AT)
    charged(order, date(2026, 5, 5))
    in_force(order, 12, date(2026, 5, 1), at=INVOICED_AT)
    assert all_broken() == []


def test_a_receipt_after_the_comparison_asks_for_another_one(order):
    # Given an invoice of seats, compared
    invoice = invoiced_charges(order, asked(order), at=INVOICED_AT)
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=INVOICED_AT)

    # When the lines differ from what was compared, acceptance waits
    other = invoiced_charges(order, workshop(order), number="MM-9", at=INVOICED_AT)
    with pytest.raises(NotReconciled):
        accept_usage(invoice_id=other.pk, by=actor("cor"), at=INVOICED_AT)
    assert accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=INVOICED_AT)


def test_tokens_and_seats_stand_on_one_invoice(contract):
    # Given an order of tokens and seats, with usage that is metered and reported
    order = unit_order(token_line(), unit_line(SEATS), on=contract)
    used(order)
    reported(order)
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))

    # When one invoice asks for both
    invoice = invoiced_charges(order, *lines_of(), asked(order), at=INVOICED_AT)
    acceptance = accepted(invoice)

    # Then both are accepted, each on its own line
    assert Dollars(acceptance.accepted_dollars) == TOTAL + Dollars("186.00")
    assert [line.position for line in invoice.charge_lines.all()] == [5]
    assert not open_findings(order).exists()
    certification = certify_payment(
        invoice_id=invoice.pk, by=actor("payment_certifier"), at=INVOICED_AT
    )
    assert Dollars(certification.dollars) == TOTAL + Dollars("186.00")
    assert all_broken() == []
    for path in (invoice.path, certification.path):
        for who in ("cor", "payment_certifier", "vendor_a_signer"):
            text = client_for(actor(who)).get(path).content.decode()
            assert "Seats of the assistant" in text
            assert "$186.00" in text


def test_a_file_and_a_machine_say_the_same(order):
    # Given the same line as a row of a file, and as a machine sends it
    line = asked(order)
    row = {
        "clin": SEATS,
        "period_start": line.period_start.isoformat(),
        "period_end": line.period_end.isoformat(),
        "units": "6",
        "amount": "186.00",
    }
    text = ",".join([*row, "model", "token_class", "tokens", "unit_price"])
    values = ",".join([*row.values(), "", "", "", "31.00"])

    # Then the file reads as what was stated
    assert read_lines(read_invoice_file(f"{text}\n{values}\n".encode())) == [line]
    for wrong in (
        {"units": "-1"},
        {"units": "6", "tokens": "5"},
        {"units": "6", "kind": "GIFT"},
        {"units": "0.0000001"},
        {"units": "6", "unit_price": "x"},
    ):
        with pytest.raises(BadLines):
            read_lines([row | {"unit_price": "31.00"} | wrong])
    for bad, words in (
        ({"units": 0, "unit_price": "31.00"}, "no quantity above zero"),
        ({"units": "6", "unit_price": "1000000000"}, "above $999,999,999"),
    ):
        with pytest.raises(BadLines, match=re.escape(words)):
            read_lines([{**row, **bad}])

    # And the machine's invoice is received
    body = {
        "number": "MM-API-1",
        "invoiced_on": "2026-05-04",
        "period_start": row["period_start"],
        "period_end": row["period_end"],
        "header": header_of(order),
        "lines": [],
        "charges": [
            row
            | {
                "usd_per_unit": "31.00",
                "amount": {"amount": "186.00", "currency": "USD"},
            }
        ],
        "total": {"amount": "186.00", "currency": "USD"},
    }
    answer = key_client(machine("vendor_a_machine")).post(
        f"/api/v1/orders/{order.public_id}/invoices",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": "charges-of-april-0001"},
    )
    assert answer.status_code == 201, answer.content
    (charge,) = answer.json()["charges"]
    assert (charge["units"], charge["amount"]["amount"]) == ("6.000000", "186.00")


def test_what_was_accepted_and_is_due_otherwise_now_is_named(order, contract):
    # Given April accepted at $31.00 a seat
    invoice = invoiced_charges(order, asked(order), at=INVOICED_AT)
    accepted(invoice)

    # When both sides agree to $30.00 from the first day on, as a credit
    issued_contract_modification(
        on=contract,
        at=INVOICED_AT,
        effective_on=INVOICED_AT.date(),
        terms={},
        credit_memo="The list had fallen in March.",
        unit_rates=[UnitRateDraft(SEATS, PricePerUnit("30.00"), date(2026, 4, 1))],
    )
    charged(order, date(2026, 5, 6))
    reconcile_order(order_id=order.pk, by=SYSTEM, at=noon(date(2026, 5, 6)))

    # Then April stands as it was accepted, and six dollars too much are named once
    (finding,) = open_findings(order)
    assert (finding.code, finding.invoice) == ("RATE", None)
    assert Dollars(finding.amount_dollars) == Dollars("6.00")
    reconcile_order(order_id=order.pk, by=SYSTEM, at=noon(date(2026, 5, 7)))
    assert open_findings(order).count() == 1
    charged(order, date(2026, 6, 1))
    assert amounts(order) == [Dollars("186.00"), Dollars("300.00")]
    assert all_broken() == []


def test_what_was_accepted_otherwise_stands_in_no_later_changes_way(order, contract):
    # Given April accepted at $31.00 a seat, and $30.00 agreed for it afterwards
    accepted(invoiced_charges(order, asked(order), at=INVOICED_AT))
    issued_contract_modification(
        on=contract,
        at=INVOICED_AT,
        effective_on=INVOICED_AT.date(),
        terms={},
        credit_memo="The list had fallen in March.",
        unit_rates=[UnitRateDraft(SEATS, PricePerUnit("30.00"), date(2026, 4, 1))],
    )

    # When twelve seats are in force from May on, then May owes twelve
    in_force(order, 12, date(2026, 5, 1), at=noon(date(2026, 5, 6)))
    charged(order, date(2026, 6, 1))
    assert amounts(order) == [Dollars("186.00"), Dollars("360.00")]

    # But a day of April is refused as before
    with pytest.raises(PeriodAccepted), nothing_happens():
        in_force(order, 12, LAST, at=noon(date(2026, 6, 2)))
    assert all_broken() == []


def test_lines_that_name_an_acrn_are_each_paid_from_its_own_funds(contract):
    # Given April on the funds of AA, and May on those of AB
    fund = line_of_accounting().pk
    half = Dollars("20000.00")
    funds = [
        FundsDraft(acrn, fund, Dollars("186.00"), ceiling_dollars=half)
        for acrn in ("AA", "AB")
    ]
    order = unit_order(replace(unit_line(SEATS), funds=funds), on=contract)
    in_force(order, 10, APRIL)
    in_force(order, 6, date(2026, 5, 1))
    charged(order, date(2026, 6, 1))

    # When an invoice asks for both and names whose funds pay for which
    may = stated_charge(
        order, date(2026, 5, 1), date(2026, 5, 31), "6", "186.00", acrn="AB"
    )
    at = noon(date(2026, 6, 3))
    acceptance = accepted(
        invoiced_charges(order, asked(order, acrn="AA"), may, at=at), at
    )

    # Then both are accepted in full
    assert Dollars(acceptance.accepted_dollars) == Dollars("372.00")
    assert all_broken() == []


def test_lines_share_the_last_part_of_a_cent_of_their_funds(contract):
    # Given five receipts of $0.046912 on funds of 24 cents
    order = unit_order(unit_line(STORAGE, funded="0.24"), on=contract)
    days = [APRIL + timedelta(days=n) for n in range(5)]
    for day in days:
        received(order, "2", day, clin=STORAGE)

    # When an invoice asks for four of them, five cents each
    lines = [
        stated_charge(order, day, day, "2", "0.05", clin=STORAGE) for day in days[:4]
    ]
    acceptance = accepted(invoiced_charges(order, *lines, at=INVOICED_AT))

    # Then only the first is rounded up: the funds bear it once
    assert Dollars(acceptance.accepted_dollars) == Dollars("0.17")
    assert all_broken() == []
