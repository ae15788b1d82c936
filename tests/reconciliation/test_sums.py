"""A vendor that names no calls reports sums: what they can tell, and what not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contracting.billing.calculations import COLUMNS, as_report
from contracting.billing.models import ReportRow
from contracting.billing.refusals import ReportOutsidePeriod, ReportRefused
from contracting.core.quantities import Dollars
from contracting.reconciliation.models import Acceptance, Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.resolve import resolve_finding
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COMPARED_AT,
    COUNTS,
    HOUR,
    MODEL,
    TOTAL,
    Call,
    compared,
    invoiced,
    reported,
    used,
)
from tests.builders_metering import event, ingested
from tests.builders_orders import issued_order
from tests.cast import actor, client_for, nothing_happens

DAY = timedelta(days=1)


def sums(counts=COUNTS, span=HOUR, **changed) -> bytes:
    """The vendor's file: one row for each class of the hour."""
    rows = [
        {
            "request_id": "",
            "attempt": "",
            "occurred_at": span[0].isoformat(),
            "model": MODEL,
            "class": code,
            "tier": "STANDARD",
            "tokens": tokens,
            "bucket_end": span[1].isoformat(),
            **changed,
        }
        for code, tokens in counts.items()
    ]
    return as_report(rows)


def found(order):
    """Every discrepancy of the order: its kind, its tokens, amount and level."""
    rows = Finding.objects.filter(order=order).order_by("pk")
    return [(r.code, r.tokens, Dollars(r.amount_dollars), r.level) for r in rows]


def test_sums_that_are_ours_agree_and_are_payable_line_by_line(order):
    report = reported(order, content=sums())
    run = compared(order, invoiced(order))
    compared(order)

    assert report.is_in_sums
    assert (run.a_tokens, run.b_tokens, run.c_tokens) == (862_350,) * 3
    assert all(cell.agrees for cell in run.cells.all())
    assert found(order) == []


def test_too_much_in_a_sum_is_a_quantity_with_the_causes_that_are_possible(order):
    reported(order, content=sums({**COUNTS, "OUT_TEXT": 90_005}))

    compared(order)

    assert found(order) == [("QTY", 20_001, Dollars("0.160008"), "AGGREGATE")]
    evidence = Finding.objects.get().evidence
    assert evidence["candidates"] == [
        "ATTRIBUTION",
        "DUPLICATE",
        "MISSING_A",
        "RETRY",
    ]
    assert evidence["keys"] == [[HOUR[0].isoformat(), "OUT_TEXT", 20_001]]


def test_a_failed_call_is_one_of_the_causes_where_our_meter_has_one(order):
    failed = event("f", order=order, tokens={"OUT_TEXT": 500}, outcome="VENDOR_FAULT")
    ingested(failed, at=HOUR[1])
    reported(order, content=sums({**COUNTS, "OUT_TEXT": 70_504}))

    compared(order)

    assert [code for code, *_ in found(order)] == ["QTY"]
    assert "FAILED_CHARGED" in Finding.objects.get().evidence["candidates"]


def test_a_failed_call_that_is_reported_by_its_name_is_certain(order):
    failed = event(
        "f",
        order=order,
        tokens={"OUT_TEXT": 500},
        operation_id="r-9",
        outcome="VENDOR_FAULT",
    )
    ingested(failed, at=HOUR[1])
    reported(order, [*CALLS, Call("r-9", {"OUT_TEXT": 500}, minute=0)])

    compared(order)

    assert found(order) == [("FAILED_CHARGED", 500, Dollars("0.004"), "REQUEST")]


def test_a_call_that_is_metered_on_another_order_is_found_on_both(order):
    other = issued_order()
    reported(order, [*CALLS, Call("r-9", {"OUT_TEXT": 500})])
    reported(other, [])
    used(other, [Call("r-9", {"OUT_TEXT": 500})])

    compared(order)
    compared(other)

    assert found(order) == [("ATTRIBUTION", 500, Dollars("0.004"), "REQUEST")]
    assert found(other) == [("ATTRIBUTION", -500, Dollars("-0.004"), "REQUEST")]


def test_a_day_without_a_sum_is_a_gap_and_no_zero(order):
    # Given a day of which the report has no sum of any class, and one beside it
    next_hour = Call("r-9", {"OUT_TEXT": 500}, minute=60 * 24)
    used(order, [next_hour], at=COMPARED_AT)
    end = HOUR[1] + DAY
    reported(order, content=sums(), period_end=end, at=end + timedelta(hours=1))

    compared(order)

    assert found(order) == [("MISSING_B", -500, Dollars("-0.004"), "AGGREGATE")]
    assert Finding.objects.get().evidence["told_by"] == [
        "no sum of that day was reported"
    ]


