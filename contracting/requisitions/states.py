"""The states of a requisition."""

from django.db.models import TextChoices

from contracting.core.states import moves


class RequisitionState(TextChoices):
    """From a need being written down to a need that can be solicited."""

    DRAFT = "DRAFT", "draft"
    SUBMITTED = "SUBMITTED", "submitted"
    DISCARDED = "DISCARDED", "discarded"


MOVES = moves(
    {
        RequisitionState.DRAFT: (
            RequisitionState.SUBMITTED,
            RequisitionState.DISCARDED,
        ),
        RequisitionState.SUBMITTED: (RequisitionState.DRAFT,),
    }
)
