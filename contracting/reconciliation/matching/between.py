"""What differs between meter and report, by calls and by sums."""

from __future__ import annotations

from contracting.reconciliation.matching.buckets import gather_buckets
from contracting.reconciliation.matching.calls import gather_calls
from contracting.reconciliation.matching.gathered import Gathered, differences
from contracting.reconciliation.states import Difference, Match


def between_counts(match: Match, *, by_drift: bool = True) -> list[Difference]:
    """Every difference of the two counts, under its last name.

    :param by_drift: whether a drift is looked for, for which all days are needed
    """
    gathered = Gathered()
    gather_calls(gathered, match)
    gather_buckets(gathered, match)
    return differences(gathered, match, by_drift=by_drift)
