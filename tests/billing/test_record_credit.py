"""What the vendor owes back: recorded once, taken off once, or cancelled."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.billing.calculations import (
    BadLines,
    StatedCredit,
    read_invoice_file,
    read_lines,
)
from contracting.billing.invariants import INVARIANTS
from contracting.billing.models import CreditDue, CreditLine, CreditSettlement, Invoice
from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.billing.queries.credits import credits_due, room_for_credits
from contracting.billing.refusals import (
    ArithmeticWrong,
    CreditExceedsUse,
    CreditNotDue,
    CreditRecordedBefore,
    CreditWrong,
)
from contracting.billing.states import CreditKind
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from tests.builders_billing import INVOICED_AT, TOTAL, invoiced, lines_of
from tests.builders_credits import CREDITED_AT, credited, taken_off
from tests.cast import actor, client_for, machine, nothing_happens, submit

LATER = INVOICED_AT + timedelta(days=1)


def broken():
    return {each.code for each in INVARIANTS if each.exceptions()}


def invoiced_less(order, *credits, **more):
    asked = lines_of()
    off = Dollars()
    for line in credits:
        off += line.amount
    return invoiced(order, [*asked, *credits], total=TOTAL - off, **more)


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_a_credit_is_recorded_and_taken_off_the_next_invoice(order):
    # Given a credit of which the vendor is told
    credit = credited(order)
    assert credit.open == Dollars("1.25")

    # When the invoice takes a part of it off
    invoice = invoiced_less(order, taken_off(credit, "0.75"))

    # Then its total is less, and so much of the credit is not open any more
    assert Dollars(invoice.total_dollars) == TOTAL - Dollars("0.75")
    assert invoice.asked == TOTAL
    credit.refresh_from_db()
    assert credit.open == Dollars("0.50")
    assert broken() == set()


@pytest.mark.rule("R-PAY-06", case="refused")
def test_a_credit_is_never_taken_twice(order):
    credit = credited(order)
    with nothing_happens(), pytest.raises(CreditNotDue) as refusal:
        invoiced_less(order, taken_off(credit, "1.26"))
    assert refusal.value.data["short_by"] == Dollars("0.01")

    with nothing_happens(), pytest.raises(CreditNotDue):
        invoiced_less(order, taken_off(credit, "0.50"), taken_off(credit, "0.25"))

    # And the database says the same
    with pytest.raises(DatabaseError, match="never_taken_twice"), transaction.atomic():
        CreditDue.objects.filter(pk=credit.pk).update(taken_dollars="1.26")


def test_a_credit_of_another_order_or_line_is_not_due(order):
    credit = credited(order)
    line = taken_off(credit, "0.10")
    for wrong in (
        type(line)(credit="crd_unknown", amount=line.amount),
        type(line)(credit=line.credit, amount=line.amount, clin="0009"),
        type(line)(credit=line.credit, amount=line.amount, acrn="ZZ"),
    ):
        with nothing_happens(), pytest.raises(CreditNotDue):
            invoiced_less(order, wrong)


def test_credits_are_never_more_than_the_lines(order):
    credit = credited(order, "2.00")
    line = lines_of()[1]

    with nothing_happens(), pytest.raises(ArithmeticWrong):
        invoiced(order, [line, taken_off(credit, "2.00")], total=Dollars(0))


@pytest.mark.parametrize("back", ["returned", "withdrawn"])
def test_an_invoice_that_goes_back_opens_its_credits_again(order, back):
    credit = credited(order)
    invoice = invoiced_less(order, taken_off(credit, "1.25"))
    assert credits_due(order, LATER) == []

    if back == "returned":
        reasons = ["Wrong contact."]
        return_invoice(
            invoice_id=invoice.pk, reasons=reasons, by=actor("cor"), at=LATER
        )
    else:
        withdraw_invoice(invoice_id=invoice.pk, by=actor("vendor_a_member"), at=LATER)

    credit.refresh_from_db()
    assert credit.open == Dollars("1.25")
    assert broken() == set()
    # And asked for an earlier instant, the answer is still that of then
    assert credits_due(order, INVOICED_AT) == []
    (due,) = credits_due(order, LATER)
    assert (due.credit, due.open) == (credit, Dollars("1.25"))
    assert invoiced_less(order, taken_off(credit, "1.25"), number="MM-2", at=LATER)


def test_before_it_is_recorded_no_credit_is_due(order):
    credited(order)

    assert credits_due(order, CREDITED_AT - timedelta(seconds=1)) == []
    assert len(credits_due(order, CREDITED_AT)) == 1


@pytest.mark.rule("R-PAY-06", case="refused")
def test_no_more_is_credited_than_was_used(order):
    with nothing_happens(), pytest.raises(CreditExceedsUse):
        credited(order, "2.10")
    credited(order, "2.00")
    with nothing_happens(), pytest.raises(CreditExceedsUse):
        credited(order, "0.09")


def test_one_cause_is_credited_once(order):
    because = Subject("disputes.decision", 7, order.stream)
    credited(order, because=because, kind=CreditKind.DISPUTE)

    with nothing_happens(), pytest.raises(CreditRecordedBefore):
        credited(order, "0.10", because=because, kind=CreditKind.DISPUTE)
    assert credited(order, "0.10", because=because, kind=CreditKind.SLA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "  "},
        {"kind": "GIFT"},
        {"dollars": "0"},
        {"dollars": "-1"},
        {"dollars": "0.001"},
        {"acrn": "ZZ"},
    ],
)
def test_a_credit_is_whole(order, wrong):
    with nothing_happens(), pytest.raises(CreditWrong):
        credited(order, **wrong)


@pytest.mark.parametrize(
    "part",
    ["auditor", "funds_certifier", "other_agency_officer", "other_vendor_signer"],
)
def test_nobody_else_records_a_credit(order, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        credited(order, by=actor(part))


@pytest.mark.parametrize("part", ["cor", "payment_certifier", "vendor_a_member"])
def test_representative_certifier_and_vendor_record_credits(order, part):
    assert credited(order, by=actor(part))


def test_what_is_kept_of_a_credit_is_checked_against_its_rows(order):
    credit = credited(order)
    invoice = invoiced_less(order, taken_off(credit, "0.25"))
    CreditDue.objects.filter(pk=credit.pk).update(taken_dollars="0.24")
    assert broken() == {"BIL-4"}

    CreditDue.objects.filter(pk=credit.pk).update(taken_dollars="0.25")
    Invoice.objects.filter(pk=invoice.pk).update(credited_dollars="0.24")
    assert broken() == {"BIL-1"}


def test_credits_and_what_became_of_them_are_only_ever_added(order):
    credit = credited(order)
    invoiced_less(order, taken_off(credit, "0.25"))
    cancel_credit(
        credit_id=credit.pk, reason="No.", by=actor("contracting_officer"), at=LATER
    )
    for model, change in (
        (CreditDue, {"dollars": "9.00"}),
        (CreditLine, {"amount_dollars": "9.00"}),
        (CreditSettlement, {"dollars": "0.01"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)


# Doors --------------------------------------------------------------------------------


def row(**values):
    return {"credit": "crd_1", "amount": "-1.25", **values}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": "1.25"}, "below zero"),
        ({"amount": "-0.00"}, "of nothing"),
        ({"amount": "-1.255"}, "whole cents"),
        ({"amount": "--1.25"}, "whole cents"),
        ({"tokens": "5"}, "neither tokens"),
        ({"units": "1"}, "neither tokens"),
        ({"credit": "x" * 41}, "no id"),
    ],
)
def test_a_credit_line_is_read_strictly(wrong, words):
    with pytest.raises(BadLines, match=words):
        read_lines([row(**wrong)])


def test_a_csv_file_may_have_a_column_of_credits(order):
    text = io.StringIO()
    names = "clin,model,token_class,period_start,period_end,tokens,unit_price,amount"
    writer = csv.DictWriter(text, [*names.split(","), "credit"])
    writer.writeheader()
    writer.writerow(row())

    (line,) = read_lines(read_invoice_file(text.getvalue().encode()))

    assert isinstance(line, StatedCredit)
    assert (line.credit, line.amount) == ("crd_1", Dollars("1.25"))


def test_the_pages_show_record_and_cancel_a_credit(order, told_the_time):
    officer = client_for(actor("contracting_officer"))
    assert "Nothing is owed back" in officer.get(reverse("billing:credits")).text
    address = reverse("billing:record_credit", args=[order.public_id])
    line = order.lines.get()
    (acrn,) = room_for_credits(line)

    wrong = {"place": f"{line.pk}:{acrn}", "kind": "SLA", "dollars": "1.25"}
    assert submit(officer, address, wrong).status_code == 422
    page = submit(officer, address, {**wrong, "reason": "98.7 % in March."})

    credit = CreditDue.objects.get()
    assert (page.status_code, page.url) == (303, credit.path)
    vendor = client_for(actor("vendor_a_signer"))
    assert "$1.25 of it is open" in vendor.get(credit.path).text
    assert "$1.25 is owed back" in vendor.get(reverse("billing:credits")).text
    cancel = reverse("billing:cancel_credit", args=[credit.public_id])
    assert submit(vendor, cancel, {"reason": "No."}).status_code == 403
    assert submit(officer, cancel, {"reason": "Planned outage."}).status_code == 303
    assert "Nothing of it is open" in vendor.get(credit.path).text


@pytest.mark.parametrize("part", ["other_agency_officer", "vendor_b_signer"])
def test_a_credit_does_not_exist_for_outsiders(order, part):
    credit = credited(order)
    browser = client_for(actor(part))

    assert browser.get(credit.path).status_code == 404
    cancel = reverse("billing:cancel_credit", args=[credit.public_id])
    assert browser.get(cancel).status_code == 404
    assert credit.public_id not in browser.get(reverse("billing:credits")).text


def test_an_invoice_with_a_credit_shows_it(order):
    credit = credited(order)
    invoice = invoiced_less(
        order, taken_off(credit, "1.25"), by=machine("vendor_a_machine")
    )

    page = client_for(actor("vendor_a_signer")).get(invoice.path).text

    assert "less $1.25 of credits" in page
    assert credit.path in page
