"""The states of a submission."""

from django.db.models import TextChoices

from contracting.core.states import moves


class SubmissionState(TextChoices):
    """A vendor's offer, sealed until two people open it."""

    SUBMITTED = "SUBMITTED", "submitted"
    WITHDRAWN = "WITHDRAWN", "withdrawn"
    LATE = "LATE", "received late, in quarantine"
    OPENED = "OPENED", "opened"


class BoxPurpose(TextChoices):
    """What a box is made for."""

    REHEARSAL = "REHEARSAL", "rehearsal"
    OFFERS = "OFFERS", "offers"


class SealingMode(TextChoices):
    """Where an offer is encrypted."""

    SERVER = "SERVER", "server mode"


class OpeningPurpose(TextChoices):
    """What a quorum of openers comes together for."""

    REHEARSAL = "REHEARSAL", "rehearsal"
    OFFERS = "OFFERS", "offers in time"


_S = SubmissionState

MOVES = moves(
    {
        _S.SUBMITTED: (_S.WITHDRAWN, _S.OPENED),
        _S.WITHDRAWN: (_S.SUBMITTED, _S.LATE),
    }
)
