"""Owned capacity is compared with the estimate at list."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.requisitions.calculations import OwnedCapacity
from contracting.requisitions.models import OwnershipComparison
from contracting.requisitions.operations.compare import compare_ownership
from contracting.requisitions.queries import latest_comparison, latest_estimate
from contracting.requisitions.refusals import ComparisonInvalid, EstimateMissing
from tests.builders import (
    drafted_requisition,
    estimated_requisition,
    submitted_requisition,
)
from tests.cast import nothing_happens


def owned(gpus=8, gpu_hour="2.50", speed=1_000, busy="50"):
    return OwnedCapacity(gpus, Dollars(gpu_hour), speed, Decimal(busy))


@pytest.fixture
def requisition(db, at):
    return estimated_requisition(at)


def compare(requisition, figures, by, at, seen_version=None):
    return compare_ownership(
        requisition_id=requisition.pk,
        owned=figures,
        by=by,
        at=at,
        seen_version=seen_version or requisition.version,
    )


def test_owning_is_compared_with_the_blended_list_price(
    requisition, program_manager, at
):
    # Given 2,900 M tokens a month: 2,000 M at $2.50, 500 M at $1.25, 400 M at $10.00
    # When eight GPUs at $2.50 an hour make 1,000 tokens a second half of the time
    done = compare(requisition, owned(), program_manager, at)

    # Then $9,625 for 2,900 M is $3.318966 a million, and $14,600 buys 4,398.96 M
    assert done.list_usd_per_million_tokens == Decimal("3.318966")
    assert done.owned_usd_per_million_tokens == Decimal("1.388889")
    assert done.break_even_tokens == 4_398_961_039
    assert done.capacity_tokens == 10_512_000_000
    assert done.p50_tokens == 2_900_000_000

    # And who compared when is kept; the need itself has not changed
    assert done.compared_by_id == program_manager.membership_id
    assert done.compared_at == at
    requisition.refresh_from_db()
    assert requisition.version == 2
    event = AuditEvent.objects.get(event="requisitions.requisition.ownership_compared")
    assert '"break_even_tokens":4398961039' in event.payload


def test_the_last_comparison_counts_and_the_first_is_kept(
    requisition, program_manager, at
):
    compare(requisition, owned(), program_manager, at)
    second = compare(requisition, owned(gpus=4), program_manager, at)

    assert latest_comparison(latest_estimate(requisition)) == second
    assert OwnershipComparison.objects.count() == 2


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        (owned(gpus=0), "gpus"),
        (owned(gpu_hour="0"), "gpu_hour_dollars"),
        (owned(gpu_hour="0.0000001"), "gpu_hour_dollars"),
        (owned(speed=0), "tokens_per_gpu_second"),
        (owned(busy="0"), "utilization_percent"),
        (owned(busy="100.01"), "utilization_percent"),
        (owned(busy="33.333"), "utilization_percent"),
    ],
)
def test_figures_that_cannot_be_right_are_named(
    requisition, program_manager, at, figures, field
):
    with nothing_happens(), pytest.raises(ComparisonInvalid) as refusal:
        compare(requisition, figures, program_manager, at)

    assert refusal.value.data["field"] == field


def test_tokens_beyond_counting_are_refused(requisition, program_manager, at):
    most = owned(gpus=1_000_000, speed=10_000_000, busy="100")

    with nothing_happens(), pytest.raises(ComparisonInvalid):
        compare(requisition, most, program_manager, at)


def test_an_estimate_of_nothing_is_compared_with_nothing(program_manager, at):
    requisition = estimated_requisition(at, {"OUT_TEXT": 0})

    with nothing_happens(), pytest.raises(ComparisonInvalid):
        compare(requisition, owned(), program_manager, at)


def test_a_need_without_an_estimate_is_compared_with_nothing(program_manager, at):
    requisition = drafted_requisition(at)

    with nothing_happens(), pytest.raises(EstimateMissing):
        compare(requisition, owned(), program_manager, at)


def test_owning_is_compared_on_the_version_that_was_read(
    requisition, program_manager, at
):
    with nothing_happens(), pytest.raises(Stale):
        compare(requisition, owned(), program_manager, at, seen_version=7)


def test_a_submitted_need_is_compared_no_more(program_manager, at):
    requisition = submitted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        compare(requisition, owned(), program_manager, at)


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer", "cor"])
def test_nobody_else_compares(request, requisition, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        compare(requisition, owned(), by, at)


def test_the_database_keeps_a_comparison_as_it_was(requisition, program_manager, at):
    compare(requisition, owned(), program_manager, at)

    with pytest.raises(DatabaseError), transaction.atomic():
        OwnershipComparison.objects.update(break_even_tokens=1)
    assert OwnershipComparison.objects.get().break_even_tokens == 4_398_961_039