def test_a_sum_that_begins_the_day_before_is_compared_once(order):
    # Given a sum over midnight, of which half of our calls lie on either day
    start, end = HOUR[0] - DAY / 2, HOUR[0] + DAY / 2
    used(order, [Call("r-9", {"OUT_TEXT": 500}, minute=-60 * 10)], at=COMPARED_AT)
    reported(
        order,
        content=sums({**COUNTS, "OUT_TEXT": 70_505}, (start, end)),
        period_start=start,
        period_end=end,
    )

    # When the whole order and the invoice of the second day are compared
    run = compared(order, invoiced(order))
    compared(order)

    # Then one token is too much, on the day on which the sum begins
    assert found(order) == [("QTY", 1, Dollars("0.000008"), "AGGREGATE")]
    day = Finding.objects.get().evidence["day"]
    assert day == (HOUR[0] - DAY).date().isoformat()
    assert run.b_tokens == 862_350


def test_an_unknown_name_in_a_sum_is_an_alias_as_long_as_all_classes_tell_so(order):
    reported(order, content=sums(model="model-nobody-knows"))

    compared(order)

    codes = {code for code, *_ in found(order)}
    assert codes <= {"MODEL_ALIAS", "QTY"}
    assert sum(tokens for code, tokens, *_ in found(order) if code == "QTY") == 0


def test_the_page_of_a_finding_says_how_it_was_matched(order, told_the_time):
    reported(order, content=sums({**COUNTS, "OUT_TEXT": 90_005}))
    compared(order)
    told_the_time(COMPARED_AT)
    client = client_for(actor("cor"))
    page = client.get(Finding.objects.get().path).content.decode()

    assert "by day and class" in page
    assert "ATTRIBUTION, DUPLICATE, MISSING_A, RETRY" in page


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"request_id": "r-1"}, "names no call"),
        ({"attempt": "2"}, "names no call"),
        ({"bucket_end": HOUR[0].isoformat()}, "ends after it begins"),
        ({"bucket_end": (HOUR[0] + 2 * DAY).isoformat()}, "a day at most"),
        ({"bucket_end": "tomorrow"}, "no instant"),
        ({"bucket_end": ""}, "request_id is empty"),
    ],
)
def test_a_sum_that_is_none_is_refused(order, changed, why):
    with nothing_happens(), pytest.raises(ReportRefused, match=why):
        reported(order, content=sums(**changed))


def test_a_report_lists_calls_or_sums(order):
    call = {
        **dict.fromkeys(COLUMNS, "1"),
        "occurred_at": HOUR[0].isoformat(),
        "class": "OUT_TEXT",
        "tier": "STANDARD",
        "model": MODEL,
    }
    total = {**call, "request_id": "", "attempt": ""}
    total["bucket_end"] = HOUR[1].isoformat()
    with nothing_happens(), pytest.raises(ReportRefused, match="never both"):
        reported(order, content=as_report([call, total]))


def test_a_sum_beyond_the_period_of_the_report_is_refused(order):
    longer = (HOUR[0], HOUR[1] + timedelta(minutes=1))
    with nothing_happens(), pytest.raises(ReportOutsidePeriod, match="the sum from"):
        reported(order, content=sums(span=longer))


def test_no_row_is_a_call_and_a_sum(order):
    report = reported(order)
    row = report.rows.first()
    values = {
        name: getattr(row, name)
        for name in ("occurred_at", "model_name", "token_class_code", "tokens")
    }
    for strange in ({"request_id": ""}, {"request_id": "r", "bucket_end": HOUR[1]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportRow.objects.create(report=report, row_number=999, **values, **strange)


@pytest.mark.parametrize("missing", [20_001, COUNTS["OUT_TEXT"]])
def test_what_a_sum_lacks_is_paid_once_our_count_holds(order, missing):
    # Given an invoice of what our meter counts, and a report with a sum too small
    counts = {**COUNTS, "OUT_TEXT": COUNTS["OUT_TEXT"] - missing}
    reported(order, content=sums({code: n for code, n in counts.items() if n}))
    invoice = invoiced(order)
    compared(order, invoice)
    first = accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    finding = Finding.objects.get(order=order, invoice=None)

    # When our count is accepted
    resolve_finding(
        finding_id=finding.pk,
        code="accept-A",
        reason="The vendor has looked it up.",
        by=actor("contracting_officer"),
        at=ACCEPTED_AT + timedelta(hours=1),
    )

    # Then the rest of the line is payable, and no token of another class
    freed = Acceptance.objects.get(finding=finding)
    paid = {row.token_class_code: row.payable_tokens for row in freed.lines.all()}
    assert {code: n for code, n in paid.items() if n} == {"OUT_TEXT": missing}
    assert Dollars(first.accepted_dollars + freed.accepted_dollars) == TOTAL
