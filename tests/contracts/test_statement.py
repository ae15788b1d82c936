"""Each amount of a whole contract opens the rows of the ledger behind it."""

import pytest

from contracting.contracts.queries.home import health_of
from contracting.core import clock
from contracting.core.quantities import Dollars
from contracting.ledger.queries import transfers_behind
from tests.builders_metering import CALLED_AT, DELIVERED_AT, event, ingested, order_for
from tests.builders_orders import awarded_contract, issued_order
from tests.cast import actor, client_for, nothing_happens

pytestmark = pytest.mark.django_db


def behind(contract, figure):
    rows = transfers_behind(figure, contract_id=contract.pk)
    return Dollars(sum(vars(row)["change_dollars"] for row in rows))


def test_the_rows_sum_to_what_the_page_of_the_contract_says(monkeypatch):
    # Given a contract of two orders, of which one was used beyond its funds
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    contract = awarded_contract()
    issued_order(on=contract)
    order = order_for("0.01", on=contract)
    ingested(event(1, order=order, tokens={"output": 2_500}, at=CALLED_AT))
    officer = actor("contracting_officer")
    health = health_of(contract, officer, DELIVERED_AT)
    assert health is not None

    # When the officer opens what is behind each amount
    browser = client_for(officer)
    home = browser.get(contract.path).text
    for figure, amount in (
        ("obligated_dollars", health.obligated),
        ("consumed_dollars", health.consumed),
        ("unfunded_dollars", health.unfunded),
    ):
        assert f"{contract.path}/ledger?figure={figure}" in home
        assert behind(contract, figure) == amount
        assert amount > Dollars()
        page = browser.get(f"{contract.path}/ledger?figure={figure}")
        assert "sum to exactly" in page.text

    # And tokens are told apart from dollars, whose words are the same
    tokens = browser.get(f"{contract.path}/ledger?figure=consumed_tokens").text
    assert "<strong>Used, funded</strong>" in tokens
    assert 'Used, funded<span class="usa-sr-only">, in dollars</span>' in tokens

    # Then the rows of another contract are not among them
    assert browser.get(f"{contract.path}/ledger?figure=nothing").status_code == 404


def test_only_people_of_the_agency_open_them():
    contract = awarded_contract()
    address = f"{contract.path}/ledger"

    assert client_for(actor("auditor")).get(address).status_code == 200
    for who in ("vendor_a_signer", "vendor_b_signer", "other_agency_officer"):
        with nothing_happens():
            assert client_for(actor(who)).get(address).status_code == 404
