"""What is accepted goes out as rows of FOCUS 1.2, and is read back as it was."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.billing.models import Invoice
from contracting.metering.adapters.events import Sender
from contracting.metering.adapters.focus import read_focus
from contracting.reconciliation.queries import accepted_total, focus
from tests.builders_settlement import USED, accepted_invoice
from tests.cast import actor, client_for, key_client, machine
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(accepted_invoice)
APRIL = date(2026, 4, 1)
MANDATORY_OF_1_2 = {
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency"),
    *("BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass"),
    *("ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost"),
    *("EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity"),
    *("PricingUnit", "ProviderName", "PublisherName", "ServiceCategory"),
    "ServiceName",
}
"""Feature level “Mandatory” in the specification, version 1.2."""
NULLABLE = {"ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit"}


@pytest.fixture
def invoice(world):
    return Invoice.objects.select_related("order__contract__vendor").get(pk=world)


def rows_of(invoice):
    browser = client_for(actor("cor"))
    page = browser.get(f"{invoice.order.path}/focus.csv?month=2026-04")
    assert page["Content-Type"] == "text/csv; charset=utf-8"
    return page.content, list(csv.DictReader(io.StringIO(page.content.decode())))


def test_every_mandatory_column_is_there_and_the_costs_are_what_is_payable(invoice):
    content, rows = rows_of(invoice)

    assert set(rows[0]) >= MANDATORY_OF_1_2
    assert len(rows) == len(USED)
    for row in rows:
        assert all(row[name] for name in MANDATORY_OF_1_2 - NULLABLE)
        exact = Decimal(row["PricingQuantity"]) * Decimal(row["ContractedUnitPrice"])
        assert exact == Decimal(row["ContractedCost"])
        assert row["ChargePeriodStart"].endswith("Z")
        assert row["PricingUnit"] == "1000000 Tokens"
        assert "E" not in row["PricingQuantity"] + row["ContractedCost"]
    billed = sum(Decimal(row["BilledCost"]) for row in rows)
    assert billed == accepted_total(invoice).amount == Decimal("9.92")


def test_the_reader_of_focus_reads_it_back(invoice):
    content, _rows = rows_of(invoice)

    charges = read_focus(content, Sender(source="invoice"))

    assert {each.tokens for each in charges} == set(USED.values())
    assert {each.classes for each in charges} >= {("IN_UNCACHED",)}
    assert sum(each.amount for each in charges) == Decimal("9.92")
    assert {each.invoice_ref for each in charges} == {invoice.number}


def test_a_machine_reads_the_same_and_nulls_are_null(invoice):
    holder = machine("vendor_a_machine")
    ApiKey.objects.filter(pk=holder.key_id or 0).update(
        scopes=[Scope.RECONCILIATION_READ.value]
    )
    client, url = key_client(holder), f"/api/v1/orders/{invoice.order.public_id}/focus"

    found = client.get(url, {"month": "2026-04"}).json()

    assert (found["version"], found["billed"]["amount"]) == ("1.2", "9.92")
    (first, *_more) = found["rows"]
    assert set(first) == set(focus.COLUMNS)
    assert first["ChargeClass"] is None
    assert json.loads(first["Tags"])["order"] == invoice.order.piid
    assert (
        client.get(url, {"month": "2026-04", "format": "csv"}).content
        == (rows_of(invoice)[0])
    )
    assert client.get(url, {"month": "April"}).status_code == 422
    assert client.get(url, {"month": "2026-05"}).json()["rows"] == []


def test_the_page_of_the_order_leads_to_it_and_strangers_find_nothing(invoice):
    url = f"{invoice.order.path}/focus.csv?month=2026-04"
    page = client_for(actor("cor")).get(f"{invoice.order.path}/reconciliation")
    assert url in page.content.decode()
    assert client_for(actor("vendor_a_member")).get(url).status_code == 200
    for stranger in ("other_agency_officer", "other_vendor_signer"):
        assert client_for(actor(stranger)).get(url).status_code == 404
