"""The list of orders is read page by page, found by key, however long it is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.core import views as pages
from contracting.orders import views
from tests.builders_orders import awarded_contract, drafted_order, issued_order
from tests.cast import client_for, key_client, machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(monkeypatch):
    """Five drafts of which a page shows two."""
    monkeypatch.setattr(views, "PER_PAGE", 2)
    contract = awarded_contract()
    return [drafted_order(on=contract, title=f"Draft {n}") for n in range(5)]


def read(browser, address):
    """The drafts of a page, and the addresses of the ones before and after it."""
    page = browser.get(address).text
    links = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', page))
    return re.findall(r"Draft \d", page), links


def test_all_of_it_is_read_forwards_and_backwards(five, contracting_officer):
    browser, address, seen = client_for(contracting_officer), "/orders/", []

    # When somebody goes on to the end
    while address:
        titles, links = read(browser, address)
        seen.append(titles)
        address = f"/orders/{links['next']}" if "next" in links else ""

    # Then each draft was there once, newest first
    assert seen == [["Draft 4", "Draft 3"], ["Draft 2", "Draft 1"], ["Draft 0"]]
    # And the way back is the same
    titles, links = read(browser, f"/orders/{links['prev']}")
    assert titles == ["Draft 2", "Draft 1"]
    titles, links = read(browser, f"/orders/{links['prev']}")
    assert titles == ["Draft 4", "Draft 3"]
    assert "prev" not in links


def test_a_page_keeps_what_the_list_is_narrowed_by(five, contracting_officer):
    contract = five[0].contract

    _, links = read(
        client_for(contracting_officer), f"/orders/?contract={contract.public_id}"
    )

    assert f"contract={contract.public_id}" in links["next"]


def test_a_page_that_is_nowhere_is_the_first(five, contracting_officer):
    titles, _ = read(client_for(contracting_officer), "/orders/?after=ord_nowhere")

    assert titles == ["Draft 4", "Draft 3"]


def test_a_long_list_is_not_counted_to_its_end(five, contracting_officer, monkeypatch):
    browser = client_for(contracting_officer)
    assert "5 task orders." in browser.get("/orders/").text

    monkeypatch.setattr(pages, "COUNTED", 3)

    assert "More than 3 task orders." in browser.get("/orders/").text


def test_a_page_asks_as_often_for_one_order_as_for_many(
    contracting_officer, monkeypatch
):
    # Given four orders that run, one of them to a page
    contract = awarded_contract()
    for _ in range(4):
        issued_order(on=contract)
    browser = client_for(contracting_officer)
    monkeypatch.setattr(views, "PER_PAGE", 1)
    browser.get("/orders/")
    with CaptureQueriesContext(connection) as of_one:
        browser.get("/orders/")

    # When they stand on one page
    monkeypatch.setattr(views, "PER_PAGE", 4)
    with CaptureQueriesContext(connection) as of_four:
        page = browser.get("/orders/").text

    # Then each has its figures, and nothing more was asked
    assert page.count("$40.00") == 4
    assert len(of_four) == len(of_one)


def test_the_endpoint_asks_as_often_for_one_order_as_for_many():
    contract = awarded_contract()
    for _ in range(3):
        issued_order(on=contract)
    client = key_client(machine("gateway"))
    client.get("/api/v1/orders?limit=1")
    with CaptureQueriesContext(connection) as of_one:
        client.get("/api/v1/orders?limit=1")

    with CaptureQueriesContext(connection) as of_three:
        found = client.get("/api/v1/orders?limit=3").json()["data"]

    assert [each["contract_piid"] for each in found] == [contract.piid] * 3
    assert len(of_three) == len(of_one)
