"""Certified payments are handed to finance once, in files that add up."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.documents.queries import read_blob
from contracting.payments.calculations.batches import as_csv, as_json
from contracting.payments.models import ExportedPayment
from contracting.payments.operations.export_payments import export_payments
from contracting.payments.queries.batches import instruction_for
from contracting.payments.refusals import NothingToExport
from tests.architecture.tree import ROOT
from tests.builders_credits import credited
from tests.builders_settlement import (
    CERTIFIED_AT,
    PAYABLE,
    accepted_invoice,
    certified_payment,
)
from tests.cast import actor, client_for, nothing_happens, submit


@pytest.fixture
def voucher(order):
    """A voucher that takes US$ 1.25 off."""
    credited(order)
    return certified_payment(invoice=accepted_invoice(order=order))


def exported(voucher, part="payment_certifier"):
    agency_id = voucher.invoice.order.contract.agency_id
    return export_payments(agency_id=agency_id, by=actor(part), at=CERTIFIED_AT)


def test_a_batch_has_each_voucher_by_its_funds(voucher):
    export = exported(voucher)

    body = json.loads(read_blob(export.json))
    schema = json.loads((ROOT / "docs/reference/payments.schema.json").read_text())
    jsonschema.validate(body, schema)
    (payment,) = body["payments"]
    assert payment["voucher_number"] == voucher.voucher_number
    assert (payment["amount"], body["total"]) == ("8.67", "8.67")
    assert (payment["due_on"], payment["pay_from"]) == ("2026-05-29", "2026-05-22")
    (row,) = csv.DictReader(io.StringIO(read_blob(export.csv).decode()))
    assert (row["gross"], row["taken_off"], row["amount"]) == (PAYABLE, "1.25", "8.67")
    assert hashlib.sha256(read_blob(export.csv)).hexdigest() == export.csv.sha256


def test_no_cell_that_a_vendor_has_worded_is_a_formula(voucher):
    said = '=HYPERLINK("https://example.test","open")'
    payment = replace(instruction_for(voucher), invoice_number=said, vendor="@Meridian")

    (row,) = csv.DictReader(io.StringIO(as_csv(1, [payment]).decode()))

    assert (row["invoice_number"], row["vendor"]) == (f"'{said}", "'@Meridian")
    assert json.loads(as_json(1, [payment]))["payments"][0]["invoice_number"] == said


def test_what_comes_back_is_a_number_below_zero(voucher):
    payment = instruction_for(voucher)
    line = replace(payment.lines[0], gross=Dollars(0), taken_off=Dollars("1.2"))

    content = as_csv(1, [replace(payment, lines=(line,))]).decode()

    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["gross"], row["taken_off"], row["amount"]) == ("0.00", "1.20", "-1.20")


def test_a_voucher_is_exported_once(voucher):
    export = exported(voucher)

    with nothing_happens(), pytest.raises(NothingToExport):
        exported(voucher)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportedPayment.objects.create(export=export, certification=voucher)


def test_nobody_else_exports(voucher):
    for part in ("cor", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            exported(voucher, part)


def test_the_pages_write_and_hand_over_a_batch(voucher, told_the_time):
    browser = client_for(actor("payment_certifier"))
    page = reverse("payments:payment_exports")
    assert "1 certified payment waits" in browser.get(page).text

    answer = submit(browser, reverse("payments:export_payments"), {})

    assert (answer.status_code, answer.url) == (303, page)
    shown = browser.get(page).text
    assert "No certified payment waits" in shown
    export = ExportedPayment.objects.get().export
    for form in ("csv", "json"):
        address = reverse(f"payments:payment_export_{form}", args=[export.public_id])
        assert address in shown
        assert browser.get(address).content == read_blob(getattr(export, form))
        for outsider in ("other_agency_officer", "vendor_a_signer"):
            assert client_for(actor(outsider)).get(address).status_code == 404
    assert client_for(actor("vendor_a_signer")).get(page).status_code == 404


def test_before_the_first_batch_the_page_says_what_one_is(payment_certifier):
    page = client_for(payment_certifier).get(reverse("payments:payment_exports"))

    assert "No certified payment waits" in page.text
    assert "No batches yet" in page.text


def test_an_answer_that_cannot_be_read_comes_back_with_its_row(voucher, told_the_time):
    browser = client_for(actor("payment_certifier"))
    address = reverse("payments:import_payment_status")
    head = "voucher_number,status,paid_on,reference,amount,reason"
    file = SimpleUploadedFile("answer.csv", f"{head}\nX-1,PAID,,,,\n".encode())

    with nothing_happens():
        page = submit(browser, address, {"file": file})

    assert page.status_code == 422
    assert "Row 1" in page.text


def test_who_is_not_of_finance_is_told_why_and_strangers_nothing(voucher):
    verbs = [
        reverse(f"payments:{name}")
        for name in ("export_payments", "import_payment_status")
    ]
    for verb in verbs:
        page = client_for(actor("cor")).get(verb)
        assert page.status_code == 403
        assert "exchange files with finance" in page.text
        assert client_for(actor("vendor_a_signer")).get(verb).status_code == 404
