"""Meter, report and invoice are compared, and every difference is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.metering.operations.correct import correct_usage
from contracting.reconciliation import queries
from contracting.reconciliation.models import Finding, ReconciliationRun
from contracting.reconciliation.refusals import NothingToReconcile
from contracting.reconciliation.states import FindingState
from contracting.reference.models import Rule
from tests.builders_billing import (
    CALLS,
    COMPARED_AT,
    COUNTS,
    HOUR,
    INVOICED_AT,
    MODEL,
    OVERDUE_AT,
    REPORTED_AT,
    Call,
    compared,
    invoiced,
    lines_of,
    report_csv,
    reported,
    stated,
    used,
)
from tests.builders_metering import usage_source
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import issued_order
from tests.cast import actor, membership, nothing_happens

LATER = COMPARED_AT + timedelta(days=1)


def found(order):
    """Every discrepancy of the order: its kind, its tokens and its exact amount."""
    rows = Finding.objects.filter(order=order).order_by("pk")
    return [(row.code, row.tokens, Dollars(row.amount_dollars)) for row in rows]


def states(order):
    rows = Finding.objects.filter(order=order).order_by("pk")
    return [row.state for row in rows]


def test_three_equal_views_have_no_difference(order, invoice):
    run = compared(order, invoice)

    assert (run.a_tokens, run.b_tokens, run.c_tokens) == (862_350,) * 3
    assert all(cell.agrees for cell in run.cells.all())
    assert found(order) == []


@pytest.mark.rule("R-REC-05", case="allowed")
def test_the_same_inputs_give_the_same_result(order, invoice):
    first = compared(order, invoice)
    again = compared(order, invoice, at=LATER, by=actor("cor"))

    assert again.pk != first.pk
    assert again.inputs_sha256 == first.inputs_sha256
    assert again.result_sha256 == first.result_sha256


@pytest.mark.rule("R-REC-05", case="refused", held_by="arithmetic")
def test_other_inputs_are_another_comparison(order, invoice):
    first = compared(order, invoice)
    used(order, [Call("r-9", {"OUT_TEXT": 1})], at=COMPARED_AT)

    again = compared(order, invoice, at=LATER)

    assert again.inputs_sha256 != first.inputs_sha256
    assert again.result_sha256 != first.result_sha256


@pytest.mark.rule("R-REC-05", case="refused", held_by="arithmetic")
def test_another_version_of_the_contract_is_another_comparison(order, invoice):
    # Given a comparison, and that both sides sign a tolerance thereafter
    first = compared(order, invoice)
    issued_contract_modification(
        on=order.contract, terms={"tolerance_percent": Decimal("0.5")}, at=LATER
    )

    # When the same rows are compared under it
    again = compared(order, invoice, at=LATER)

    # Then it is another comparison, and the first one repeats by what held then
    assert again.inputs_sha256 != first.inputs_sha256
    assert again.result_sha256 != first.result_sha256
    for run in (first, again):
        repeated = queries.compared_again(run)
        assert repeated == (run.inputs_sha256, run.result_sha256)


def test_a_result_names_the_wording_of_the_rules_that_held(order, invoice):
    first = compared(order, invoice)
    days = accounting_day(LATER, order.contract.time_zone)
    Rule.objects.filter(rule_id="R-REC-02").update(valid_to=days - timedelta(days=1))
    Rule.objects.create(
        rule_id="R-REC-02",
        sentence="What is tolerated is capped.",
        lift="Sign another cap.",
        citation="The contract",
        regime="CONTRACT",
        valid_from=days,
    )

    again = compared(order, invoice, at=LATER)

    assert again.result_sha256 != first.result_sha256
    assert queries.compared_again(first)[1] == first.result_sha256


@pytest.mark.rule("R-REC-04", case="allowed")
def test_a_difference_has_its_code_owner_due_date_and_evidence(order):
    # Given a call that the vendor lists twice
    reported(order, [*CALLS, CALLS[1]])

    # When the order is compared on Monday night
    compared(order)

    # Then the designated representative answers for it within five business days
    finding = Finding.objects.get(order=order)
    assert (finding.code, finding.state) == ("DUPLICATE", FindingState.OPEN)
    assert finding.owner == membership(actor("cor"))
    assert finding.due_on == date(2026, 5, 4)
    assert finding.tokens == 270_001
    assert Dollars(finding.amount_dollars) == Dollars("0.660008")
    assert finding.evidence["keys"] == [
        ["r-2", 2, "IN_UNCACHED", 250_000],
        ["r-2", 2, "OUT_TEXT", 20_001],
    ]


def test_the_same_difference_found_again_is_the_same_finding(order):
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    compared(order, at=LATER)
    counts = {**COUNTS, "IN_UNCACHED": 900_001, "OUT_TEXT": 90_005}
    compared(order, invoiced(order, lines_of(counts)), at=LATER)

    assert [code for code, *_ in found(order)] == ["DUPLICATE"]
    assert ReconciliationRun.objects.count() == 3


def test_a_failed_attempt_that_is_billed_is_a_retry(order):
    failed = replace(CALLS[1], attempt=1, tokens={"IN_UNCACHED": 250_000})
    reported(order, [*CALLS, failed])

    compared(order)

    assert found(order) == [("RETRY", 250_000, Dollars("0.5"))]


def test_what_only_one_side_knows_is_missing_on_the_other(order):
    stranger = Call("r-9", {"OUT_TEXT": 1_000})
    reported(order, [CALLS[0], CALLS[1], stranger])

    compared(order)

    assert found(order) == [
        ("MISSING_A", 1_000, Dollars("0.008")),
        ("MISSING_B", -42_345, Dollars("-0.12876")),
    ]


def test_an_invoice_at_another_price_differs_by_the_price(order):
    reported(order)
    lines = [*lines_of(COUNTS)[:3], stated("OUT_REASONING", 12_345, price="8.50")]
    invoice = invoiced(order, lines)

    compared(order, invoice)

    assert found(order) == [("RATE", 12_345, Dollars("0.0061725"))]


def test_cached_input_at_the_full_price_is_one_finding(order):
    reported(order)
    counts = {**COUNTS, "IN_UNCACHED": 780_001}
    del counts["IN_CACHE_READ"]
    invoice = invoiced(order, lines_of(counts))

    compared(order, invoice)

    assert found(order) == [("CACHE", 130_000, Dollars("0.13"))]


def test_more_on_the_invoice_than_was_reported_is_a_difference(order):
    reported(order)
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 70_005}))

    compared(order, invoice)

    assert found(order) == [("QTY", 1, Dollars("0.000008"))]


def test_a_report_that_is_due_and_has_not_come_is_late_and_closes_when_it_comes(order):
    # Given usage whose report was due on Thursday
    compared(order, at=REPORTED_AT)
    assert found(order) == []
    compared(order, at=OVERDUE_AT)
    assert found(order) == [("LATE_REPORT", 862_350, Dollars("2.088794"))]
    assert states(order) == [FindingState.OPEN]

    # When it comes after all
    reported(order, at=OVERDUE_AT + timedelta(hours=1))
    compared(order)

    # Then the same finding is closed and still listed
    assert len(found(order)) == 1
    assert states(order) == [FindingState.RESOLVED]
    assert Finding.objects.get().resolution.code == "arrived"


def test_usage_that_is_delivered_later_explains_what_was_missing(order):
    # Given a call in the report that our meter does not have yet
    late = Call("r-9", {"OUT_TEXT": 1_000}, minute=50)
    reported(order, [*CALLS, late])
    compared(order)
    assert [code for code, *_ in found(order)] == ["MISSING_A"]

    # When the gateway delivers it
    used(order, [late], at=COMPARED_AT)
    compared(order, at=LATER)

    # Then the discrepancy closes by itself and stays on record
    assert states(order) == [FindingState.RESOLVED]
    assert Finding.objects.get().resolution.code == "explained"


def test_a_difference_that_grows_is_found_anew_and_counted_once(order):
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    reported(order, [CALLS[2]], label="R-2", at=COMPARED_AT)

    compared(order, at=LATER)

    assert [(code, tokens) for code, tokens, _ in found(order)] == [
        ("DUPLICATE", 270_001),
        ("DUPLICATE", 312_346),
    ]
    assert states(order) == [FindingState.RESOLVED, FindingState.OPEN]


def test_what_was_found_on_an_invoice_closes_when_it_is_withdrawn(order):
    reported(order)
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 70_005}))
    compared(order, invoice)
    withdraw_invoice(invoice_id=invoice.pk, by=actor("vendor_a_signer"), at=COMPARED_AT)

    compared(order, at=LATER)

    assert Finding.objects.get().resolution.code == "withdrawn"


def test_the_same_error_on_another_invoice_is_another_finding(order):
    # Given an error on an invoice that the vendor takes back
    reported(order)
    wrong = lines_of({**COUNTS, "OUT_TEXT": 70_005})
    first = invoiced(order, wrong)
    compared(order, first)
    withdraw_invoice(invoice_id=first.pk, by=actor("vendor_a_signer"), at=COMPARED_AT)

    # When the same error comes again
    compared(order, invoiced(order, wrong, number="MM-2604-002"), at=LATER)

    # Then it is open again, whatever became of the first one
    assert [code for code, *_ in found(order)] == ["QTY", "QTY"]
    assert states(order) == [FindingState.RESOLVED, FindingState.OPEN]


def test_a_difference_that_was_explained_and_comes_back_is_found_again(order):
    # Given a difference that a correction brought and another one took away
    reported(order)
    for number, change in enumerate((-3, 3, -3), start=1):
        correct_usage(
            source_id=usage_source().pk,
            event_id="call-r-1-1",
            correction_id=f"r-1-1-correction-{number}",
            changes={"OUT_TEXT": change},
            reason="The stream was cut.",
            by=actor("cor"),
            at=INVOICED_AT + timedelta(minutes=number),
        )
        compared(order, at=COMPARED_AT + timedelta(days=number))

    # Then its return is a second occurrence, and no old closure hides it
    rows = Finding.objects.filter(order=order).order_by("pk")
    assert [(row.code, row.tokens, row.occurrence) for row in rows] == [
        ("QTY", 3, 1),
        ("QTY", 3, 2),
    ]
    assert states(order) == [FindingState.RESOLVED, FindingState.OPEN]


def test_a_known_call_under_an_unknown_model_is_an_alias(order):
    wrong = report_csv().replace(MODEL.encode(), b"model-nobody-knows")
    reported(order, content=wrong)

    compared(order)

    assert found(order) == [("MODEL_ALIAS", 862_350, Dollars())]
    assert Finding.objects.get().evidence["reported_as"] == (
        "model-nobody-knows STANDARD"
    )


def test_a_call_on_either_side_of_midnight_is_the_same_call(order):
    # Given a call that the vendor's clock puts on the day after ours
    minutes = 60 * 24
    while True:
        midnight = HOUR[0] + timedelta(minutes=minutes)
        if midnight.astimezone(ZoneInfo(order.contract.time_zone)).hour == 0:
            break
        minutes -= 1
    night = Call("r-9", {"OUT_TEXT": 1_000}, minute=minutes - 1)
    while accounting_day(night.at, order.contract.time_zone) != accounting_day(
        HOUR[0], order.contract.time_zone
    ):
        night = replace(night, minute=night.minute - 1)
    late = replace(night, minute=night.minute + 2)
    used(order, [night], at=COMPARED_AT)
    reported(
        order, [*CALLS, late], period_end=late.at + timedelta(hours=1), at=OVERDUE_AT
    )

    # When one invoice of our day is compared, and the whole order
    compared(order, invoiced(order))
    compared(order, at=LATER)

    # Then nothing is missing on either side
    assert [code for code, *_ in found(order) if code.startswith("MISSING")] == []


def test_a_corrected_report_is_no_list_of_copies(order):
    # Given a report that lists a call twice
    reported(order, [*CALLS, CALLS[1]])
    compared(order)

    # When the vendor corrects it
    reported(order, label="R-2", supersedes="R-1", at=COMPARED_AT)
    compared(order, at=LATER)

    # Then meter and report agree
    assert [code for code, *_ in found(order)] == ["DUPLICATE"]
    assert states(order) == [FindingState.RESOLVED]


def test_a_corrected_call_agrees_with_a_report_of_the_right_count(order):
    # Given a call that the gateway counted too high, and corrects a week later
    source = usage_source()
    correct_usage(
        source_id=source.pk,
        event_id="call-r-1-1",
        correction_id="r-1-1-correction",
        changes={"OUT_TEXT": -3},
        reason="The stream was cut.",
        by=actor("cor"),
        at=INVOICED_AT,
    )
    right = replace(CALLS[0], tokens={**CALLS[0].tokens, "OUT_TEXT": 50_000})

    # When the vendor reports the right count
    reported(order, [right, *CALLS[1:]])
    run = compared(order)

    # Then the call agrees on the day on which it was made
    assert found(order) == []
    assert run.a_tokens == run.b_tokens == 862_347


def test_usage_beyond_the_funds_is_a_finding(order):
    # Given funds of $40 under a ceiling of $60; ten million tokens of text cost $80
    used(order, [Call("r-9", {"OUT_TEXT": 10_000_000}, minute=50)], at=COMPARED_AT)

    compared(order, at=REPORTED_AT)

    # Then what lies beyond the ceiling is named by it, and the rest by the funds
    assert found(order) == [
        ("OVER_CEILING", 0, Dollars("22.088794")),
        ("UNFUNDED", 5_261_100, Dollars("20.000006")),
    ]


def test_an_order_without_usage_has_nothing_to_compare(signed, db):
    untouched = issued_order()

    with nothing_happens(), pytest.raises(NothingToReconcile):
        compared(untouched, at=HOUR[1])


@pytest.mark.parametrize("part", ["cor", "contracting_officer"])
def test_people_of_the_agency_may_compare(order, part):
    assert compared(order, by=actor(part)).ran_by == actor(part).name


@pytest.mark.parametrize(
    "outsider", ["other_agency_officer", "vendor_a_signer", "program_manager"]
)
def test_nobody_else_compares(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        compared(order, by=actor(outsider))
