"""The reconciliation statement as paper: three counts, the steps, and what agrees."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.billing.models import Invoice
from contracting.core.errors import NotAllowed
from contracting.documents import paperwork as sheets
from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.queries import findings_of_invoice
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COUNTS,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
)
from tests.cast import actor, nothing_happens
from tests.documents.papers import (
    read,
    readers_of,
    sheet_of,
    squeezed,
    text_of,
    words_on,
)

STRANGER = Call("r-9", {"OUT_TEXT": 100_000}, minute=7)
PARTS = ("cor", "auditor", "vendor_a_member", "vendor_b_signer", "other_agency_officer")


@pytest.fixture
def differing(order) -> Invoice:
    """An invoice that bills what the vendor reports and our meter does not know."""
    reported(order, [*CALLS, STRANGER])
    counts = {**COUNTS, "OUT_TEXT": COUNTS["OUT_TEXT"] + 100_000}
    return invoiced(order, lines_of(counts))


def accepted(invoice, by="cor"):
    return accept_usage(invoice_id=invoice.pk, by=actor(by), at=ACCEPTED_AT)


def paper_of(kind="reconciliation") -> Document:
    return Document.objects.get(kind=kind)


def elements(node):
    """Every element of the structure of a PDF."""
    node = node.get_object()
    if not isinstance(node, dict):
        return
    yield node
    below = node.get("/K", [])
    for each in below if isinstance(below, list) else [below]:
        if not isinstance(each, int):
            yield from elements(each)


def amounts(rows, key="amount") -> list[Decimal]:
    return [Decimal(row[key]) for row in rows]


def test_the_steps_lead_from_the_invoice_to_the_meter(order, differing):
    # Given an invoice that differs from the meter, compared
    run = compared(order, differing)
    acceptance = accepted(differing)

    # Then the statement leads from one to the other, to the last digit
    context = paper_of().context
    steps = context["waterfall"]
    assert Decimal(steps[0]["amount"]) == differing.total_dollars
    assert Decimal(steps[-1]["amount"]) == run.a_dollars
    assert sum(amounts(steps)[:-1]) == amounts(steps)[-1]
    assert amounts(steps, "leaves")[-1] == run.a_dollars

    # And every discrepancy stands with its amount, beside tolerance, report and hashes
    found = list(findings_of_invoice(differing))
    assert amounts(context["findings"]) == [each.amount_dollars for each in found]
    assert context["tolerances"][0]["measure"] == "per line and day"
    assert len(context["reports"]) == 1
    words = words_on(paper_of())
    for said in (run.inputs_sha256, run.result_sha256, run.number):
        assert squeezed(said) in words
    assert squeezed("Accepted by") in words

    # And the receiving report pays what is accepted, to the cent
    report = paper_of("receiving_report").context
    assert sum(amounts(report["accepted"])) == acceptance.accepted_dollars
    assert Decimal(report["totals"]["accepted"]["amount"]) == (
        acceptance.accepted_dollars
    )
    assert run.number in report["blocks"]["22"]


def test_it_is_printed_with_a_drawing_that_can_be_read_aloud(order, differing):
    compared(order, differing)
    accepted(differing)

    pdf = rendering.render(sheet_of(paper_of()))

    words = squeezed(text_of(pdf))
    assert squeezed("Why they differ") in words
    alts = [
        str(each["/Alt"])
        for each in elements(read(pdf).trailer["/Root"]["/StructTreeRoot"])
        if each.get("/S") == "/Figure"
    ]
    (alt,) = alts
    assert alt.startswith(f"Bar chart: from invoiced ${differing.total_dollars}")
    assert readers_of(paper_of(), *PARTS) == set(PARTS[:3])


def test_what_is_refused_leaves_no_statement(order, invoice):
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NotAllowed):
        accepted(invoice, by="vendor_a_signer")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.decimals("-9999.999999", "9999.999999", places=6, allow_nan=False),
        max_size=6,
    ),
    st.decimals("0", "99999.99", places=2, allow_nan=False),
)
def test_a_statement_is_drawn_exactly_where_its_steps_add_up(steps, start):
    end = start + sum(steps, Decimal(0))
    rows = [
        {"step": name, "amount": str(amount)}
        for name, amount in [("Invoiced", start), *(("x", s) for s in steps)]
    ]

    drawn = sheets.laid_out("reconciliation", {"waterfall": [*rows, _end(end)]})
    off = sheets.laid_out(
        "reconciliation", {"waterfall": [*rows, _end(end + Decimal("0.000001"))]}
    )

    assert drawn["drawing"]["svg"].count("<rect") == len(steps) + 2
    assert off["drawing"] == {}


def _end(amount: Decimal) -> dict[str, str]:
    return {"step": "Metered", "amount": str(amount)}
