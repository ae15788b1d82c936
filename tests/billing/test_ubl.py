"""An invoice in UBL 2.1: read strictly, written so that it reads the same again."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as some

from contracting.billing.calculations.plain import plain_lines
from contracting.billing.calculations.reading import BadLines, BadReport
from contracting.billing.calculations.ubl import read_stated, read_ubl
from contracting.billing.calculations.ubl_written import Written, write_ubl
from contracting.billing.models import Invoice
from contracting.billing.queries.written import ubl_of
from tests.builders_billing import HOUR, header_of, invoiced, stated_invoice
from tests.cast import actor, client_for, nothing_happens, submit

ZONE = "America/New_York"
HEADER = {
    "vendor_name": "Meridian Models",
    "vendor_address": "1 Main St, Austin, TX 78701",
    "contract_number": "2032H526D00001",
    "order_number": "2032H526F00001",
    "payment_terms": "Net 30 days",
    "remit_to": "Meridian Models, PO Box 1, Austin, TX 78701",
    "defect_contact": "Ria Meridian, ria.meridian@example.test",
    "tin": "on file, ends 1234",
}
LINE = {
    "clin": "0001",
    "acrn": "AA",
    "model": "gpt-4o-2024-08-06",
    "token_class": "IN_UNCACHED",
    "tier": "STANDARD",
    "kind": "",
    "period_start": "2026-04-01T04:00:00+00:00",
    "period_end": "2026-05-01T04:00:00+00:00",
    "tokens": "650001",
    "unit_price": "2.5",
    "amount": "1.63",
    "description": "Input",
}
CHARGE = {
    "clin": "0002",
    "acrn": "",
    "kind": "CHARGE",
    "period_start": "2026-04-01T04:00:00+00:00",
    "period_end": "2026-05-01T04:00:00+00:00",
    "unit": "MO",
    "units": "1",
    "unit_price": "1200",
    "amount": "1200.00",
    "description": "Support",
}


def written(lines=(LINE, CHARGE), **changed):
    return write_ubl(
        Written(
            **{
                "number": "MM-1",
                "invoiced_on": datetime(2026, 5, 2, tzinfo=UTC).date(),
                "period_start": datetime(2026, 4, 1, 4, tzinfo=UTC),
                "period_end": datetime(2026, 5, 1, 4, tzinfo=UTC),
                "header": HEADER,
                "buyer": "Department of Examples",
                "zone": ZONE,
                **changed,
            }
        ),
        lines,
    )


def changed(old, new, content=None):
    content = written() if content is None else content
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


def test_what_is_written_is_read_again_word_by_word():
    read = read_ubl(written(corrects="MM-0"), zone=ZONE)

    assert (read.number, read.corrects, read.total) == ("MM-1", "MM-0", "1201.63")
    assert read.header == HEADER
    assert read.period_start == datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert read.period_end == datetime(2026, 5, 1, 4, tzinfo=UTC)
    token_line, charge = read.lines
    assert token_line == LINE
    assert charge == {name: text for name, text in CHARGE.items() if name != "unit"}


@settings(max_examples=40, deadline=None)
@given(
    tokens=some.integers(0, 2**53 - 1),
    micro=some.integers(0, 10**9),
    minutes=some.integers(1, 60 * 24 * 40),
)
def test_any_count_price_and_instant_survives(tokens, micro, minutes):
    start = datetime(2026, 3, 1, 5, minutes % 60, tzinfo=UTC)
    price = f"{micro // 10**6}.{micro % 10**6:06d}".rstrip("0").rstrip(".")
    line = {
        **LINE,
        "tokens": str(tokens),
        "unit_price": price,
        "period_start": start.isoformat(),
        "period_end": datetime(2026, 4, 20, 7, minutes % 59, tzinfo=UTC).isoformat(),
    }

    (again,) = read_ubl(written([line]), zone=ZONE).lines
    instants = {
        name: datetime.fromisoformat(again[name])
        for name in ("period_start", "period_end")
    }
    assert (again["tokens"], again["unit_price"]) == (str(tokens), price)
    assert instants == {
        name: datetime.fromisoformat(line[name])
        for name in ("period_start", "period_end")
    }


def test_a_credit_is_a_line_below_zero():
    credit = {
        "credit": "crd_7k2m",
        "clin": "",
        "acrn": "",
        "amount": "-0.63",
        "description": "Dispute",
    }

    read = read_ubl(written([LINE, credit]), zone=ZONE)

    assert read.total == "1.00"
    assert read.lines[1] == credit


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"USD">1.63', '"EUR">1.63', "BR-CL-03"),
        (">1201.63</cbc:PayableAmount", ">1201.64</cbc:PayableAmount", "BR-CO-16"),
        (
            ">1201.63</cbc:LineExtensionAmount",
            ">99.00</cbc:LineExtensionAmount",
            "BR-CO-10",
        ),
        (">0.00</cbc:TaxAmount", ">1.00</cbc:TaxAmount", "BR-O-09"),
        ("<cbc:ID>O</cbc:ID>", "<cbc:ID>S</cbc:ID>", "BR-O-05"),
        (">380<", ">381<", "BR-04"),
        (">1.63</cbc:Line", ">1.634</cbc:Line", "BR-24"),
        (">650001</cbc:Inv", ">650001.5</cbc:Inv", "whole"),
        (">1000000</cbc:Base", ">0</cbc:Base", "BR-28"),
        (">2026-05-02<", ">soon<", "xs:date"),
        ("cac:Item>", "cac:Thing>", "not expected"),
    ],
)
def test_each_broken_rule_is_named(old, new, words):
    with pytest.raises(BadLines, match=words):
        read_ubl(changed(old, new), zone=ZONE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">2026-05-02<", ">-2026-05-02<"),
        (">2026-05-02<", ">12026-05-02<"),
        ("StartDate>2026-04-01<", "StartDate>0001-01-01<"),
        ("StartDate>2026-04-01<", "StartDate>9999-12-31<"),
        ("EndDate>2026-04-30<", "EndDate>9999-12-31<"),
    ],
)
def test_a_day_that_no_calendar_here_has_is_refused_in_words(old, new):
    with pytest.raises(BadReport, match="plausible day"):
        read_ubl(changed(old, new), zone=ZONE)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + written(),
        written().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        changed("cbc:", "b:", changed("xmlns:cbc", "xmlns:b")),
        changed(">MM-1<", "><![CDATA[MM-1]]><!-- ours --><"),
        changed(">2026-05-02<", ">2026-05-02-05:00<"),
    ],
    ids=["byte order mark", "UTF-16", "other prefix", "CDATA", "day with a zone"],
)
def test_the_same_invoice_otherwise_written_is_the_same(content):
    assert read_ubl(content, zone=ZONE) == read_ubl(written(), zone=ZONE)


BOMB = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
LEAK = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [BOMB, LEAK, "<!DOCTYPE l>"])
def test_no_entity_is_ever_expanded_or_fetched(declared):
    content = written().replace(b"?>", f"?>{declared}".encode(), 1)
    content = content.replace(b">MM-1<", b">&a;<" if "ENTITY" in declared else b">M<")

    with pytest.raises(BadReport) as refusal:
        read_ubl(content, zone=ZONE)

    assert "root:" not in str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<a/>",
        b"\xff\xfe\x00",
        b"<" * 1000,
        written()[: 5 * 1024 * 1024] + b" " * (5 * 1024 * 1024),
        b"<Invoice/>",
    ],
    ids=["empty", "json", "other", "bytes", "deep", "large", "no namespace"],
)
def test_what_is_no_invoice_is_refused_in_words(content):
    with pytest.raises(BadReport):
        read_ubl(content, zone=ZONE)


def attached(mime="application/pdf", body=None, times=1):
    body = base64.b64encode(b"%PDF-1.7").decode() if body is None else body
    one = (
        "<cac:AdditionalDocumentReference><cbc:ID>a</cbc:ID><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject mimeCode="{mime}" filename="a.pdf">'
        f"{body}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        "</cac:AdditionalDocumentReference>"
    )
    before = "<cac:AccountingSupplierParty>"
    return changed(before, one * times + before)


def test_attachments_are_bounded_and_of_known_kinds():
    assert read_ubl(attached(), zone=ZONE).attachments == ["a.pdf"]

    for content, words in (
        (attached("application/x-sh"), "BR-CL-24"),
        (attached(times=11), "BG-24"),
        (attached(body="%%%"), "BT-125|base64Binary"),
    ):
        with pytest.raises(BadLines, match=words):
            read_ubl(content, zone=ZONE)


def test_a_text_that_is_too_long_is_named():
    content = changed("MM-1", "M" * 41)

    with pytest.raises(BadLines, match="longer than 40"):
        read_stated(content, zone=ZONE)


# Doors --------------------------------------------------------------------------------


def file_of(order, **more):
    stated = stated_invoice(order)
    return written(
        plain_lines(stated),
        number=stated.number,
        invoiced_on=stated.invoiced_on,
        period_start=HOUR[0],
        period_end=HOUR[1],
        header=header_of(order),
        zone=order.contract.time_zone,
        **more,
    )


def test_a_vendor_uploads_an_invoice_and_both_sides_read_it_again(order, told_the_time):
    browser = client_for(actor("vendor_a_member"))
    page = reverse("billing:receive_invoice_file", args=[order.public_id])
    file = SimpleUploadedFile("invoice.xml", file_of(order), "application/xml")

    answer = submit(browser, page, {"file": file})

    invoice = Invoice.objects.get()
    assert (answer.status_code, answer.url) == (303, invoice.path)
    assert invoice.lines.count() == 4
    download = reverse("billing:invoice_ubl", args=[invoice.public_id])
    for part in ("cor", "vendor_a_member"):
        got = client_for(actor(part)).get(download)
        assert got["Content-Type"] == "application/xml"
        stated, _corrects = read_stated(got.content, zone=order.contract.time_zone)
        mine = stated_invoice(order)
        assert (stated.number, stated.total) == (mine.number, mine.total)
        assert [(each.tokens, each.unit_price) for _, each in stated.numbered] == [
            (each.tokens, each.unit_price) for _, each in mine.numbered
        ]
    assert client_for(actor("vendor_b_signer")).get(download).status_code == 404


def test_every_broken_rule_is_told_on_the_page(order, told_the_time):
    browser = client_for(actor("vendor_a_member"))
    page = reverse("billing:receive_invoice_file", args=[order.public_id])
    wrong = file_of(order).replace(b">0.00</cbc:TaxAmount", b">2.00</cbc:TaxAmount")

    with nothing_happens():
        file = SimpleUploadedFile("invoice.xml", wrong, "application/xml")
        answer = submit(browser, page, {"file": file})

    assert answer.status_code == 422
    assert "BR-O-09" in answer.content.decode()


def test_an_invoice_by_form_is_written_as_a_file(order):
    invoice = invoiced(order)

    stated, _ = read_stated(ubl_of(invoice), zone=order.contract.time_zone)

    assert [(line.tokens, line.amount) for _, line in stated.numbered] == [
        (line.tokens, line.amount) for _, line in stated_invoice(order).numbered
    ]
