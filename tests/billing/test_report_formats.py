"""A vendor's own files are read by their formats, signed, and restated in the open."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.billing.calculations.formats import OURS, converted, formats
from contracting.billing.calculations.reading import BadLines, BadReport
from contracting.billing.calculations.signing import is_signature_of, message_of
from contracting.billing.operations.register_signing_key import register_signing_key
from contracting.billing.operations.revoke_signing_key import revoke_signing_key
from contracting.billing.queries.revisions import revision_of
from contracting.billing.refusals import ReportRefused
from contracting.core.quantities import Dollars
from contracting.documents.queries import read_blob
from contracting.metering.adapters.registry import ADAPTERS
from tests.builders_billing import (
    CALLED_AT,
    CALLS,
    MODEL,
    REPORTED_AT,
    Call,
    report_csv,
    reported,
)
from tests.cast import actor, client_for, nothing_happens, submit

PRICED = {"IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT", "OUT_REASONING"}


def spend_log(request="r-1", **usage):
    """A row of LiteLLM's spend logs of the hour."""
    return {
        "request_id": request,
        "call_type": "acompletion",
        "model": MODEL,
        "custom_llm_provider": "openai",
        "startTime": CALLED_AT.isoformat(),
        "endTime": (CALLED_AT + timedelta(minutes=5)).isoformat(),
        "prompt_tokens": 500_001,
        "completion_tokens": 50_003,
        "total_tokens": 550_004,
        "metadata": {
            "usage_object": {
                "prompt_tokens": 500_001,
                "completion_tokens": 50_003,
                "total_tokens": 550_004,
                "prompt_tokens_details": {"cached_tokens": 100_000},
            }
        },
        **usage,
    }


def openai_usage(**counts):
    """A page of OpenAI's usage report with one daily bucket."""
    start = int(CALLED_AT.replace(hour=0, minute=0).timestamp())
    result = {
        "object": "organization.usage.completions.result",
        "input_tokens": 1_000,
        "input_cached_tokens": 400,
        "output_tokens": 200,
        "num_model_requests": 3,
        "project_id": "proj_1",
        "user_id": "user_1",
        "api_key_id": "key_1",
        "model": MODEL,
        "batch": False,
        "service_tier": "default",
        **counts,
    }
    bucket = {
        "object": "bucket",
        "start_time": start,
        "end_time": start + 86_400,
        "results": [result],
    }
    page = {"object": "page", "data": [bucket], "has_more": False, "next_page": None}
    return json.dumps(page).encode()


def focus(**changed):
    """A FOCUS row of tokens as CSV."""
    row = {
        "InvoiceIssuerName": "Meridian Models",
        "BillingAccountId": "acct-1",
        "BillingPeriodStart": "2026-04-01T00:00:00Z",
        "ChargePeriodStart": "2026-04-20T00:00:00Z",
        "ChargePeriodEnd": "2026-04-21T00:00:00Z",
        "ChargeCategory": "Usage",
        "SkuPriceId": "p-1",
        "SkuId": MODEL,
        "SkuMeter": "Input Tokens",
        "ConsumedQuantity": "1000000",
        "ConsumedUnit": "Tokens",
        "BilledCost": "2.00",
        "BillingCurrency": "USD",
        **changed,
    }
    return (",".join(row) + "\n" + ",".join(row.values()) + "\n").encode()


def test_every_format_of_metering_is_a_format_of_a_report():
    assert set(formats()) == {OURS, *ADAPTERS}


def test_calls_keep_their_request_ids_and_disjoint_classes():
    read = converted(
        "litellm-spend-logs", json.dumps([spend_log()]).encode(), priced=PRICED
    )

    assert {(row["request_id"], row["class"], row["tokens"]) for row in read.rows} >= {
        ("r-1", "IN_UNCACHED", 400_001),
        ("r-1", "IN_CACHE_READ", 100_000),
        ("r-1", "OUT_TEXT", 50_003),
    }
    assert read.may_carry_content


