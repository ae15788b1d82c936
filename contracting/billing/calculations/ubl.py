"""Invoices in UBL 2.1, in the terms of EN 16931: read, checked and written.

A file is checked against the schema of OASIS, then against the calculation rules of
EN 16931, then read into the very lines that every other door takes. Nothing outside the
file is ever fetched: document types, entities and network are off.
"""

from __future__ import annotations

import base64
import binascii
import functools
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from lxml import etree

from contracting.billing.calculations import HEADER, Stated, read_cents, read_lines
from contracting.billing.calculations.reading import BadLines, BadReport, in_utc
from contracting.core.periods import BadPeriod, day_bounds, zone_of

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ATTACHMENTS: Final = 10
MAX_ERRORS: Final = 50
MAX_NUMBER: Final = 40
MAX_TEXT: Final = 500
CUSTOMIZATION: Final = "urn:cen.eu:en16931:2017"
INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
NAMESPACES: Final = {"inv": INVOICE, "cac": _CAC, "cbc": _CBC}
MEDIA_TYPES: Final = {
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}
"""What EN 16931 allows as an attachment (BR-CL-24)."""
TYPES: Final = {"380": "commercial invoice", "384": "corrected invoice"}
PER_MILLION: Final = Decimal(1_000_000)
_SCHEMAS: Final = Path(__file__).parent.parent / "data" / "ubl-2.1.zip"
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An invoice of a file: plain values, as a form or a CSV file gives them.

    :ivar lines: in the columns that ``read_lines`` reads
    :ivar attachments: the names of what is embedded
    """

    number: str
    invoiced_on: date
    period_start: datetime
    period_end: datetime
    header: Mapping[str, str]
    lines: list[dict[str, str]]
    total: str
    corrects: str = ""
    attachments: list[str] = field(default_factory=list)


def read_ubl(content: bytes, *, zone: str) -> ReadInvoice:
    """Read an invoice in UBL 2.1.

    :param zone: of the contract; a period without times is whole days there
    :raises BadLines: naming every rule that it breaks, up to ``MAX_ERRORS``
    :raises BadReport: if it is no such file
    """
    root = _parsed(content)
    schema = invoice_schema()
    if not schema.validate(root):
        _refuse([f"Line {each.line}: {each.message}" for each in schema.error_log])
    _refuse(list(broken_rules(root)))
    found, errors = _lines(root, zone)
    _refuse(errors)
    start, end = _period(root, zone)
    return ReadInvoice(
        number=_text(root, "cbc:ID"),
        invoiced_on=_issued(root),
        period_start=start,
        period_end=end,
        header=_header(root),
        lines=found,
        total=_text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        corrects=_text(
            root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"
        ),
        attachments=[
            str(each.get("filename") or "attachment")
            for each in root.iterfind(f".//{{{_CBC}}}EmbeddedDocumentBinaryObject")
        ],
    )


def read_stated(content: bytes, *, zone: str) -> tuple[Stated, str]:
    """The same as what an invoice states, and the number of the one it corrects.

    :raises BadLines: naming everything that cannot be read
    :raises BadReport: if it is no such file
    """
    read = read_ubl(content, zone=zone)
    too_long = [
        f"The {HEADER[name]} is longer than {MAX_TEXT} characters."
        for name, text in read.header.items()
        if len(text) > MAX_TEXT
    ]
    for what, text in (("number", read.number), ("corrected number", read.corrects)):
        if len(text) > MAX_NUMBER:
            too_long.append(f"The {what} is longer than {MAX_NUMBER} characters.")
    _refuse(too_long)
    stated = Stated(
        number=read.number,
        invoiced_on=read.invoiced_on,
        period_start=read.period_start,
        period_end=read.period_end,
        header=dict(read.header),
        lines=tuple(read_lines(read.lines)),
        total=read_cents("The total", read.total),
    )
    return stated, read.corrects


def said_of(stated: Stated) -> dict[str, Any]:
    """What an invoice states, by the names that receiving it takes."""
    return {each.name: getattr(stated, each.name) for each in fields(stated)}


def _refuse(errors: list[str]) -> None:
    if errors:
        more = len(errors) - MAX_ERRORS
        last = [f"And {more:,} more defects."] if more > 0 else []
        raise BadLines([*errors[:MAX_ERRORS], *last])


def _parsed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        message = f"An invoice in XML has at most {MAX_BYTES:,} bytes."
        raise BadReport(message)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"The file is no XML: {str(error)[:200]}."
        raise BadReport(message) from error
    if root.getroottree().docinfo.doctype:
        message = "The file declares a document type. Send it without one."
        raise BadReport(message)
    if root.tag != f"{{{INVOICE}}}Invoice":
        message = "The file is no UBL 2.1 invoice. Credits are lines of an invoice."
        raise BadReport(message)
    return root


@functools.cache
def invoice_schema() -> etree.XMLSchema:
    """The schema of a UBL 2.1 invoice; built once, from the files that we carry."""
    with zipfile.ZipFile(_SCHEMAS) as packed:
        files = {Path(name).name: packed.read(name) for name in packed.namelist()}

    class Carried(etree.Resolver):  # type: ignore[misc]
        def resolve(self, url: str, _id: str, context: Any) -> Any:
            return self.resolve_string(files[Path(url).name], context, base_url=url)

    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(Carried())
    main = "UBL-Invoice-2.1.xsd"
    tree = etree.fromstring(files[main], parser, base_url=f"carried:/maindoc/{main}")
    return etree.XMLSchema(tree)


# The rules of EN 16931 ----------------------------------------------------------------


def broken_rules(root: Any) -> Iterator[str]:
    """Every rule of EN 16931 that an invoice breaks, each named, in words.

    They are the arithmetic of the totals and the tax, the currency, the kinds of
    document and attachment. A sale to the Government is outside the scope of the
    value-added tax (category O), so that its tax is nought.
    """
    if _text(root, "cbc:InvoiceTypeCode") not in TYPES:
        kinds = ", ".join(TYPES)
        yield f"BR-04, BT-3: the type of the invoice is one of {kinds}."
    for each in root.iter():
        currency = each.get("currencyID")
        if currency is not None and currency != "USD":
            yield f"BR-CL-03: amounts are in USD, not in {currency[:10]!r}."
            break
    if _text(root, "cbc:DocumentCurrencyCode") != "USD":
        yield "BR-05, BT-5: the currency of the invoice is USD."
    yield from _totals(root)
    yield from _attached(root)


def _totals(root: Any) -> Iterator[str]:
    amounts = [
        _amount(line, "cbc:LineExtensionAmount")
        for line in root.iterfind("cac:InvoiceLine", NAMESPACES)
    ]
    if any(amount is None for amount in amounts):
        yield "BR-24: each line has its net amount in at most two decimals."
        return
    summed = sum((amount for amount in amounts if amount is not None), Decimal(0))
    sums = "cac:LegalMonetaryTotal/cbc:"
    if _amount(root, f"{sums}LineExtensionAmount") != summed:
        yield f"BR-CO-10: the lines sum to {summed:,.2f}, which is another total."
    for name in ("AllowanceTotalAmount", "ChargeTotalAmount", "PrepaidAmount"):
        if _amount(root, f"{sums}{name}"):
            yield f"BR-CO-13: no {name} on the document; state it as a line."
    for allowance in root.iterfind(".//cac:AllowanceCharge", NAMESPACES):
        del allowance
        yield "BR-CO-13: allowances and charges are stated as lines."
        break
    if _amount(root, f"{sums}TaxExclusiveAmount") != summed:
        yield "BR-CO-13: the amount without tax is the sum of the lines."
    yield from _taxes(root)
    if _amount(root, f"{sums}TaxInclusiveAmount") != summed:
        yield "BR-CO-15: the amount with tax is the amount without it, plus 0.00."
    if _amount(root, f"{sums}PayableAmount") != summed:
        yield "BR-CO-16: the payable amount is the amount with tax."


def _taxes(root: Any) -> Iterator[str]:
    taxes = [
        _amount(total, "cbc:TaxAmount")
        for total in root.iterfind("cac:TaxTotal", NAMESPACES)
    ]
    if any(tax is None or tax for tax in taxes):
        yield "BR-O-09: a sale to the Government bears no tax; the tax is 0.00."
    for code in root.iterfind(".//cac:TaxCategory/cbc:ID", NAMESPACES):
        if (code.text or "").strip() not in {"O", "E", "Z"}:
            yield "BR-O-05: the tax category is O, outside the scope of the tax."
            break


def _attached(root: Any) -> Iterator[str]:
    embedded = root.findall(f".//{{{_CBC}}}EmbeddedDocumentBinaryObject")
    if len(embedded) > MAX_ATTACHMENTS:
        yield f"BG-24: at most {MAX_ATTACHMENTS} attachments."
    for each in embedded:
        if each.get("mimeCode") not in MEDIA_TYPES:
            yield f"BR-CL-24: {str(each.get('mimeCode'))[:60]!r} is not attached here."
        try:
            base64.b64decode("".join((each.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            yield "BT-125: an attachment is not in Base64."
    for each in root.iterfind(f".//{{{_CAC}}}ExternalReference", NAMESPACES):
        del each
        yield "BT-124: nothing outside the file is fetched; attach it."
        break


# Reading ------------------------------------------------------------------------------


def _header(root: Any) -> dict[str, str]:
    seller = "cac:AccountingSupplierParty/cac:Party/"
    name = _text(root, f"{seller}cac:PartyLegalEntity/cbc:RegistrationName")
    contact = root.find(f"{seller}cac:Contact", NAMESPACES)
    return {
        "vendor_name": name or _text(root, f"{seller}cac:PartyName/cbc:Name"),
        "vendor_address": _address(root.find(f"{seller}cac:PostalAddress", NAMESPACES)),
        "contract_number": _text(root, "cac:ContractDocumentReference/cbc:ID"),
        "order_number": _text(root, "cac:OrderReference/cbc:ID"),
        "payment_terms": _text(root, "cac:PaymentTerms/cbc:Note"),
        "remit_to": _text(root, "cac:PayeeParty/cac:PartyName/cbc:Name"),
        "defect_contact": ", ".join(
            found
            for tag in ("Name", "Telephone", "ElectronicMail")
            if contact is not None and (found := _text(contact, f"cbc:{tag}"))
        ),
        "tin": _text(root, f"{seller}cac:PartyLegalEntity/cbc:CompanyID"),
    }


def _address(found: Any) -> str:
    """The parts of an address in their order, but the code of the country."""
    if found is None:
        return ""
    return ", ".join(
        text
        for tag in (
            *("StreetName", "AdditionalStreetName", "CityName"),
            *("CountrySubentity", "PostalZone"),
        )
        if (text := _text(found, f"cbc:{tag}"))
    )


def _lines(root: Any, zone: str) -> tuple[list[dict[str, str]], list[str]]:
    whole = _period(root, zone)
    found, errors = [], []
    for number, line in enumerate(root.iterfind("cac:InvoiceLine", NAMESPACES), 1):
        try:
            found.append(_line(line, whole, zone))
        except BadReport as error:
            errors.append(f"Line {number}: {error}")
    return found, errors


def _line(line: Any, whole: tuple[datetime, datetime], zone: str) -> dict[str, str]:
    said = {
        _text(each, "cbc:Name").casefold(): _text(each, "cbc:Value")
        for each in line.iterfind("cac:Item/cac:AdditionalItemProperty", NAMESPACES)
    }
    shared = {
        "clin": _text(line, "cac:OrderLineReference/cbc:LineID"),
        "acrn": _text(line, "cbc:AccountingCost"),
        "amount": _text(line, "cbc:LineExtensionAmount"),
        "description": _text(line, "cac:Item/cbc:Name"),
    }
    if said.get("credit"):
        return {**shared, "credit": said["credit"]}
    has_own = line.find("cac:InvoicePeriod", NAMESPACES) is not None
    start, end = _period(line, zone) if has_own else whole
    shared |= {
        "period_start": start.isoformat(),
        "period_end": end.isoformat(),
        "kind": said.get("kind", ""),
    }
    quantity = _decimal(line, "cbc:InvoicedQuantity")
    price = _decimal(line, "cac:Price/cbc:PriceAmount")
    base = _decimal(line, "cac:Price/cbc:BaseQuantity", Decimal(1))
    if base <= 0:
        message = "BR-28: the price is for a quantity above zero."
        raise BadReport(message)
    if "token class" not in said:
        return {
            **shared,
            "units": format(quantity, "f"),
            "unit_price": _plain(price / base),
        }
    if quantity != quantity.to_integral_value():
        message = "a number of tokens is whole."
        raise BadReport(message)
    return {
        **shared,
        "model": _text(line, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
        "token_class": said["token class"],
        "tier": said.get("tier", ""),
        "tokens": format(quantity.to_integral_value(), "f"),
        "unit_price": _plain(price * PER_MILLION / base),
    }


def _plain(value: Decimal) -> str:
    """Without an exponent, and without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _issued(root: Any) -> date:
    """The day of the invoice; the schema knows years that no calendar here has."""
    try:
        return date.fromisoformat(_text(root, "cbc:IssueDate")[:10])
    except ValueError as error:
        message = "BT-2: the invoice has a plausible day."
        raise BadReport(message) from error


