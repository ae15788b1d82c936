"""What must hold of every case, over all stages."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.core.invariants import Invariant
from contracting.desk.queries.duties import (
    done_in,
    every_case,
    separations,
    waived_in,
)


def _duties_held_together() -> Iterator[str]:
    for contract in every_case():
        for each in separations(done_in(contract), waived_in(contract)):
            for name in each.broken_by:
                one, other = each.apart.one.label, each.apart.other.label
                yield f"{contract}: {name} {one} and {other} ({each.apart.rule})"


INVARIANTS = [
    Invariant(
        code="SOD-1",
        sentence="Nobody has held two duties of one case that must be apart.",
        check=_duties_held_together,
    ),
]
