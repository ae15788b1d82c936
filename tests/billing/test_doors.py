"""The pages and the API of usage reports and invoices."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.billing.calculations import COLUMNS
from contracting.billing.models import Invoice, UsageReport
from contracting.billing.states import InvoiceState
from tests.builders_billing import (
    CALLS,
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
from tests.cast import actor, client_for, key_client, nothing_happens, submit

INVOICES = reverse("billing:invoices")
REPORTS = reverse("billing:usage_reports")
OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")
ONCE = "a-key-of-sixteen-characters"


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


# The API: usage reports ---------------------------------------------------------------


def api(name, *args):
    return reverse(f"api:{name}", args=args)


def post_csv(client, order, content=None, key=ONCE, **changed):
    said = {
        "label": "R-1",
        "period_start": HOUR[0].isoformat(),
        "period_end": HOUR[1].isoformat(),
        "stated_total": 862_350,
        **changed,
    }
    return client.post(
        f"{api('receive_usage_report', order.public_id)}?{urlencode(said)}",
        report_csv() if content is None else content,
        content_type="text/csv",
        headers={"Idempotency-Key": key},
    )


def post_json(client, address, body, key=ONCE):
    return client.post(
        address,
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def json_report(**changed):
    rows = [
        {
            "request_id": call.request,
            "attempt": call.attempt,
            "occurred_at": call.at.isoformat(),
            "model": MODEL,
            "class": code,
            "tier": "STANDARD",
            "tokens": tokens,
        }
        for call in CALLS
        for code, tokens in call.tokens.items()
    ]
    return {
        "label": "R-1",
        "period_start": HOUR[0].isoformat(),
        "period_end": HOUR[1].isoformat(),
        "rows": rows,
        **changed,
    }


def test_a_vendors_system_posts_its_report_as_csv(
    order, told_the_time, vendor_a_machine
):
    client = key_client(vendor_a_machine)

    answer = post_csv(client, order)

    report = UsageReport.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/usage_reports/{report.public_id}"
    assert answer.json() == client.get(answer["Location"]).json()
    assert answer.json()["tokens"] == 862_350
    assert answer.json()["is_late"] is True  # a week after the usage


def test_a_vendors_system_posts_its_report_as_json(
    order, told_the_time, vendor_a_machine
):
    address = api("receive_usage_report", order.public_id)

    answer = post_json(key_client(vendor_a_machine), address, json_report())

    assert answer.status_code == 201
    assert answer.json()["rows"] == 7
    stored = UsageReport.objects.get()
    assert stored.rows.order_by("row_number")[0].request_id == "r-1"


def test_the_same_post_is_answered_as_before(order, told_the_time, vendor_a_machine):
    client = key_client(vendor_a_machine)
    first = post_csv(client, order)
    again = post_csv(client, order)

    assert again["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.json()) == (201, first.json())
    assert UsageReport.objects.count() == 1


def test_a_key_is_not_used_for_another_body(order, told_the_time, vendor_a_machine):
    client = key_client(vendor_a_machine)
    post_csv(client, order)

    assert post_csv(client, order, report_csv(CALLS[:1])).status_code == 422


def test_a_post_needs_its_key(order, told_the_time, vendor_a_machine):
    with nothing_happens():
        answer = post_csv(key_client(vendor_a_machine), order, key="")

    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_required"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"stated_total": 1}, "report_refused"),
        ({"period_start": "2026-04-20T14:00:00"}, "invalid"),
        ({"lable": "R-1"}, "unknown_field"),
        ({"period_end": "2099-01-01T00:00:00Z"}, "report_outside_period"),
    ],
)
def test_a_report_that_is_wrong_is_a_problem(
    order, told_the_time, vendor_a_machine, changed, code
):
    with nothing_happens():
        answer = post_csv(key_client(vendor_a_machine), order, **changed)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid"),
        (b"[]", "invalid"),
        (b'{"label": "R-1"}', "invalid"),
        (
            json.dumps(json_report(rows=[{"request_id": "r"}])).encode(),
            "report_refused",
        ),
        (json.dumps(json_report(rows=[])).encode(), "report_refused"),
        (
            json.dumps(
                json_report(rows=[{**dict.fromkeys(COLUMNS, "x"), "tokens": 1.5}])
            ).encode(),
            "report_refused",
        ),
    ],
)
def test_json_that_is_no_report_is_a_problem(
    order, told_the_time, vendor_a_machine, body, code
):
    with nothing_happens():
        answer = key_client(vendor_a_machine).post(
            api("receive_usage_report", order.public_id),
            body,
            content_type="application/json",
            headers={"Idempotency-Key": ONCE},
        )

    assert answer.status_code == 422
    assert answer.json()["code"] == code


def test_a_report_that_is_too_large_is_refused_before_it_is_read(
    order, told_the_time, vendor_a_machine, settings
):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = post_csv(key_client(vendor_a_machine), order)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


# The API: invoices --------------------------------------------------------------------


def json_invoice(order, **changed):
    return {
        "number": "MM-2604-001",
        "invoiced_on": "2026-04-27",
        "period_start": HOUR[0].isoformat(),
        "period_end": HOUR[1].isoformat(),
        "header": header_of(order),
        "lines": [
            {
                "clin": "0001",
                "model": MODEL,
                "token_class": line.token_class_code,
                "period_start": HOUR[0].isoformat(),
                "period_end": HOUR[1].isoformat(),
                "tokens": line.tokens,
                "usd_per_million_tokens": PRICES[line.token_class_code],
                "amount": {"amount": line.amount.plain(), "currency": "USD"},
            }
            for line in lines_of()
        ],
        "total": {"amount": TOTAL.plain(), "currency": "USD"},
        **changed,
    }


def test_a_vendors_system_posts_its_invoice(order, told_the_time, vendor_a_machine):
    client = key_client(vendor_a_machine)

    answer = post_json(
        client, api("receive_invoice", order.public_id), json_invoice(order)
    )

    invoice = Invoice.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/invoices/{invoice.public_id}"
    assert answer.json() == client.get(answer["Location"]).json()
    assert answer.json()["total"] == {"amount": "2.09", "currency": "USD"}
    assert [line["tokens"] for line in answer.json()["lines"]] == list(COUNTS.values())
    listed = client.get(api("invoices")).json()["data"]
    assert [each["id"] for each in listed] == [invoice.public_id]


def test_a_machine_is_told_every_defect(order, told_the_time, vendor_a_machine):
    wrong = json_invoice(order, total={"amount": "2.10", "currency": "USD"})
    wrong["header"] = {**wrong["header"], "remit_to": ""}

    with nothing_happens():
        answer = post_json(
            key_client(vendor_a_machine),
            api("receive_invoice", order.public_id),
            wrong,
        )

    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["rule"]) == ("improper_invoice", "R-INV-01")
    assert [each["rule"] for each in problem["data"]["defects"]] == [
        "R-INV-01",
        "R-INV-07",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"total": {"amount": 2.09, "currency": "USD"}},
        {"total": {"amount": "2.09", "currency": "EUR"}},
        {"total": {"amount": "2.095", "currency": "USD"}},
        {"lines": [{"clin": "0001"}]},
        {"invoiced_on": "tomorrow"},
        {"note": "please"},
    ],
)
def test_json_that_breaks_the_schema_is_a_problem(
    order, told_the_time, vendor_a_machine, changed
):
    with nothing_happens():
        answer = post_json(
            key_client(vendor_a_machine),
            api("receive_invoice", order.public_id),
            json_invoice(order, **changed),
        )

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_a_stranger_vendors_system_finds_no_order(
    order, told_the_time, other_vendor_machine
):
    client = key_client(other_vendor_machine)
    invoice, report = invoiced(order), reported(order)

    with nothing_happens():
        answers = [
            post_csv(client, order),
            post_json(
                client, api("receive_invoice", order.public_id), json_invoice(order)
            ),
            client.get(api("invoice", invoice.public_id)),
            client.get(api("usage_report", report.public_id)),
        ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert client.get(api("invoices")).json()["data"] == []
    assert client.get(api("usage_reports")).json()["data"] == []


def test_a_key_without_the_scope_is_told_so(order, told_the_time, gateway):
    client = key_client(gateway)

    assert post_csv(client, order).status_code == 403
    assert client.get(api("invoices")).status_code == 403
    assert client.get(api("usage_reports")).status_code == 403


def test_the_agencys_systems_read_what_came(order, told_the_time, administrator):
    invoiced(order)
    reported(order)
    issued = issue_api_key(
        organization_id=administrator.own_organization_id,
        label="Payment office",
        scopes=[Scope.INVOICES_READ, Scope.REPORTS_READ],
        expires_at=INVOICED_AT + timedelta(days=30),
        by=administrator,
        at=INVOICED_AT,
    )
    client = Client(headers={"Authorization": f"Bearer {issued.text}"})

    assert len(client.get(api("invoices")).json()["data"]) == 1
    assert len(client.get(api("usage_reports")).json()["data"]) == 1