def test_sums_of_a_day_have_no_request_and_say_what_is_not_told_apart():
    read = converted("openai-usage", openai_usage(), priced=PRICED)

    counted = {row["class"]: row["tokens"] for row in read.rows}
    assert counted["IN_CACHE_READ"] == 400
    assert counted["OUT_TEXT"] == 200
    assert {row["request_id"] for row in read.rows} == {""}
    assert all(row["bucket_end"] > row["occurred_at"] for row in read.rows)
    assert any("are not told apart" in note for note in read.notes)


def test_an_order_with_one_price_of_several_classes_leaves_no_doubt():
    read = converted("openai-usage", openai_usage(), priced={"OUT_REASONING"})

    assert "OUT_REASONING" in {row["class"] for row in read.rows}


def test_rows_of_focus_count_their_consumed_tokens():
    read = converted("focus", focus(), priced=PRICED)

    assert [(row["model"], row["class"], row["tokens"]) for row in read.rows] == [
        (MODEL, "IN_UNCACHED", 1_000_000)
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("morse", b"-", "no format 'morse'"),
        ("openai-usage", b"{", "is not"),
        ("csv", b"a,b\n1,2\n", "needs"),
        ("focus", focus(SkuMeter="Spells"), "no token class"),
        ("focus", focus(ConsumedQuantity="-5"), "below zero"),
        (
            "focus",
            focus(ConsumedQuantity="1", ConsumedUnit="Hours", SkuMeter="Support"),
            "counts tokens",
        ),
    ],
)
def test_a_file_of_no_tokens_or_of_another_format_is_refused(name, content, words):
    with pytest.raises(BadReport, match=words):
        converted(name, content, priced=PRICED)


def test_rows_that_cannot_be_read_are_named():
    rows = [spend_log(), spend_log("r-2", total_tokens=1)]

    with pytest.raises(BadLines) as refusal:
        converted("litellm-spend-logs", json.dumps(rows).encode(), priced=PRICED)

    assert refusal.value.errors[0].startswith("Row 2:")


# As a report --------------------------------------------------------------------------


def test_a_file_that_may_carry_content_is_counted_and_not_kept(order):
    # Given spend logs in which somebody left a prompt
    sent = json.dumps([spend_log(messages="a secret prompt")]).encode()

    # When they are sent as a report
    report = reported(order, content=sent, format="litellm-spend-logs")

    # Then their counts are taken, and only the hash tells of the file
    assert report.rows_received == 3
    assert report.sent_sha256 == hashlib.sha256(sent).hexdigest()
    assert b"secret" not in read_blob(report.payload)
    again = reported(order, content=sent, format="litellm-spend-logs")
    assert again == report


def test_a_report_of_daily_sums_is_taken_as_sums(order):
    # Given a usage report of a provider, by day and without calls
    start = CALLED_AT.replace(hour=0, minute=0)
    report = reported(
        order,
        content=openai_usage(),
        format="openai-usage",
        period_start=start,
        period_end=start + timedelta(days=1),
        at=start + timedelta(days=2),
    )

    rows = list(report.rows.order_by("row_number"))
    assert {row.request_id for row in rows} == {""}
    assert {row.bucket_end for row in rows} == {start + timedelta(days=1)}
    assert sum(row.tokens for row in rows) == 1_200
    assert "not told apart" in report.notes[0]


def test_a_mapping_is_said_once(order):
    mapping = {
        "columns": {"event_id": "id", "time": "when", "model": "which"},
        "counts": [{"column": "in", "class": "IN_UNCACHED"}],
    }
    file = f"id,when,which,in\nr-1,{CALLED_AT.isoformat()},{MODEL},7\n".encode()

    with nothing_happens(), pytest.raises(ReportRefused):
        reported(order, content=file, format="csv")
    reported(order, content=file, format="csv", mapping=mapping)
    later = reported(
        order, content=file.replace(b",7", b",8"), format="csv", label="R-2"
    )

    assert [row.tokens for row in later.rows.all()] == [8]


