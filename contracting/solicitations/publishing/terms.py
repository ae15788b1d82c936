"""The terms of a package by their names in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracting.solicitations.publishing.limits import LIMITS

ORDER_LIMITS: Final[Mapping[str, str]] = {
    "smallest_order_dollars": "Smallest order in dollars",
    "largest_item_dollars": "Largest order of a single line in dollars",
    "largest_order_dollars": "Largest order of several lines in dollars",
    "order_series_days": "Days whose orders count as one",
    "performance_end": "Last day of performance of any order",
}
"""How large an order may be (FAR 52.216-19), and how long it runs (52.216-22(d))."""

TOLERANCES: Final[Mapping[str, str]] = {
    "tolerance_tokens": "Tolerance per line and day in tokens",
    "tolerance_dollars": "Tolerance per line and day in dollars",
    "tolerance_percent": "Tolerance per line and day, percent of the tokens",
    "tolerance_month_percent": "Tolerance per line and month, percent of the tokens",
    "tolerance_month_dollars": "Tolerance per line and month in dollars",
    "tolerance_de_minimis_dollars": "Difference that is tolerated whatever its share",
    "tolerance_cap_percent": "All that is tolerated, percent of the order's value",
    "cor_settles_percent": "A COR settles up to this percent of the tokens",
    "cor_settles_dollars": "A COR settles up to these dollars a month",
    "write_off_cap_dollars": "All write-offs of an order in dollars",
}
"""How far report and meter may lie apart (R-REC-02); the first two are always stated.

Invoice and report, and prices, agree exactly.
"""

ALWAYS_STATED: Final = frozenset({"tolerance_tokens", "tolerance_dollars"})
"""Zero where nothing is tolerated; of the others an empty one is not stated."""

SUGGESTED: Final[Mapping[str, str]] = {
    "tolerance_percent": "0.5",
    "tolerance_dollars": "25.00",
    "tolerance_month_percent": "0.25",
    "tolerance_month_dollars": "250.00",
    "tolerance_de_minimis_dollars": "1.00",
    "tolerance_cap_percent": "0.25",
    "cor_settles_percent": "2",
    "cor_settles_dollars": "2500.00",
}
"""What a form suggests and never fills in by itself."""

TERMS: Final[Mapping[str, str]] = {
    "kind": "Kind of solicitation",
    "instrument": "Kind of contract",
    "late_rule": "Late quotations are not considered",
    "title": "Title",
    "statement_of_objectives": "Statement of objectives",
    "naics": "NAICS code",
    "size_standard": "Size standard",
    "psc": "Product service code",
    "set_aside": "Set-aside",
    "importance": "Relative importance of the factors",
    "ai_terms": "AI terms",
    "contact_name": "Point of contact",
    "contact_email": "E-mail of the point of contact",
    "deadline": "Deadline for offers",
    "time_zone": "Time zone of the deadline",
    "offer_valid_days": "Days that an offer stays open",
    "questions_close_days": "Days before the deadline on which questions close",
    "alternates_taken": "Alternate offers taken from each vendor",
    "minimum_dollars": "Guaranteed minimum in dollars",
    "maximum_dollars": "Maximum in dollars",
    "maximum_tokens": "Maximum in tokens",
    "most_awards": "Contracts to be awarded, at most",
    "ordering_start": "First day on which an order may be placed",
    "ordering_end": "Last day on which an order may be placed",
    **ORDER_LIMITS,
    **TOLERANCES,
    "options": "Options",
    "options_evaluated": "Options are evaluated with the base",
    "procedure": "Procedure",
    "extent_competed": "Extent competed",
    "named_brand": "Vendor or model that is named",
    "synopsis_kind": "Synopsis",
    "synopsis_id": "Id of the synopsis",
    "synopsis_posted_on": "Day on which the synopsis was posted",
    "synopsis_exception": "Exception from a synopsis",
    "required_attachments": "Papers that every offer brings along",
    **LIMITS,
}
"""Every term of a package that is a single value, with its name in words."""
