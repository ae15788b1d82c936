"""What must hold of the audit of the count at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracting.core.invariants import Invariant
from contracting.recounts import queries
from contracting.recounts.calculations import (
    Standing,
    allowance_of,
    carry_on,
    is_drawn,
)
from contracting.recounts.models import CountFlag, RecountAllowance, RecountPlan


def _standings_are_those_of_their_samples() -> Iterator[str]:
    """Each standing is what its samples give, to the last bit."""
    for plan in RecountPlan.objects.select_related("allowance").order_by("pk"):
        xs = queries.excesses_of(queries.samples_in_order(plan))
        standing, done = Standing(), 0
        for row in plan.standings.order_by("samples"):
            if plan.allowance is None:
                standing = Standing(row.samples)
            else:
                share, part = float(plan.allowance.share), xs[done : row.samples]
                standing = carry_on(standing, part, share, plan.flag_at)
            done = row.samples
            if queries.as_standing(row) != standing:
                yield f"{plan.public_id}: after {row.samples} it stands otherwise"


def _flags_are_those_of_the_standings() -> Iterator[str]:
    flags = dict(CountFlag.objects.values_list("plan", "samples"))
    for plan in RecountPlan.objects.order_by("pk"):
        standing = queries.standing_of(plan)
        if standing.first_over != flags.get(plan.pk):
            yield f"{plan.public_id}: flag and test differ"


def _samples_are_drawn() -> Iterator[str]:
    for plan in RecountPlan.objects.order_by("pk"):
        for proof in plan.samples.values_list("proof", flat=True).iterator():
            if not is_drawn(proof, plan.rate):
                yield f"{plan.public_id}: a sample was not drawn"


def _allowances_are_those_of_their_counts() -> Iterator[str]:
    for row in RecountAllowance.objects.order_by("pk").iterator():
        if allowance_of([(a, b) for a, b in row.counts]) != row.share:
            yield f"{row.public_id}: its counts give another allowance"


INVARIANTS: Final = [
    Invariant(
        "RCT-1",
        "A test of the count stands where its samples put it, to the last bit.",
        _standings_are_those_of_their_samples,
    ),
    Invariant(
        "RCT-2",
        "A count is flagged where its test says so, and nowhere else.",
        _flags_are_those_of_the_standings,
    ),
    Invariant("RCT-3", "Every sample was drawn by its plan.", _samples_are_drawn),
    Invariant(
        "RCT-4",
        "An allowance is what its calibration gives.",
        _allowances_are_those_of_their_counts,
    ),
]
