"""A vendor reports what it counted: all of it is read, or none of it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.billing.invariants import INVARIANTS
from contracting.billing.models import UsageReport
from contracting.billing.queries import report_rows
from contracting.billing.refusals import (
    ReportOutsidePeriod,
    ReportReceivedBefore,
    ReportRefused,
)
from contracting.core.errors import NotAllowed
from tests.builders_billing import (
    CALLS,
    HOUR,
    OVERDUE_AT,
    REPORTED_AT,
    report_csv,
    reported,
)
from tests.cast import actor, nothing_happens

TOKENS = 862_350


@pytest.mark.rule("R-MET-02", case="allowed")
def test_a_report_is_received_when_its_total_is_the_sum_of_its_classes(order):
    # When the vendor's system reports, and states the sum of its rows
    report = reported(order, stated_total=TOKENS)

    # Then every row is there, with who sent it and when
    assert report.rows_received == report.rows.count() == 7
    assert sum(row.tokens for row in report.rows.all()) == TOKENS
    assert report.received_at == REPORTED_AT
    assert not report.is_late
    event = AuditEvent.objects.filter(event="billing.usage_report.received").get()
    assert event.stream == f"contract:{order.contract_id}"


@pytest.mark.rule("R-MET-02", case="refused")
def test_a_report_whose_total_is_not_the_sum_of_its_classes_is_refused(order):
    with nothing_happens(), pytest.raises(ReportRefused) as refusal:
        reported(order, stated_total=TOKENS + 1)

    assert refusal.value.rule == "R-MET-02"
    assert refusal.value.data == {"stated": TOKENS + 1, "counted": TOKENS}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"request_id,attempt\n", "The first line must be"),
        (report_csv().replace(b",1,", b",-1,"), "Row 2: attempt"),
        (report_csv().replace(b",400001", b"," + str(2**53 - 1).encode()), "at most"),
        (report_csv().replace(b",1,", b",-1,", 1), "Row 1: attempt"),
        (report_csv().replace(b",400001", b",4.5", 1), "Row 1: tokens"),
        (report_csv().replace(b",400001", b"," + b"9" * 5000, 1), "Row 1: tokens"),
        (
            report_csv().replace(b"OUT_TEXT", b"OUT_OF_THIN_AIR", 1),
            "no such token class",
        ),
        (report_csv().replace(b"STANDARD", b"EXPRESS", 1), "no such tier"),
        (report_csv().replace(b"+00:00", b"", 1), "Row 1: occurred_at"),
        (report_csv().replace(b",STANDARD,", b",", 1), "has not exactly 7 values"),
        (report_csv() + b"\xff\xfe", "not UTF-8"),
        (report_csv().replace(b"r-1", b"r\x001", 1), "Row 1"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused_with_the_place(order, content, words):
    with nothing_happens(), pytest.raises(ReportRefused) as refusal:
        reported(order, content=content)

    assert words in refusal.value.message


def test_a_report_after_the_due_day_is_taken_and_late(order):
    report = reported(order, at=OVERDUE_AT)

    assert report.is_late


def test_the_same_report_sent_again_is_received_once(order):
    # Given a report
    first = reported(order)

    # When the vendor's system sends it again, unsure whether it came through
    with nothing_happens():
        again = reported(order, at=REPORTED_AT + timedelta(hours=1))

    # Then it is the same report
    assert again.pk == first.pk
    assert UsageReport.objects.count() == 1


def test_another_content_under_the_same_label_is_refused(order):
    reported(order)

    with nothing_happens(), pytest.raises(ReportReceivedBefore):
        reported(order, CALLS[:1])


def test_another_period_under_the_same_label_is_refused(order):
    reported(order)

    with nothing_happens(), pytest.raises(ReportReceivedBefore):
        reported(order, period_end=HOUR[1] + timedelta(hours=1))


@pytest.mark.parametrize(
    "period",
    [
        {"period_end": HOUR[0]},
        {"period_end": HOUR[0] + timedelta(minutes=10)},
        {"period_start": HOUR[0] - timedelta(days=60)},
        {"period_end": REPORTED_AT + timedelta(days=1)},
    ],
)
def test_a_report_covers_its_rows_and_lies_inside_the_order(order, period):
    with nothing_happens(), pytest.raises(ReportOutsidePeriod):
        reported(order, **period)


def test_a_report_without_a_label_is_refused(order):
    with nothing_happens(), pytest.raises(ReportOutsidePeriod):
        reported(order, label=" ")


def test_a_member_of_the_vendor_may_report_by_hand(order):
    assert reported(order, by=actor("vendor_a_member")).received_by == "Ria Meridian"


@pytest.mark.parametrize(
    "outsider", ["other_vendor_signer", "vendor_b_signer", "cor", "contracting_officer"]
)
def test_nobody_else_reports_for_the_vendor(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        reported(order, by=actor(outsider))


def test_a_key_of_another_vendor_does_not_report(order, other_vendor_machine):
    with nothing_happens(), pytest.raises(NotAllowed):
        reported(order, by=other_vendor_machine)


def test_a_report_without_a_row_says_that_nothing_was_counted(order):
    report = reported(order, [])

    assert (report.rows_received, report.is_late) == (0, False)
    assert [each for row in INVARIANTS for each in row.check()] == []


def test_a_correction_replaces_what_it_supersedes_and_is_no_later_than_it(order):
    # Given a report in time, with a call that was counted too low
    first = reported(order, CALLS[:1])

    # When the vendor corrects it after the due day
    second = reported(order, label="R-2", supersedes="R-1", at=OVERDUE_AT)

    # Then only the correction counts, as if it had come at first
    rows = report_rows(order, *HOUR)
    assert {row.report_id for row in rows} == {second.pk}
    assert sum(row.tokens for row in rows) == 862_350
    assert not second.is_late
    first.refresh_from_db()
    assert first.revision == second
    assert first.rows.count() == first.rows_received


def test_only_the_last_of_the_revisions_is_corrected(order):
    reported(order)
    reported(order, CALLS[:1], label="R-2", supersedes="R-1")

    with nothing_happens(), pytest.raises(ReportReceivedBefore) as refusal:
        reported(order, CALLS[:2], label="R-3", supersedes="R-1")

    assert refusal.value.data["superseded_by"] == "R-2"


def test_nothing_supersedes_a_report_that_is_not_there(order):
    with nothing_happens(), pytest.raises(ReportRefused, match="no report 'R-0'"):
        reported(order, supersedes="R-0")


def test_a_correction_covers_the_period_of_what_it_corrects(order):
    reported(order)

    with nothing_happens(), pytest.raises(ReportOutsidePeriod):
        reported(
            order,
            CALLS[:1],
            label="R-2",
            supersedes="R-1",
            period_end=HOUR[1] - timedelta(minutes=30),
        )
