"""The nightly job asks for every report of a month that is over, once."""

from __future__ import annotations

from contracting.billing.models import ReportRequest
from contracting.billing.operations.ask_all import ask_all
from contracting.billing.queries.register import months_of
from contracting.billing.tasks import ask_for_reports_nightly
from tests.billing.test_ask_for_report import LATE


def test_the_nightly_job_asks_for_every_month_that_is_over(order):
    # Given an order whose April is over
    assert ask_all(at=LATE) >= 1
    assert ReportRequest.objects.filter(order=order).count() == len(
        [month for month in months_of(order, LATE) if month.period.end <= LATE]
    )

    # Then a second night asks for nothing more
    assert ask_for_reports_nightly(LATE.isoformat()) == 0
