"""An estimate is built from calls a day and tokens per call."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from contracting.audit.models import AuditEvent
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed, Stale
from contracting.requisitions.calculations import content
from contracting.requisitions.models import EstimateRow, WorkloadRow
from contracting.requisitions.operations.build import build_estimate
from contracting.requisitions.operations.estimate import estimate_workload
from contracting.requisitions.queries import (
    latest_estimate,
    rows_of,
    swings_of,
    workload_of,
)
from contracting.requisitions.refusals import (
    EstimateInvalid,
    ListPriceMissing,
    WorkloadInvalid,
)
from tests.builders import (
    built_requisition,
    chat,
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


def build(requisition, workload, by, at, seen_version=None):
    return build_estimate(
        requisition_id=requisition.pk,
        workload=workload,
        by=by,
        at=at,
        seen_version=seen_version or requisition.version,
    )


def test_workloads_become_tokens_and_dollars_at_public_list(
    requisition, program_manager, at
):
    # When a program manager describes a chat assistant in April and May
    done = build(requisition, [chat()], program_manager, at)

    # Then 200 calls × 30 days, and × 31 days × 1.1, have their tokens in each class
    assert {
        (each.token_class.code, each.month.month): each.p50_tokens
        for each in rows_of(done)
    } == {
        ("IN_UNCACHED", 4): 9_000_000,
        ("IN_UNCACHED", 5): 10_230_000,
        ("IN_CACHE_READ", 4): 18_000_000,
        ("IN_CACHE_READ", 5): 20_460_000,
        ("OUT_TEXT", 4): 2_100_000,
        ("OUT_TEXT", 5): 2_387_000,
    }

    # And 19.23 M at $2.50, 38.46 M at $1.25 and 4.487 M at $10.00 cost $141.02
    saved = latest_estimate(done)
    assert saved is not None
    assert saved.p50_dollars == Decimal("141.02")
    assert (saved.p10_dollars, saved.p90_dollars) == (
        Decimal("70.51"),
        Decimal("282.04"),
    )
    assert saved.version == done.version == 2
    event = AuditEvent.objects.get(event="requisitions.requisition.estimate_built")
    assert '"p50_dollars":"141.02"' in event.payload
    assert '"workloads":1' in event.payload


def test_what_was_typed_is_kept_and_is_part_of_the_content(
    requisition, program_manager, at
):
    # Given two workloads that come to the same tokens
    one = build(requisition, [chat()], program_manager, at)
    first = one.content_sha256
    two = build(one, [chat(name="Another name")], program_manager, at)

    # Then each version has its own rows, and its own hash
    assert [each.name for each in workload_of(two)] == ["Another name"]
    assert WorkloadRow.objects.count() == 2
    assert two.content_sha256 != first
    assert two.content_sha256 == content_sha256(content(two))


def test_an_estimate_typed_by_the_month_has_no_workload(program_manager, at):
    # Given an estimate that was built
    built = built_requisition(at)

    # When another is typed in tokens a month
    typed = estimate_workload(
        requisition_id=built.pk,
        rows=[row("OUT_TEXT", 10)],
        by=program_manager,
        at=at,
        seen_version=built.version,
    )

    # Then it is the one in force; what was typed before is kept with its version
    assert workload_of(typed) == []
    assert "workload" not in content(typed)
    assert swings_of(workload_of(typed), latest_estimate(typed)) == []
    assert WorkloadRow.objects.get().version == 2


def test_the_total_hangs_most_on_the_calls(requisition, program_manager, at):
    done = build(requisition, [chat()], program_manager, at)

    swings = swings_of(workload_of(done), latest_estimate(done))

    # P10 is half of the calls and P90 twice as many
    assert swings[0].what == "calls a day"
    assert (swings[0].low.amount, swings[0].high.amount) == (
        Decimal("-70.51"),
        Decimal("141.02"),
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"calls_p10": -1}, "calls_p10"),
        ({"calls_p10": 201}, "calls_p50"),
        ({"calls_p90": 199}, "calls_p90"),
        ({"calls_p10": 0, "calls_p50": 0, "calls_p90": 0}, "calls_p90"),
        ({"calls_p90": 10**14}, "calls_p90"),
        ({"cached_input_tokens": -1}, "cached_input_tokens"),
        (
            {
                "uncached_input_tokens": 0,
                "cached_input_tokens": 0,
                "output_tokens": 0,
            },
            "output_tokens",
        ),
        ({"growth_percent": Decimal("-100.01")}, "growth_percent"),
        ({"growth_percent": Decimal("0.001")}, "growth_percent"),
        ({"growth_percent": Decimal("NaN")}, "growth_percent"),
        ({"growth_percent": Decimal(1000), "months": 60}, "calls_p90"),
        ({"first_month": date(2026, 4, 2)}, "first_month"),
        ({"first_month": date(2100, 12, 1)}, "first_month"),
        ({"months": 0}, "months"),
        ({"months": 61}, "months"),
        ({"day_count": "SOMETIMES"}, "day_count"),
        ({"model_id": 0}, "model"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_with_its_field(
    requisition, program_manager, at, wrong, field
):
    with nothing_happens(), pytest.raises(WorkloadInvalid) as refusal:
        build(requisition, [chat(), chat(**wrong)], program_manager, at)

    assert refusal.value.data == {"row": 2, "field": field}
    assert refusal.value.message.startswith("Row 2, ")


@pytest.mark.parametrize("count", [0, 41])
def test_an_estimate_has_some_workloads_and_not_too_many(
    requisition, program_manager, at, count
):
    with nothing_happens(), pytest.raises(WorkloadInvalid):
        build(requisition, [chat()] * count, program_manager, at)


def test_what_comes_to_a_trillion_dollars_is_a_slip(requisition, program_manager, at):
    # Given four workloads near the most tokens of a class in a month, for five years
    huge = chat(
        calls_p90=66 * 10**8,
        growth_percent=Decimal(0),
        months=60,
        cached_input_tokens=4_000,
        output_tokens=4_000,
        uncached_input_tokens=4_000,
    )

    with nothing_happens(), pytest.raises(EstimateInvalid):
        build(requisition, [huge] * 40, program_manager, at)


def test_a_missing_list_price_refuses_the_whole(program_manager, at):
    # Given a need before any import of list prices
    requisition = drafted_requisition(at)

    with nothing_happens(), pytest.raises(ListPriceMissing):
        build(requisition, [chat()], program_manager, at)


def test_a_class_without_tokens_needs_no_list_price(requisition, program_manager, at):
    done = build(requisition, [chat(cached_input_tokens=0)], program_manager, at)

    assert {each.token_class.code for each in rows_of(done)} == {
        "IN_UNCACHED",
        "OUT_TEXT",
    }


def test_an_estimate_is_built_on_the_version_that_was_read(
    requisition, program_manager, at
):
    with nothing_happens(), pytest.raises(Stale):
        build(requisition, [chat()], program_manager, at, seen_version=7)


def test_a_submitted_requisition_is_built_no_more(program_manager, at):
    requisition = submitted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        build(requisition, [chat()], program_manager, at)


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer", "cor"])
def test_nobody_else_builds_it(request, requisition, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        build(requisition, [chat()], by, at)


def test_the_database_keeps_what_was_typed_as_it_was(at, db):
    built_requisition(at)

    with pytest.raises(DatabaseError), transaction.atomic():
        WorkloadRow.objects.update(calls_p50=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkloadRow.objects.all().delete()
    assert EstimateRow.objects.count() == 6


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"calls_p50": 99}, "calls_a_day_rise_from_p10_to_p90_and_are_some"),
        ({"output_tokens": -1}, "a_call_has_tokens_and_none_are_negative"),
        ({"growth_percent": -101}, "a_workload_shrinks_by_at_most_all_of_it"),
        ({"months": 61}, "a_workload_lasts_one_to_sixty_months"),
        ({"first_month": date(2026, 4, 2)}, "a_workload_begins_on_the_first_of_a_mo"),
        ({"day_count": "NEVER"}, "a_workload_counts_calendar_or_business_days"),
        ({"position": 1}, "a_row_of_a_workload_has_its_own_position"),
    ],
)
def test_the_database_takes_no_workload_that_cannot_be(at, db, wrong, constraint):
    built_requisition(at)
    kept = WorkloadRow.objects.values().get()
    del kept["id"], kept["recorded_at"]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WorkloadRow.objects.create(**{**kept, "position": 2, **wrong})