@pytest.mark.parametrize(
    "mapping", ["[" * 9_999, '{"a": "\\u0000"}', '{"a": 1, "a": 2}', "{"]
)
def test_a_mapping_that_is_no_json_stays_in_the_form(order, told_the_time, mapping):
    with nothing_happens():
        page = submit(
            client_for(actor("vendor_a_member")),
            reverse("billing:receive_usage_report", args=[order.public_id]),
            {
                "label": "R-1",
                "period_start": "2026-04-20T00:00:00",
                "period_end": "2026-04-21T00:00:00",
                "file": SimpleUploadedFile("own.csv", b"id,when,which,in\n"),
                "format": "csv",
                "mapping": mapping,
            },
        )

    assert page.status_code == 422
    assert "no JSON text" in page.content.decode()


# Signatures ---------------------------------------------------------------------------


def key_of(order, private, by="vendor_a_signer"):
    return register_signing_key(
        vendor_id=order.contract.vendor_id,
        label="Billing system",
        public_key=private.public_key().public_bytes_raw().hex(),
        by=actor(by),
        at=REPORTED_AT,
    )


def signed(private, content):
    return private.sign(message_of(hashlib.sha256(content).hexdigest())).hex()


def test_a_signed_report_names_the_key_and_stays_verifiable(order):
    private, content = Ed25519PrivateKey.generate(), report_csv()
    key = key_of(order, private)

    report = reported(order, signature=signed(private, content))

    assert report.signed_with == key
    assert is_signature_of(report.sent_sha256, report.signature, key.public_key)
    shown = client_for(actor("cor")).get(report.path).content.decode()
    assert "Ed25519 by Billing system" in shown


@pytest.mark.parametrize("fault", ["other file", "other key", "revoked", "no hex"])
def test_a_wrong_signature_is_refused(order, fault):
    private, content = Ed25519PrivateKey.generate(), report_csv()
    key = key_of(order, private)
    signature = signed(private, content)
    if fault == "other file":
        signature = signed(private, content + b"\n")
    elif fault == "other key":
        signature = signed(Ed25519PrivateKey.generate(), content)
    elif fault == "revoked":
        revoke_signing_key(key_id=key.pk, by=actor("vendor_a_signer"), at=REPORTED_AT)
    else:
        signature = "signed, Ria"

    with nothing_happens(), pytest.raises(ReportRefused) as refusal:
        reported(order, signature=signature)

    assert refusal.value.data["pointer"] == "/signature"


# Restatements -------------------------------------------------------------------------


def restated(order):
    """r-1 leaves out its cached input, r-2 counts 1,000 more output, r-4 is new."""
    first, second, third = CALLS
    calls = (
        Call("r-1", {k: v for k, v in first.tokens.items() if k != "IN_CACHE_READ"}),
        Call("r-2", {**second.tokens, "OUT_TEXT": 21_001}, attempt=2, minute=20),
        third,
        Call("r-4", {"OUT_TEXT": 500}, minute=50),
    )
    reported(order)
    return reported(order, calls, label="R-1a", supersedes="R-1")


def test_a_restatement_says_what_it_changes_in_tokens_and_dollars(order):
    revision = revision_of(restated(order))

    assert revision is not None
    assert revision.counts == {"added": 1, "removed": 1, "changed": 1, "moved": 0}
    assert revision.tokens == 500 - 100_000 + 1_000
    # 1,500 of output at $8.00, 100,000 cached at $1.00 for a million
    assert revision.dollars == Dollars("0.012") - Dollars("0.10")


def test_the_page_of_changes_is_for_both_sides_and_nobody_else(order, told_the_time):
    report = restated(order)
    page = reverse("billing:usage_report_changes", args=[report.public_id])

    for part in ("cor", "vendor_a_member"):
        shown = client_for(actor(part)).get(page)
        assert shown.status_code == 200
        text = shown.content.decode()
        assert "1 rows are added" in text or "1 row" in text
        assert "r-4" in text
    for outsider in ("other_agency_officer", "vendor_b_signer"):
        assert client_for(actor(outsider)).get(page).status_code == 404
    first = reverse("billing:usage_report_changes", args=[report.supersedes.public_id])
    assert client_for(actor("cor")).get(first).status_code == 404


def test_a_restatement_of_the_same_rows_changes_nothing(order):
    reported(order)
    again = reported(
        order, content=report_csv() + b"\n", label="R-1a", supersedes="R-1"
    )

    revision = revision_of(again)
    assert revision is not None
    assert revision.changes == ()
