"""Who was asked for which report, and what came: missing is no usage never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from contracting.billing.operations.ask_for_report import ask_for_report
from contracting.billing.operations.state_no_report import state_no_report
from contracting.billing.queries.register import month_of
from contracting.billing.refusals import ReportNotAskable
from contracting.billing.states import AnswerKind, ReportStanding
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from tests.builders_billing import reported
from tests.cast import actor, client_for, key_client, nothing_happens, submit

APRIL = date(2026, 4, 1)
IN_MAY = datetime(2026, 5, 4, 16, tzinfo=UTC)
LATE = datetime(2026, 5, 20, 16, tzinfo=UTC)
"""Fifteen days after the third business day of May, which is Tuesday the 5th."""


def asked(order, *, by=SYSTEM, at=IN_MAY, month=APRIL):
    return ask_for_report(order_id=order.pk, month=month, by=by, at=at)


def april(order, at=LATE):
    return month_of(order, APRIL, at)


def whole_april(order):
    period = april(order).period
    return {"period_start": period.start, "period_end": period.end}


def test_a_month_is_due_on_the_third_business_day_and_compared_on_the_fifth(order):
    month = april(order, IN_MAY)

    assert month.due_on == date(2026, 5, 5)
    assert month.match_on == date(2026, 5, 7)
    assert month.standing == ReportStanding.NOT_ASKED


def test_the_vendor_is_asked_once(order):
    first = asked(order)

    assert first.due_on == date(2026, 5, 5)
    assert asked(order, at=LATE) == first
    assert april(order, IN_MAY).standing == ReportStanding.ASKED
    assert Notice.objects.filter(title__contains="is asked for").exists()


def test_what_nobody_answers_is_missing_and_not_no_usage(order):
    asked(order)

    month = april(order)
    assert (month.standing, month.days_late) == (ReportStanding.MISSING, 15)
    assert not month.is_answered
    assert month.letter_is_due


def test_a_report_of_a_part_leaves_the_rest_missing(order):
    report = reported(order)

    month = april(order)
    assert month.standing == ReportStanding.PARTLY_MISSING
    assert month.reports == (report,)
    assert month.unreported_from == month.period.start


def test_a_report_of_the_whole_month_answers_it(order):
    reported(order, at=IN_MAY, **whole_april(order))

    month = april(order)
    assert month.standing == ReportStanding.REPORTED
    assert month.is_answered
    assert (month.days_late, month.unreported_from) == (0, None)


def test_no_usage_could_not_ask_and_missing_are_three_states(order):
    # Given a month of which the vendor could not be asked
    given = {"order_id": order.pk, "month": APRIL, "at": LATE}
    state_no_report(
        kind=AnswerKind.COULD_NOT_ASK,
        reason="Its portal was down.",
        by=actor("cor"),
        **given,
    )
    month = april(order)
    assert (month.standing, month.is_answered) == (ReportStanding.COULD_NOT_ASK, False)

    # When it states later that there was none
    state_no_report(
        kind=AnswerKind.NONE,
        reason="Nothing was used.",
        by=actor("vendor_a_member"),
        **given,
    )

    # Then the month is answered, and both answers stay
    month = april(order)
    assert (month.standing, month.is_answered) == (ReportStanding.NONE_STATED, True)
    assert [answer.kind for answer in month.answers] == ["COULD_NOT_ASK", "NONE"]

    # And a report that comes all the same counts
    reported(order, at=LATE, **whole_april(order))
    assert april(order).standing == ReportStanding.REPORTED


@pytest.mark.parametrize("month", [date(2026, 5, 1), date(2020, 1, 1)])
def test_a_month_that_runs_or_is_no_month_of_the_order_is_not_asked_for(order, month):
    with nothing_happens(), pytest.raises(ReportNotAskable):
        asked(order, month=month)


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_nobody_else_asks(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        asked(order, by=actor(outsider))


def test_the_page_shows_what_was_asked_and_what_came(order, told_the_time):
    told_the_time(LATE)
    page = reverse("billing:reporting", args=[order.public_id])
    ask = reverse("billing:ask_for_report", args=[order.public_id])

    shown = client_for(actor("cor")).get(page).content.decode()
    assert "of 1 month is missing" in shown or "months is missing" in shown
    answer = submit(client_for(actor("cor")), ask, {"month": "2026-04-01"})
    assert (answer.status_code, answer.url) == (303, page)
    vendor = client_for(actor("vendor_a_member")).get(page).content.decode()
    assert "15 days late" in vendor
    for outsider in ("other_agency_officer", "vendor_b_signer"):
        assert client_for(actor(outsider)).get(page).status_code == 404
        assert client_for(actor(outsider)).get(ask).status_code == 404


def test_a_vendors_system_reads_and_states(order, told_the_time, vendor_a_machine):
    told_the_time(LATE)
    client = key_client(vendor_a_machine)
    where = reverse("api:reporting", args=[order.public_id])

    before = {each["month"]: each for each in client.get(where).json()}
    assert before["2026-04"]["standing"] == "MISSING"
    answer = client.post(
        where,
        data='{"month": "2026-04-01", "reason": "Nothing was used."}',
        content_type="application/json",
        headers={"Idempotency-Key": "no-usage-in-april-26"},
    )

    assert answer.status_code == 201
    after = {each["month"]: each for each in answer.json()}
    assert after["2026-04"]["standing"] == "NONE_STATED"
    assert timedelta(0) > IN_MAY - LATE
