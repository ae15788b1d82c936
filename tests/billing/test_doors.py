"""The pages of usage reports and invoices."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.billing.models import Invoice, UsageReport
from contracting.billing.states import InvoiceState
from tests.builders_billing import (
    COUNTS,
    HOUR,
    INVOICED_AT,
    MODEL,
    PRICES,
    TOTAL,
    header_of,
    invoiced,
    lines_of,
    report_csv,
    reported,
)
from tests.cast import actor, client_for, nothing_happens, submit

INVOICES = reverse("billing:invoices")
REPORTS = reverse("billing:usage_reports")
OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


def page_for(name, thing):
    return reverse(f"billing:{name}", args=[thing.public_id])


def text_of(page):
    return page.content.decode()


def local(instant):
    """As a browser writes it, in the contract's zone: four hours behind in April."""
    return (instant - timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%S")


# Pages of the vendor ------------------------------------------------------------------


def report_form(**changed):
    return {
        "label": "R-1",
        "period_start": local(HOUR[0]),
        "period_end": local(HOUR[1]),
        "file": SimpleUploadedFile("report.csv", report_csv(), "text/csv"),
        "stated_total": "862350",
        **changed,
    }


def test_a_vendor_uploads_its_report(order, told_the_time):
    # When a member of the vendor sends the file
    page = submit(
        client_for(actor("vendor_a_member")),
        page_for("receive_usage_report", order),
        report_form(),
    )

    # Then the report's page shows what was counted
    report = UsageReport.objects.get()
    assert (page.status_code, page.url) == (303, report.path)
    shown = client_for(actor("vendor_a_member")).get(report.path)
    assert "862,350 tokens in 7 rows" in text_of(shown)
    assert (report.period_start, report.period_end) == HOUR


def test_a_report_that_does_not_add_up_keeps_what_was_typed(order, told_the_time):
    browser = client_for(actor("vendor_a_member"))
    with nothing_happens():
        page = submit(
            browser,
            page_for("receive_usage_report", order),
            report_form(stated_total="1"),
        )

    assert page.status_code == 422
    assert "R-MET-02" in text_of(page)
    assert 'value="R-1"' in text_of(page)


def invoice_form(order, **changed):
    rows = ["clin,model,token_class,period_start,period_end,tokens,unit_price,amount"]
    rows += [
        f"0001,{MODEL},{line.token_class_code},{HOUR[0].isoformat()},"
        f"{HOUR[1].isoformat()},{line.tokens},{PRICES[line.token_class_code]},"
        f"{line.amount.plain()}"
        for line in lines_of()
    ]
    return {
        "number": "MM-2604-001",
        "invoiced_on": "2026-04-27",
        "period_start": local(HOUR[0]),
        "period_end": local(HOUR[1]),
        "file": SimpleUploadedFile("lines.csv", "\n".join(rows).encode(), "text/csv"),
        "total": TOTAL.plain(),
        **header_of(order),
        **changed,
    }


def test_the_form_of_an_invoice_is_filled_from_contract_and_vendor(
    order, told_the_time
):
    browser = client_for(actor("vendor_a_member"))
    page = browser.get(page_for("receive_invoice", order))

    initial = page.context["form"].initial
    assert initial["contract_number"] == order.contract.piid
    assert initial["order_number"] == order.piid
    assert initial["remit_to"] == "Meridian Models, PO Box 1, Austin, TX 78701"
    assert initial["payment_terms"] == "Net 30 days"
    assert initial["tin"] == "on file, ends 1111"
    assert initial["invoiced_on"] == INVOICED_AT.date()


def test_a_vendor_uploads_its_invoice(order, told_the_time):
    page = submit(
        client_for(actor("vendor_a_signer")),
        page_for("receive_invoice", order),
        invoice_form(order),
    )

    invoice = Invoice.objects.get()
    assert (page.status_code, page.url) == (303, invoice.path)
    assert [line.tokens for line in invoice.lines.order_by("position")] == list(
        COUNTS.values()
    )
    assert invoice.payload.media_type == "text/csv"


def test_every_defect_is_shown_and_nothing_typed_is_lost(order, told_the_time):
    # Given an invoice with a wrong total, dated tomorrow
    browser = client_for(actor("vendor_a_signer"))
    wrong = invoice_form(order, total="2.10", invoiced_on="2026-04-28")

    # When it is sent
    with nothing_happens():
        page = submit(browser, page_for("receive_invoice", order), wrong)

    # Then both defects stand there, and the lines of the file as text
    assert page.status_code == 422
    text = text_of(page)
    assert "The total is $2.10; its lines sum to $2.09." in text
    assert "The invoice is dated in the future." in text
    assert "R-INV-07" in text
    assert "R-INV-06" in text
    assert 'value="MM-2604-001"' in text
    assert f"0001,{MODEL},OUT_TEXT," in text

    # And the second try needs no file
    kept = page.context["form"].data["lines"]
    del wrong["file"]
    again = submit(
        browser,
        page_for("receive_invoice", order),
        {**wrong, "lines": kept, "total": "2.09", "invoiced_on": "2026-04-27"},
    )
    assert again.status_code == 303


def test_lines_that_cannot_be_read_are_each_named(order, told_the_time):
    lines = [{"clin": "0001", "token_class": "OUT_OF_THIN_AIR"}, {"clin": "0001"}]
    form = invoice_form(order, lines=json.dumps(lines))
    del form["file"]

    browser = client_for(actor("vendor_a_signer"))
    page = submit(browser, page_for("receive_invoice", order), form)

    assert page.status_code == 422
    assert "Line 1: no such token class" in text_of(page)
    assert "Line 2: no such token class" in text_of(page)


@pytest.mark.parametrize("verb", ["receive_usage_report", "receive_invoice"])
def test_the_agency_does_not_bill_itself(order, told_the_time, verb):
    page = client_for(actor("contracting_officer")).get(page_for(verb, order))

    assert page.status_code == 403


@pytest.mark.parametrize("verb", ["receive_usage_report", "receive_invoice"])
@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_finds_no_order_to_bill(order, told_the_time, verb, part):
    assert client_for(actor(part)).get(page_for(verb, order)).status_code == 404


# Lists --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["cor", "auditor", "vendor_a_member"])
def test_both_sides_read_the_lists(order, told_the_time, part):
    reported(order)
    invoiced(order)
    browser = client_for(actor(part))

    assert "MM-2604-001" in text_of(browser.get(INVOICES))
    assert "$2.09 is asked for" in text_of(browser.get(INVOICES))
    assert "R-1" in text_of(browser.get(REPORTS))


@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_sees_neither(order, told_the_time, part):
    report = reported(order)
    invoiced(order)
    browser = client_for(actor(part))

    assert "No invoices yet" in text_of(browser.get(INVOICES))
    assert "No usage reports yet" in text_of(browser.get(REPORTS))
    assert browser.get(report.path).status_code == 404


def test_only_the_vendor_is_offered_to_bill(order, told_the_time):
    address = page_for("receive_invoice", order)

    assert address in text_of(client_for(actor("vendor_a_member")).get(INVOICES))
    assert address not in text_of(client_for(actor("cor")).get(INVOICES))


# Return and withdraw ------------------------------------------------------------------


def test_the_representative_returns_an_invoice(order, told_the_time):
    invoice = invoiced(order)

    page = submit(
        client_for(actor("cor")),
        page_for("return_invoice", invoice),
        {"reasons": "The contact has left.\nThe address is old."},
    )

    invoice.refresh_from_db()
    assert (page.status_code, page.url) == (303, invoice.path)
    assert invoice.return_reasons == ["The contact has left.", "The address is old."]


def test_the_vendor_withdraws_its_invoice(order, told_the_time):
    invoice = invoiced(order)
    address = page_for("withdraw_invoice", invoice)

    assert submit(client_for(actor("vendor_a_member")), address).status_code == 303
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.WITHDRAWN


@pytest.mark.parametrize(
    ("verb", "part"),
    [("return_invoice", "vendor_a_signer"), ("withdraw_invoice", "cor")],
)
def test_each_side_has_its_own_verb(order, told_the_time, verb, part):
    invoice = invoiced(order)

    assert client_for(actor(part)).get(page_for(verb, invoice)).status_code == 403


@pytest.mark.parametrize("verb", ["return_invoice", "withdraw_invoice"])
@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_finds_no_invoice(order, told_the_time, verb, part):
    invoice = invoiced(order)

    assert client_for(actor(part)).get(page_for(verb, invoice)).status_code == 404
