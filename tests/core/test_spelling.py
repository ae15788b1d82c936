"""An address is read under its one spelling, and found under the other."""

import pytest


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("/orders", "/orders/"),
        ("/contracts", "/contracts/"),
        ("/usage", "/usage/"),
        ("/invoices?state=ACCEPTED", "/invoices/?state=ACCEPTED"),
        ("/requisitions/", "/requisitions"),
        ("/solicitations/", "/solicitations"),
        ("/admin", "/admin/"),
        ("/accounts/login", "/accounts/login/"),
        ("/livez/", "/livez"),
    ],
)
def test_the_other_spelling_leads_to_the_page(written, listed, client, db):
    reply = client.get(written)

    assert reply.status_code == 301
    assert reply["Location"] == listed


def test_nothing_that_is_posted_is_sent_on(client, db):
    assert client.post("/orders").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "/nowhere/", "/x//"],
)
def test_what_is_nowhere_stays_nowhere(address, client, db):
    assert client.get(address).status_code == 404
