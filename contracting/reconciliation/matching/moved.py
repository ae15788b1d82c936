"""Which calls of our meter a discrepancy says to be on the wrong line."""

from __future__ import annotations

from collections import defaultdict

from contracting.metering.queries.moves import Call
from contracting.reconciliation.matching.naming import REQUEST
from contracting.reconciliation.models import Finding
from contracting.reconciliation.states import FindingCode

_MISSED = frozenset({FindingCode.ATTRIBUTION, FindingCode.MISSING_B, FindingCode.QTY})


def calls_to_move(finding: Finding) -> dict[Call, int]:
    """Tokens that we count where the vendor does not: by request, attempt and class.

    None where the vendor counts more than we do, which moves nothing of ours, and none
    where it reports sums: then no call can be named.
    """
    if finding.level != REQUEST or finding.code not in _MISSED:
        return {}
    on_another_line = "reported_as" in finding.evidence
    found: dict[Call, int] = defaultdict(int)
    for request, attempt, code, tokens in finding.evidence["keys"]:
        ours = int(tokens) if on_another_line else -int(tokens)
        if ours > 0:
            found[str(request), int(attempt), str(code)] += ours
    return dict(found)
