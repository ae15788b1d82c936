"""What is bought in the open: how much of it, and how much of it one quotation is for.

Up to the micro-purchase threshold an award needs no competitive quotations (FAR
13.203(a)(2)), so that nothing is announced and nothing has to be kept from anybody.
"""

from __future__ import annotations

from datetime import date

from contracting.core.quantities import Dollars
from contracting.reference.queries import threshold
from contracting.requisitions.models import Requisition
from contracting.solicitations.publishing.copying import expected_tokens


def micro_purchase(on: date) -> Dollars:
    """Up to this amount one quotation is enough (FAR 2.101, 13.203).

    :raises NoThreshold: if no amount is in force on that day
    """
    return Dollars(threshold("MPT", on).value)


def classes_of(requisition: Requisition) -> dict[str, int]:
    """The expected tokens (P50) of what is bought, by code of the class."""
    return {code: n for code, n in expected_tokens(requisition).items() if n > 0}
