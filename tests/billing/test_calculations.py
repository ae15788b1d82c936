"""Reading reports and invoices on values alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from contracting.billing.calculations import (
    BadLines,
    BadReport,
    PriceInForce,
    Stated,
    StatedLine,
    as_report,
    of_two_prices,
    read_cents,
    read_invoice_file,
    read_lines,
    read_report,
)
from contracting.core.quantities import Dollars, UnitPrice, total_dollars
from tests.builders_billing import CALLS, HOUR, MODEL, report_csv, stated

ROW = {
    "clin": "0001",
    "model": MODEL,
    "token_class": "OUT_TEXT",
    "period_start": HOUR[0].isoformat(),
    "period_end": HOUR[1].isoformat(),
    "tokens": 625,
    "unit_price": "8",
    "amount": "0.01",
}


def test_a_report_is_read_as_it_was_written():
    rows = read_report(report_csv())

    assert [(row.request_id, row.attempt) for row in rows][:1] == [("r-1", 1)]
    assert sum(row.tokens for row in rows) == 862_350


def test_a_report_in_json_reads_the_same_as_in_csv():
    rows = [
        {
            "request_id": call.request,
            "attempt": call.attempt,
            "occurred_at": call.at.isoformat(),
            "model": MODEL,
            "class": code,
            "tier": "STANDARD",
            "tokens": tokens,
        }
        for call in CALLS
        for code, tokens in call.tokens.items()
    ]

    assert read_report(as_report(rows)) == read_report(report_csv())


def test_short_names_of_classes_are_understood():
    short = (
        report_csv().replace(b"IN_UNCACHED", b"input").replace(b"OUT_TEXT", b"output")
    )

    assert read_report(short) == read_report(report_csv())


def test_an_instant_is_kept_in_utc():
    local = report_csv().replace(b"T14:05:00+00:00", b"T10:05:00-04:00")

    assert read_report(local) == read_report(report_csv())


@pytest.mark.parametrize(
    "instant", [b"9999-12-31T23:59:59-23:59", b"yesterday", b"2026-02-30T00:00:00Z"]
)
def test_an_instant_that_is_none_is_refused(instant):
    with pytest.raises(BadReport, match="occurred_at"):
        read_report(report_csv().replace(b"2026-04-20T14:05:00+00:00", instant, 1))


@pytest.mark.parametrize("as_file", [[ROW], {"lines": [ROW]}])
def test_lines_are_read_from_json(as_file):
    (line,) = read_lines(read_invoice_file(json.dumps(as_file).encode()))

    assert isinstance(line, StatedLine)
    assert (line.tokens, line.amount, line.tier) == (625, Dollars("0.01"), "STANDARD")
    assert line.unit_price == UnitPrice("8")


def test_lines_are_read_from_csv():
    names = ",".join(ROW)
    values = ",".join(str(value) for value in ROW.values())

    assert read_lines(read_invoice_file(f"{names}\n{values}\n".encode())) == read_lines(
        [ROW]
    )


def test_a_report_without_a_row_says_that_nothing_was_counted():
    assert read_report(report_csv([])) == []


def test_every_row_that_cannot_be_read_is_named_up_to_a_bound():
    row = b"r,x,2026-04-20T14:05:00Z,m,OUT_TEXT,STANDARD,1\n"
    head = report_csv([])

    with pytest.raises(BadLines) as few:
        read_report(head + row * 3)
    with pytest.raises(BadLines) as many:
        read_report(head + row * 500)

    assert [each[:5] for each in few.value.errors] == ["Row 1", "Row 2", "Row 3"]
    assert len(many.value.errors) == 51
    assert many.value.errors[-1] == "And 450 more rows cannot be read."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[{"clin": "1", "clin": "2"}]', "twice"),
        (b'[{"clin": "\\ud800"}]', "half of a character"),
        (b'[{"clin": NaN}]', "no number"),
        (b'[{"price_of_unit": "1"}]', "Unknown fields: price_of_unit"),
        (b'{"lines": [], "discount": "1"}', "Unknown fields: discount"),
    ],
)
def test_json_that_would_be_read_otherwise_than_meant_is_refused(content, words):
    with pytest.raises(BadReport, match=words):
        read_invoice_file(content)


@pytest.mark.parametrize(
    "content", [b"[1]", b'{"rows": []}', b"[", b"a,b\n1,2\n", b"\xff", b"[" * 100_000]
)
def test_a_file_that_holds_no_lines_is_refused(content):
    with pytest.raises(BadReport):
        read_invoice_file(content)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"token_class": "GOLD"}, "no such token class"),
        ({"tier": "EXPRESS"}, "no such tier"),
        ({"tokens": "-1"}, "tokens is no whole number"),
        ({"tokens": "1.5"}, "tokens is no whole number"),
        ({"unit_price": "0.0000001"}, "unit price"),
        ({"unit_price": "-1"}, "unit price"),
        ({"unit_price": "1e9"}, "unit price"),
        ({"unit_price": "NaN"}, "unit price"),
        ({"amount": "0.005"}, "amount"),
        ({"amount": "1e999999"}, "amount"),
        ({"amount": "-0.01"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"period_end": "2026-04-20T15:00:00"}, "period_end"),
        ({"description": "bell \x07"}, "description"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(changed, words):
    with pytest.raises(BadLines) as error:
        read_lines([ROW, {**ROW, **changed}])

    (sentence,) = error.value.errors
    assert sentence.startswith("Line 2: ")
    assert words in sentence


def test_every_line_that_cannot_be_read_is_named():
    with pytest.raises(BadLines) as error:
        read_lines([{**ROW, "tokens": "x"}, ROW, {**ROW, "tier": "x"}])

    assert [each[:7] for each in error.value.errors] == ["Line 1:", "Line 3:"]


def test_a_total_is_in_whole_cents():
    assert read_cents("The total", "2.09") == Dollars("2.09")
    with pytest.raises(BadReport, match="The total"):
        read_cents("The total", "2.095")


def test_a_line_does_not_reach_over_a_change_of_price():
    half = HOUR[0] + timedelta(minutes=30)
    line = stated("OUT_TEXT", 1_000)
    prices = {
        ("0001", MODEL, "OUT_TEXT", "STANDARD"): [
            PriceInForce("0001AA", HOUR[0], half, UnitPrice("8")),
            PriceInForce("0001AA", half, None, UnitPrice("7")),
        ]
    }

    (refusal,) = of_two_prices(_invoice(line), prices)
    before = replace(line, period_end=half)
    after = replace(line, period_start=half)

    assert refusal.rule == "R-INV-04"
    assert list(of_two_prices(_invoice(before, after), prices)) == []


def _invoice(*lines):
    return Stated(
        number="1",
        invoiced_on=HOUR[0].date(),
        period_start=HOUR[0],
        period_end=HOUR[1],
        header={},
        lines=lines,
        total=total_dollars(line.amount for line in lines),
    )
