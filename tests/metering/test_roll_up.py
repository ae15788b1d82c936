"""What is folded is added to its hour, its day and the day of the agency."""

from decimal import Decimal

from contracting.metering.models import DailyUsage, HourlyUsage, PortfolioDay
from contracting.metering.queries import portfolio_usage
from tests.builders_metering import event, ingested, order_for


def test_two_folds_add_up_in_one_cell(order):
    ingested(event(1, order=order))
    ingested(event(2, order=order))

    for table in (HourlyUsage, DailyUsage, PortfolioDay):
        rows = table.objects.order_by("token_class_code")
        assert [(row.events, row.tokens, row.dollars) for row in rows] == [
            (2, 2_000, Decimal("0.004")),
            (2, 200, Decimal("0.0016")),
        ]


def test_the_portfolio_is_all_orders_of_the_agency(order, contract):
    ingested(event(1, order=order), event(2, order=order_for("1.00", on=contract)))

    (day,) = portfolio_usage(contract.agency_id)

    assert (day.tokens, day.dollars) == (2_200, Decimal("0.0056"))
    assert portfolio_usage(contract.vendor_id) == []