def _period(node: Any, zone: str) -> tuple[datetime, datetime]:
    """A period: whole days of the contract, the last one included, or its instants."""
    found = node.find("cac:InvoicePeriod", NAMESPACES)
    first = _text(found, "cbc:StartDate") if found is not None else ""
    last = _text(found, "cbc:EndDate") if found is not None else ""
    if not first or not last:
        message = "BT-73, BT-74: a period has its first and its last day."
        raise BadReport(message)
    try:
        begin, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
        return (
            in_utc(
                _instant(begin, _text(found, "cbc:StartTime"), zone)
                or day_bounds(begin, zone).start
            ),
            in_utc(
                _instant(end, _text(found, "cbc:EndTime"), zone)
                or day_bounds(end, zone).end
            ),
        )
    except (ValueError, OverflowError, BadPeriod) as error:
        message = "BT-73, BT-74: a period has plausible days."
        raise BadReport(message) from error


def _instant(day: date, said: str, zone: str) -> datetime | None:
    if not said:
        return None
    clock = time.fromisoformat(said)
    instant = datetime.combine(day, clock)
    return instant if instant.tzinfo else instant.replace(tzinfo=zone_of(zone))


def _text(node: Any, path: str) -> str:
    """The text of the first such element without idle space, or nothing."""
    found = node.find(path, NAMESPACES)
    lines = "" if found is None else (found.text or "").strip()
    return "\n".join(" ".join(line.split()) for line in lines.splitlines())


def _decimal(node: Any, path: str, default: Decimal | None = None) -> Decimal:
    text = _text(node, path)
    if not text and default is not None:
        return default
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 17:
        message = f"{path.rpartition(':')[2]} is no decimal number."
        raise BadReport(message)
    return value


def _amount(node: Any, path: str) -> Decimal | None:
    """An amount in whole cents, or ``None`` if it is not there or has more decimals."""
    try:
        value = Decimal(_text(node, path))
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        return None
    return value if value == value.quantize(_CENT) else None
