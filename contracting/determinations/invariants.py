"""What must always hold of determinations."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.approvals.queries import is_complete_for
from contracting.core.invariants import Invariant
from contracting.determinations.models import Determination
from contracting.determinations.states import ROUTES, VERSION, DeterminationState


def _approved_by_nobody() -> Iterator[str]:
    reviewed = [str(kind) for kind in ROUTES]
    for each in Determination.objects.filter(
        kind__in=reviewed, state=DeterminationState.APPROVED
    ):
        if not is_complete_for(each.subject, VERSION, each.content_sha256):
            yield f"{each.public_id}"


INVARIANTS = [
    Invariant(
        code="DET-1",
        sentence="What is approved has been through its whole route.",
        check=_approved_by_nobody,
    ),
]
