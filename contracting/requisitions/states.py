"""The states of a requisition, and which days a workload counts."""

from django.db.models import TextChoices

from contracting.core.states import moves


class RequisitionState(TextChoices):
    """From a need being written down to a need that can be solicited."""

    DRAFT = "DRAFT", "draft"
    SUBMITTED = "SUBMITTED", "submitted"
    DISCARDED = "DISCARDED", "discarded"


class DayCount(TextChoices):
    """Which days of a month see calls."""

    CALENDAR = "CALENDAR", "every day"
    BUSINESS = "BUSINESS", "federal business days"


MOVES = moves(
    {
        RequisitionState.DRAFT: (
            RequisitionState.SUBMITTED,
            RequisitionState.DISCARDED,
        ),
        RequisitionState.SUBMITTED: (RequisitionState.DRAFT,),
    }
)
