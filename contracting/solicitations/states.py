"""The states of a solicitation, and the closed lists of its terms."""

from django.db.models import TextChoices

from contracting.core.states import moves


class SolicitationState(TextChoices):
    """From draft to award or cancellation."""

    DRAFT = "DRAFT", "draft"
    IN_REVIEW = "IN_REVIEW", "in review"
    APPROVED = "APPROVED", "approved for release"
    RELEASED = "RELEASED", "released"
    OPENED = "OPENED", "offers opened"
    AWARDED = "AWARDED", "awarded"
    CANCELLED = "CANCELLED", "cancelled"
    DISCARDED = "DISCARDED", "discarded"


_S = SolicitationState

MOVES = moves(
    {
        _S.DRAFT: (_S.IN_REVIEW, _S.DISCARDED),
        _S.IN_REVIEW: (_S.APPROVED, _S.DRAFT),
        _S.APPROVED: (_S.RELEASED, _S.DRAFT),
        _S.RELEASED: (_S.OPENED, _S.CANCELLED),
        _S.OPENED: (_S.AWARDED, _S.CANCELLED),
    }
)


class SetAside(TextChoices):
    """Block 10 of the SF 1449."""

    UNRESTRICTED = "UNRESTRICTED", "unrestricted"
    SMALL_BUSINESS = "SMALL_BUSINESS", "small business set-aside"
    HUBZONE = "HUBZONE", "HUBZone small business"
    SDVOSB = "SDVOSB", "service-disabled veteran-owned small business"
    WOSB = "WOSB", "women-owned small business"
    EIGHT_A = "EIGHT_A", "8(a)"


class ContextBand(TextChoices):
    """How long the input of a call is, where the price depends on it."""

    ALL = "ALL", "any length"
    UP_TO_200K = "UP_TO_200K", "up to 200,000 input tokens"
    OVER_200K = "OVER_200K", "over 200,000 input tokens"
