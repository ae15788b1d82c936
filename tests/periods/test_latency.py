"""How many days the money takes, step by step, and what it waits for."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.core.plots.latency import STEPS, MonthOfMoney, latency, sentence
from contracting.orders.models import TaskOrder
from contracting.periods.queries.latency import months_of_money, orders_of, ways_of
from tests.builders_settlement import paid_invoice, received_invoice
from tests.cast import actor, client_for


@pytest.fixture
def paid(db):
    """An invoice of 20 April: reported, compared, accepted, certified and paid."""
    return paid_invoice().certification.invoice.order


def test_the_steps_of_an_invoice_add_up_to_its_days(paid):
    (way,) = ways_of(TaskOrder.objects.filter(pk=paid.pk))

    # From 3 p.m. UTC on 20 April: report after 23 hours, compared and accepted on the
    # 29th, certified on 1 May, and paid on 28 May, which begins at 4 a.m. UTC
    assert way.is_paid
    hours = [round(days * 24, 3) for days in way.days]
    assert hours == [23, 193, 0, 48, 637]
    paid_at = way.reached[-1]
    assert paid_at is not None
    whole = paid_at - way.used_until
    assert sum(way.days) * 86_400 == Decimal(int(whole.total_seconds()))


def test_the_sentence_names_the_longest_wait(paid):
    months = months_of_money(ways_of(orders_of(actor("contracting_officer"))))

    (month,) = months
    assert (month.month, month.invoices) == (date(2026, 4, 1), 1)
    assert month.days == tuple(map(Decimal, ("1.0", "8.0", "0.0", "2.0", "26.5")))
    assert sentence(months) == (
        "Payment of April 2026 took 38 days, 27 of them waiting for the payment."
    )


def test_what_is_not_paid_is_under_way(db):
    received_invoice()

    months = months_of_money(ways_of(orders_of(actor("contracting_officer"))))
    assert sentence(months) == "Nothing is paid yet. 1 invoice is under way."
    assert not latency("latency", months, "UTC").is_drawn


def test_the_plot_has_a_bar_for_each_month_and_a_table(db):
    days = tuple(map(Decimal, ("1", "2", "11", "1", "4")))
    months = [
        MonthOfMoney(date(2026, 4, 1), 2, Decimal(10), days),
        MonthOfMoney(date(2026, 5, 1), 0, Decimal(0), (Decimal(0),) * 5, 3),
    ]

    plot = latency("latency", months, "America/New_York")

    assert plot.sentence == (
        "Payment of April 2026 took 19 days, 11 of them waiting for acceptance. "
        "3 invoices are under way."
    )
    assert plot.wide.count("url(#latency-wide-") == len(STEPS)
    assert plot.table.rows[0][6] == Decimal(19)
    assert plot.table.rows[1][1] is None
    assert plot.table.csv().startswith("Month of use,")


def test_the_pages_say_so_to_who_may_see_it_and_to_nobody_else(
    paid, other_agency_officer, other_vendor_signer
):
    order, contract = paid.public_id, paid.contract.public_id
    paths = [f"/orders/{order}/latency", f"/contracts/{contract}/latency", "/latency/"]
    for part in ("contracting_officer", "vendor_a_signer"):
        browser = client_for(actor(part))
        for path in paths:
            page = browser.get(path)
            assert b"Payment of April 2026 took 38 days" in page.content
            assert page.content.count(b"<svg") >= 2
        figures = browser.get(paths[0], {"format": "csv"})
        assert b"Apr 2026,1.0,8.0,0.0,2.0,26.5,37.5,1,9.92,0" in figures.content
    for outsider in (other_agency_officer, other_vendor_signer):
        browser = client_for(outsider)
        assert [browser.get(path).status_code for path in paths] == [404, 404, 200]
        assert b"Nothing is paid yet" in browser.get("/latency/").content
