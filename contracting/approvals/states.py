"""How a route goes, how much a step needs, and what a reviewer can say."""

from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class RouteState(TextChoices):
    """Where a route stands."""

    OPEN = "OPEN", "open"
    COMPLETE = "COMPLETE", "complete"
    RETURNED = "RETURNED", "returned"
    VOIDED = "VOIDED", "void"


MOVES: Final = moves(
    {
        RouteState.OPEN: (
            RouteState.COMPLETE,
            RouteState.RETURNED,
            RouteState.VOIDED,
        ),
        RouteState.COMPLETE: (RouteState.VOIDED,),
        RouteState.RETURNED: (),
        RouteState.VOIDED: (),
    }
)


class Need(TextChoices):
    """How many of a step's people must decide."""

    ALL = "ALL", "all"
    ANY = "ANY", "any one"
    N = "N", "a number"


class Decided(TextChoices):
    """What a reviewer says; to concur and not to concur are both final.

    Who abstains for a conflict of interest decides nothing: the seat is another's.
    """

    CONCUR = "CONCUR", "concurs"
    NONCONCUR = "NONCONCUR", "does not concur"
    RETURN = "RETURN", "returns it"
    ABSTAIN = "ABSTAIN", "abstains"


FINAL: Final = (Decided.CONCUR, Decided.NONCONCUR)
"""What fills a seat."""


class Overdue(TextChoices):
    """Why somebody above is told of a step."""

    DAYS = "DAYS", "its working days are over"
    NOBODY = "NOBODY", "nobody is left who may decide"
