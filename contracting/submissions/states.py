"""The states of a submission."""

from django.db.models import TextChoices

from contracting.core.states import moves


class SubmissionState(TextChoices):
    """A vendor's offer, sealed until a quorum opens it."""

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
    CLIENT = "CLIENT", "client mode"
    OPEN = "OPEN", "in the open, not sealed"


class OpeningPurpose(TextChoices):
    """What a quorum of openers comes together for."""

    REHEARSAL = "REHEARSAL", "rehearsal"
    OFFERS = "OFFERS", "offers in time"
    LATE = "LATE", "an admitted late offer"
    REVISIONS = "REVISIONS", "final revisions"


class LateException(TextChoices):
    """Why a late offer may be considered (FAR 52.212-1(f)(2)(i)).

    The last one is no exception that is shown: it is so by the request itself.
    """

    ENTRY_POINT = (
        "ENTRY_POINT",
        "received electronically at the Government's entry point by 5 p.m. one working "
        "day before",
    )
    GOVERNMENT_CONTROL = (
        "GOVERNMENT_CONTROL",
        "received at the installation and under the Government's control in time",
    )
    ONLY_PROPOSAL = "ONLY_PROPOSAL", "the only proposal received"
    NOT_EXCLUDED = (
        "NOT_EXCLUDED",
        "a late quotation that its request does not exclude (FAR 13.004)",
    )


_S = SubmissionState

MOVES = moves(
    {
        _S.SUBMITTED: (_S.WITHDRAWN, _S.OPENED),
        _S.WITHDRAWN: (_S.SUBMITTED, _S.LATE),
        _S.LATE: (_S.OPENED, _S.SUBMITTED),
    }
)
