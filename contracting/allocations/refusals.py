"""What allocations refuse."""

from __future__ import annotations

from contracting.core.errors import Invalid


class AllocationWrong(Invalid):
    """The shares are not those of one whole, or the scope is not of the contract."""

    code = "allocation_wrong"
