"""The pages of steps and pools: what they show, and the verb that they offer."""

import pytest

from tests.builders_metering import ingested, usage_source
from tests.builders_volume import calls, order_by_volume
from tests.cast import actor, client_for, submit

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


def test_the_usage_page_shows_steps_and_rates_them_now(now):
    # Given usage on two steps and in no run yet
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 1_500_000))
    line = order.lines.get()
    browser = client_for(actor("cor"))
    page = f"{order.path}/usage"
    assert "stands at the dearest step" in words(browser.get(page))

    # When the representative rates it now
    address = f"/order_lines/{line.public_id}/rate_period"
    assert address in words(browser.get(page))
    assert "done twice it changes nothing" in words(browser.get(address))
    assert submit(browser, address, {}).status_code == 303

    # Then the page shows what lies on each step, and what it was trued up by
    shown = words(browser.get(page))
    assert "they cost $2.75" in shown
    assert "trued them up by -$0.25" in shown
    assert "Steps and true-up" in shown
    # And the vendor reads the same and rates nothing
    vendor = client_for(actor("vendor_a_signer"))
    assert "Steps and true-up" in words(vendor.get(page))
    assert address not in words(vendor.get(page))
    assert submit(vendor, address, {}).status_code in {403, 404}


def test_the_pages_show_a_pool_and_what_binds_it(now):
    order = order_by_volume("0003")
    usage_source()
    ingested(*calls(order, 1_000_000))
    browser = client_for(actor("cor"))

    assert "1.25" in words(browser.get(f"{order.path}/usage"))
    shown = words(browser.get(order.path))
    assert "28.75 units (ACU) of the pool left" in shown
    assert "5.333333 ACU per million tokens, at $1.60 per ACU" in shown
    # At the dearest class the funds end first: $38 at $8.53 a million
    assert "the <strong>funds</strong> end first" in shown


def test_the_units_of_a_pool_may_be_what_binds(now):
    order = order_by_volume("0003", acu="2")
    browser = client_for(actor("cor"))

    assert "the <strong>units of the pool</strong> end first" in words(
        browser.get(order.path)
    )


def test_an_outsider_finds_no_line_to_rate(now):
    order = order_by_volume()
    stranger = client_for(actor("other_agency_officer"))
    address = f"/order_lines/{order.lines.get().public_id}/rate_period"

    assert stranger.get(address).status_code == 404
