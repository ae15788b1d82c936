"""The states of a submission."""

from django.db.models import TextChoices

from contracting.core.states import moves


class SubmissionState(TextChoices):
    """A vendor's offer, sealed until two people open it."""

    SUBMITTED = "SUBMITTED", "submitted"
    WITHDRAWN = "WITHDRAWN", "withdrawn"
    LATE = "LATE", "received late, in quarantine"
    OPENED = "OPENED", "opened"


_S = SubmissionState

MOVES = moves(
    {
        _S.SUBMITTED: (_S.WITHDRAWN, _S.OPENED),
        _S.WITHDRAWN: (_S.SUBMITTED, _S.LATE),
    }
)
