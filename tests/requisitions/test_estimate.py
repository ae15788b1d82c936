"""The workload is estimated in tokens and priced at public list at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Tokens
from contracting.requisitions.calculations import RowDraft, fold_months
from contracting.requisitions.models import EstimateRow, IndependentEstimate
from contracting.requisitions.operations.estimate import estimate_workload
from contracting.requisitions.queries import latest_estimate, rows_of
from contracting.requisitions.refusals import EstimateInvalid, ListPriceMissing
from tests.builders import (
    drafted_requisition,
    list_prices,
    row,
    submitted_requisition,
)
from tests.cast import nothing_happens


@pytest.fixture
def requisition(db, at):
    list_prices(at)
    return drafted_requisition(at)


def estimate(requisition, rows, by, at, seen_version=None):
    return estimate_workload(
        requisition_id=requisition.pk,
        rows=rows,
        by=by,
        at=at,
        seen_version=seen_version or requisition.version,
    )


def test_an_estimate_is_priced_exactly_at_public_list(requisition, program_manager, at):
    # When a program manager expects 18 M uncached input and 246 k output tokens
    rows = [row("IN_UNCACHED", 18_059_974), row("OUT_TEXT", 245_896)]
    done = estimate(requisition, rows, program_manager, at)

    # Then it costs what they cost at $2.50 and $10.00 per million, to the last digit
    saved = latest_estimate(done)
    assert saved is not None
    assert saved.p50_dollars == Decimal("47.608895")
    assert saved.p90_dollars == 2 * saved.p50_dollars
    assert saved.rows[0]["p50_dollars"] == "45.149935"
    assert saved.rows[1]["usd_per_million_tokens"] == "10.000000"
    assert saved.version == done.version == 2
    assert "catalogue release" in saved.price_source
    event = AuditEvent.objects.get(event="requisitions.requisition.workload_estimated")
    assert '"p50_dollars":"47.608895"' in event.payload


def test_a_new_estimate_replaces_the_rows_and_keeps_the_old_paper(
    requisition, program_manager, at
):
    first = estimate(requisition, [row("IN_UNCACHED", 10)], program_manager, at)
    before = first.content_sha256
    second = estimate(first, [row("OUT_TEXT", 20)], program_manager, at)

    assert [each.token_class.code for each in rows_of(second)] == ["OUT_TEXT"]
    assert IndependentEstimate.objects.count() == 2
    assert second.version == 3
    assert second.content_sha256 != before


def test_a_missing_list_price_is_named_and_never_counted_as_zero(
    requisition, program_manager, at
):
    # Given a class of which no list knows a price
    rows = [row("IN_UNCACHED", 10), row("FT_TRAIN", 10)]

    # When it is estimated, then the whole is refused, naming it
    with nothing_happens(), pytest.raises(ListPriceMissing) as refusal:
        estimate(requisition, rows, program_manager, at)
    assert refusal.value.data["missing"] == ["gpt-4o-2024-08-06 FT_TRAIN"]


def test_prices_that_were_not_known_on_the_day_do_not_count(program_manager, at):
    # Given a need, and no import of list prices before it
    requisition = drafted_requisition(at)

    with nothing_happens(), pytest.raises(ListPriceMissing):
        estimate(requisition, [row("IN_UNCACHED", 10)], program_manager, at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"p10": Tokens(11)},
        {"p90": Tokens(9)},
        {"p10": Tokens(-1)},
        {"month": date(2026, 4, 2)},
    ],
)
def test_rows_that_cannot_be_right_are_refused(requisition, program_manager, at, wrong):
    sound = row("IN_UNCACHED", 10)
    values = {name: getattr(sound, name) for name in RowDraft.__slots__}

    with nothing_happens(), pytest.raises(EstimateInvalid):
        estimate(requisition, [RowDraft(**{**values, **wrong})], program_manager, at)


def test_a_class_stands_once_in_a_month(requisition, program_manager, at):
    rows = [row("IN_UNCACHED", 10), row("IN_UNCACHED", 20)]

    with nothing_happens(), pytest.raises(EstimateInvalid):
        estimate(requisition, rows, program_manager, at)


def test_an_estimate_of_nothing_is_refused(requisition, program_manager, at):
    with nothing_happens(), pytest.raises(EstimateInvalid):
        estimate(requisition, [], program_manager, at)


def test_an_estimate_is_saved_on_the_version_that_was_read(
    requisition, program_manager, at
):
    with nothing_happens(), pytest.raises(Stale):
        estimate(requisition, [row("OUT_TEXT", 1)], program_manager, at, seen_version=7)


def test_a_submitted_requisition_is_estimated_no_more(program_manager, at):
    requisition = submitted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        estimate(requisition, [row("OUT_TEXT", 1)], program_manager, at)


def test_an_outsider_estimates_nothing(requisition, other_agency_officer, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        estimate(requisition, [row("OUT_TEXT", 1)], other_agency_officer, at)


def test_equal_months_are_shown_as_one_row(requisition, program_manager, at):
    months = [date(2026, month, 1) for month in (11, 12)] + [date(2027, 1, 1)]
    rows = [row("OUT_TEXT", 10, month) for month in months]
    done = estimate(
        requisition, [*rows, row("OUT_TEXT", 20, date(2027, 2, 1))], program_manager, at
    )

    folded = fold_months(rows_of(done))
    assert [(each["month"], each["months"]) for each in folded] == [
        (date(2026, 11, 1), 3),
        (date(2027, 2, 1), 1),
    ]


def test_the_database_keeps_an_independent_estimate_as_it_was(
    requisition, program_manager, at
):
    estimate(requisition, [row("OUT_TEXT", 10)], program_manager, at)

    with pytest.raises(DatabaseError), transaction.atomic():
        IndependentEstimate.objects.update(p50_dollars=0)
    assert EstimateRow.objects.count() == 1
