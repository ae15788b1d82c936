"""The states of a task order and of a modification."""

from django.db.models import TextChoices

from contracting.core.states import moves


class TaskOrderState(TextChoices):
    """From a request for tokens to close-out."""

    DRAFT = "DRAFT", "draft"
    SUBMITTED = "SUBMITTED", "in review"
    APPROVED = "APPROVED", "approved, waiting for signature"
    ISSUED = "ISSUED", "issued"
    COMPLETED = "COMPLETED", "physically complete"
    CLOSED = "CLOSED", "closed"
    CANCELLED = "CANCELLED", "cancelled before issue"
    DISCARDED = "DISCARDED", "discarded"


_S = TaskOrderState

MOVES = moves({
    _S.DRAFT: (_S.SUBMITTED, _S.DISCARDED),
    _S.SUBMITTED: (_S.APPROVED, _S.DRAFT, _S.CANCELLED),
    _S.APPROVED: (_S.ISSUED, _S.DRAFT, _S.CANCELLED),
    _S.ISSUED: (_S.COMPLETED,),
    _S.COMPLETED: (_S.CLOSED,),
})


class ModificationState(TextChoices):
    """From a draft to a signed SF 30."""

    DRAFT = "DRAFT", "draft"
    ISSUED = "ISSUED", "issued"
    DISCARDED = "DISCARDED", "discarded"


MODIFICATION_MOVES = moves({
    ModificationState.DRAFT: (ModificationState.ISSUED, ModificationState.DISCARDED),
})


class ModificationAuthority(TextChoices):
    """Block 13 of the SF 30: exactly one choice."""

    CHANGE_ORDER = "A", "13A change order"
    ADMINISTRATIVE = "B", "13B administrative (FAR 43.103(b))"
    SUPPLEMENTAL_AGREEMENT = "C", "13C supplemental agreement (FAR 43.103(a))"
    OTHER = "D", "13D other"
