"""The API of usage reports and invoices."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.billing.calculations import COLUMNS
from contracting.billing.models import Invoice, UsageReport
from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.billing.queries.written import ubl_of
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
from tests.cast import key_client, machine, nothing_happens

ONCE = "a-key-of-sixteen-characters"


# Usage reports ------------------------------------------------------------------------


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


def test_a_vendor_that_names_no_calls_posts_sums(
    order, told_the_time, vendor_a_machine
):
    total = {
        "request_id": "",
        "occurred_at": HOUR[0].isoformat(),
        "bucket_end": HOUR[1].isoformat(),
        "model": MODEL,
        "class": "OUT_TEXT",
        "tier": "STANDARD",
        "tokens": 70_004,
    }
    client = key_client(vendor_a_machine)

    address = api("receive_usage_report", order.public_id)
    answer = post_json(client, address, json_report(rows=[total]))

    assert (answer.status_code, answer.json()["is_in_sums"]) == (201, True)
    row = UsageReport.objects.get().rows.get()
    assert (row.request_id, row.bucket_end, row.tokens) == ("", HOUR[1], 70_004)


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
        (b'{"label": "R-1", "label": "R-2"}', "invalid"),
        (b'{"label": "\\ud800"}', "invalid"),
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
    assert answer.json()["data"]["limit"] == 100


# Invoices -----------------------------------------------------------------------------


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
        {"header": {"remit": "elsewhere"}},
        {"total": {"amount": "2.09", "currency": "USD", "tax": "0"}},
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


def test_a_vendors_system_posts_its_invoice_in_ubl(
    order, told_the_time, vendor_a_machine
):
    client = key_client(vendor_a_machine)
    content = ubl_of(invoiced(order))
    withdraw_invoice(
        invoice_id=Invoice.objects.get().pk,
        by=machine("vendor_a_machine"),
        at=INVOICED_AT,
    )
    where = api("receive_invoice", order.public_id)

    def post(body, key):
        return client.post(
            where,
            data=body,
            content_type="application/xml",
            headers={"Idempotency-Key": key},
        )

    answer = post(content, "an-invoice-in-ubl-01")

    assert answer.status_code == 201
    assert [line["tokens"] for line in answer.json()["lines"]] == list(COUNTS.values())
    again = client.get(f"{answer['Location']}/ubl")
    assert again.content == content
    wrong = post(content.replace(b">380<", b">381<"), "an-invoice-in-ubl-02")
    assert wrong.status_code == 422
    assert "BR-04" in wrong.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            (field, instant)
            for field in ("period_start", "period_end")
            for instant in (
                "0001-01-01T00:00:00+14:00",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59-14:00",
                "9999-12-31T23:59:59Z",
            )
        ),
        ("usd_per_million_tokens", "\u0662"),
        ("usd_per_million_tokens", "1_0"),
        ("amount", {"amount": "1.3_0", "currency": "USD"}),
        ("amount", {"amount": "\u0661.30", "currency": "USD"}),
    ],
)
def test_no_line_is_read_from_the_ends_of_the_calendar_or_strange_digits(
    order, told_the_time, vendor_a_machine, field, value
):
    body = json_invoice(order)
    body["lines"][0][field] = value
    client = key_client(vendor_a_machine)

    with nothing_happens():
        answer = post_json(client, api("receive_invoice", order.public_id), body)
    assert answer.status_code == 422


@pytest.mark.parametrize("number", ["MM\n1", "\u202e100-4062-MM", "MM\u200b1"])
def test_a_number_that_cannot_be_printed_is_a_defect(
    order, told_the_time, vendor_a_machine, number
):
    client = key_client(vendor_a_machine)
    address = api("receive_invoice", order.public_id)

    with nothing_happens():
        answer = post_json(client, address, json_invoice(order, number=number))

    assert answer.status_code == 422
    assert "cannot be printed" in answer.json()["detail"]
