"""Why a requisition is not drafted, estimated, compared or submitted."""

from __future__ import annotations

from contracting.core.errors import Invalid, Refusal


class ListPriceMissing(Refusal):
    """A row cannot be priced: no public list price is known for it on that day."""

    code = "list_price_missing"
    status = 422


class EstimateInvalid(Invalid):
    """The rows of the estimate cannot be right."""

    code = "estimate_invalid"


class EstimateMissing(Refusal):
    """A requisition without an estimate of its workload cannot be submitted."""

    code = "estimate_missing"


class NeedMissing(Invalid):
    """A requisition says what it is and what the tokens are for."""

    code = "need_missing"


class ForeignLineOfAccounting(Invalid):
    """The line of accounting is not one of this agency's."""

    code = "foreign_line_of_accounting"


class WorkloadInvalid(Invalid):
    """A row of the workload cannot be right; the data names the row and the field."""

    code = "workload_invalid"


class ComparisonInvalid(Invalid):
    """The figures of owned capacity cannot be right."""

    code = "comparison_invalid"
