"""An invoice as it is written in UBL 2.1, in the terms of EN 16931."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from contracting.billing.calculations.ubl import CUSTOMIZATION, INVOICE, NAMESPACES
from contracting.core.periods import accounting_day, day_bounds

_PER_MILLION: Final = "1000000"
_UNITS: Final = {"MO": "MON", "HR": "HUR", "EA": "C62"}
"""Our units by the codes of UNECE Recommendation 20; any other is a piece."""


@dataclass(frozen=True, slots=True)
class Written:
    """What of an invoice is written beside its lines."""

    number: str
    invoiced_on: date
    period_start: datetime
    period_end: datetime
    header: Mapping[str, str]
    buyer: str
    zone: str
    corrects: str = ""


def write_ubl(invoice: Written, lines: Iterable[Mapping[str, str]]) -> bytes:
    """The file: UTF-8, each line in the columns that ``read_lines`` reads.

    :param lines: ``unit_price`` is of a million tokens, or of a unit
    """
    found = list(lines)
    total = sum((Decimal(line["amount"]) for line in found), Decimal(0))
    root = etree.Element(
        f"{{{INVOICE}}}Invoice",
        nsmap={None: INVOICE, "cac": NAMESPACES["cac"], "cbc": NAMESPACES["cbc"]},
    )
    _texts(
        root,
        CustomizationID=CUSTOMIZATION,
        ID=invoice.number,
        IssueDate=invoice.invoiced_on.isoformat(),
        InvoiceTypeCode="384" if invoice.corrects else "380",
        DocumentCurrencyCode="USD",
    )
    _period(root, invoice.period_start, invoice.period_end, invoice.zone)
    said = invoice.header
    _texts(_inside(root, "OrderReference"), ID=said.get("order_number"))
    if invoice.corrects:
        former = _inside(root, "BillingReference", "InvoiceDocumentReference")
        _texts(former, ID=invoice.corrects)
    _texts(_inside(root, "ContractDocumentReference"), ID=said.get("contract_number"))
    _seller(root, said)
    buyer = _inside(root, "AccountingCustomerParty", "Party")
    _country(buyer)
    _texts(_inside(buyer, "PartyLegalEntity"), RegistrationName=invoice.buyer)
    _texts(_inside(root, "PayeeParty", "PartyName"), Name=said.get("remit_to"))
    _texts(_inside(root, "PaymentTerms"), Note=said.get("payment_terms"))
    _totals(root, total)
    for position, line in enumerate(found, start=1):
        _line(root, position, line, invoice.zone)
    text: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return text


def _seller(root: Any, said: Mapping[str, str]) -> None:
    party = _inside(root, "AccountingSupplierParty", "Party")
    _country(party, StreetName=said.get("vendor_address"))
    _texts(
        _inside(party, "PartyLegalEntity"),
        RegistrationName=said.get("vendor_name"),
        CompanyID=said.get("tin"),
    )
    _texts(_inside(party, "Contact"), Name=said.get("defect_contact"))


def _country(party: Any, **texts: str | None) -> None:
    address = _inside(party, "PostalAddress")
    _texts(address, **texts)
    _texts(_inside(address, "Country"), IdentificationCode="US")


def _totals(root: Any, total: Decimal) -> None:
    tax = _inside(root, "TaxTotal")
    _money(tax, "TaxAmount", Decimal(0))
    part = _inside(tax, "TaxSubtotal")
    _money(part, "TaxableAmount", total)
    _money(part, "TaxAmount", Decimal(0))
    category = _inside(part, "TaxCategory")
    _texts(
        category,
        ID="O",
        TaxExemptionReason="Sale to the United States Government",
    )
    _texts(_inside(category, "TaxScheme"), ID="VAT")
    sums = _inside(root, "LegalMonetaryTotal")
    for name in (
        *("LineExtensionAmount", "TaxExclusiveAmount"),
        *("TaxInclusiveAmount", "PayableAmount"),
    ):
        _money(sums, name, total)


def _line(root: Any, position: int, line: Mapping[str, str], zone: str) -> None:
    node = _inside(root, "InvoiceLine")
    _texts(node, ID=str(position))
    is_credit, is_tokens = bool(line.get("credit")), bool(line.get("model"))
    unit = _UNITS.get(line.get("unit", ""), "C62")
    amount = Decimal(line["amount"])
    quantity = "-1" if is_credit else line.get("tokens") or line.get("units") or "1"
    _texts(node, InvoicedQuantity=quantity)[0].set("unitCode", unit)
    _money(node, "LineExtensionAmount", amount)
    _texts(node, AccountingCost=line.get("acrn"))
    if not is_credit:
        start = datetime.fromisoformat(line["period_start"])
        _period(node, start, datetime.fromisoformat(line["period_end"]), zone)
    if line.get("clin"):
        _texts(_inside(node, "OrderLineReference"), LineID=line["clin"])
    item = _inside(node, "Item")
    _texts(item, Name=line.get("description") or line.get("token_class") or "credit")
    if is_tokens:
        _texts(_inside(item, "SellersItemIdentification"), ID=line["model"])
    category = _inside(item, "ClassifiedTaxCategory")
    _texts(category, ID="O")
    _texts(_inside(category, "TaxScheme"), ID="VAT")
    for name, value in (
        ("Token class", line.get("token_class")),
        ("Tier", line.get("tier")),
        ("Kind", line.get("kind")),
        ("Credit", line.get("credit")),
    ):
        if value:
            _texts(_inside(item, "AdditionalItemProperty"), Name=name, Value=value)
    price = _inside(node, "Price")
    _price(price, format(-amount, "f") if is_credit else line["unit_price"])
    if is_tokens:
        _texts(price, BaseQuantity=_PER_MILLION)[0].set("unitCode", "C62")


def _period(node: Any, start: datetime, end: datetime, zone: str) -> None:
    """Whole days of the contract by their dates; any other period by its instants."""
    first = accounting_day(start, zone)
    last = accounting_day(end - timedelta(microseconds=1), zone)
    period = _inside(node, "InvoicePeriod")
    if day_bounds(first, zone).start == start and day_bounds(last, zone).end == end:
        _texts(period, StartDate=first.isoformat(), EndDate=last.isoformat())
        return
    begin, stop = start.astimezone(UTC), end.astimezone(UTC)
    _texts(
        period,
        StartDate=begin.date().isoformat(),
        StartTime=f"{begin.time().isoformat()}Z",
        EndDate=stop.date().isoformat(),
        EndTime=f"{stop.time().isoformat()}Z",
    )


def _inside(node: Any, *names: str) -> Any:
    for name in names:
        node = etree.SubElement(node, f"{{{NAMESPACES['cac']}}}{name}")
    return node


def _texts(node: Any, **texts: str | None) -> list[Any]:
    """Elements in their order; what is empty is left out."""
    made = []
    for name, text in texts.items():
        if text:
            child = etree.SubElement(node, f"{{{NAMESPACES['cbc']}}}{name}")
            child.text = text
            made.append(child)
    return made


def _money(node: Any, name: str, amount: Decimal) -> None:
    _texts(node, **{name: f"{amount:.2f}"})[0].set("currencyID", "USD")


def _price(node: Any, amount: str) -> None:
    _texts(node, PriceAmount=amount)[0].set("currencyID", "USD")
