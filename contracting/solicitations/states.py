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
    NO_AWARD = "NO_AWARD", "closed without an award"
    CANCELLED = "CANCELLED", "cancelled"
    DISCARDED = "DISCARDED", "discarded"


_S = SolicitationState

MOVES = moves(
    {
        _S.DRAFT: (_S.IN_REVIEW, _S.DISCARDED),
        _S.IN_REVIEW: (_S.APPROVED, _S.DRAFT),
        _S.APPROVED: (_S.RELEASED, _S.DRAFT),
        _S.RELEASED: (_S.OPENED, _S.CANCELLED),
        _S.OPENED: (_S.AWARDED, _S.NO_AWARD, _S.CANCELLED),
    }
)


class SolicitationKind(TextChoices):
    """What is asked for, by the ninth character of its number (FAR 4.1603)."""

    RFP = "RFP", "request for proposals"
    RFQ = "RFQ", "request for quotations"

    @property
    def letter(self) -> str:
        """The type of instrument in its number."""
        return "Q" if self == SolicitationKind.RFQ else "R"


class Quote(TextChoices):
    """What the figure is that an offer puts to a line of the price schedule."""

    USD_PER_MTOK = "USD_PER_MTOK", "US dollars per million tokens"
    USD_PER_ACU = "USD_PER_ACU", "US dollars per AI consumption unit (ACU)"
    ACU_PER_MTOK = "ACU_PER_MTOK", "ACU burnt per million tokens"
    USD_PER_UNIT = "USD_PER_UNIT", "US dollars per unit"


class SetAside(TextChoices):
    """Block 10 of the SF 1449."""

    UNRESTRICTED = "UNRESTRICTED", "unrestricted"
    SMALL_BUSINESS = "SMALL_BUSINESS", "small business set-aside"
    HUBZONE = "HUBZONE", "HUBZone small business"
    SDVOSB = "SDVOSB", "service-disabled veteran-owned small business"
    WOSB = "WOSB", "women-owned small business"
    EIGHT_A = "EIGHT_A", "8(a)"


class Procedure(TextChoices):
    """Under which part of the regulation it is bought."""

    COMMERCIAL = "COMMERCIAL", "commercial products and services (FAR part 12)"
    NEGOTIATED = "NEGOTIATED", "negotiation (FAR part 15)"


class ExtentCompeted(TextChoices):
    """Whether all may compete; if not, the circumstance that permits it (FAR 6.302)."""

    FULL = "FULL", "full and open competition"
    ONE_SOURCE = "ONE_SOURCE", "only one responsible source (6.302-1)"
    URGENCY = "URGENCY", "unusual and compelling urgency (6.302-2)"
    MOBILIZATION = (
        "MOBILIZATION",
        "industrial mobilization or expert services (6.302-3)",
    )
    INTERNATIONAL = "INTERNATIONAL", "international agreement (6.302-4)"
    STATUTE = "STATUTE", "authorized or required by statute (6.302-5)"
    SECURITY = "SECURITY", "national security (6.302-6)"
    PUBLIC_INTEREST = "PUBLIC_INTEREST", "public interest (6.302-7)"


class SynopsisKind(TextChoices):
    """How the market learns of it before it is released (FAR 5.203, 12.603)."""

    COMBINED = "COMBINED", "combined synopsis and solicitation"
    SEPARATE = "SEPARATE", "synopsis before the solicitation"
    EXCEPTION = "EXCEPTION", "no synopsis, by an exception"


class SynopsisException(TextChoices):
    """Why no synopsis is needed (FAR 5.202)."""

    SECURITY = "5.202(a)(1)", "5.202(a)(1), national security"
    URGENCY = "5.202(a)(2)", "5.202(a)(2), unusual and compelling urgency"
    STATUTE = "5.202(a)(4)", "5.202(a)(4), a source that a statute requires"
    ORDER = "5.202(a)(6)", "5.202(a)(6), an order under a contract"
    ABROAD = "5.202(a)(12)", "5.202(a)(12), made and performed abroad"
    ELECTRONIC = (
        "5.202(a)(13)",
        "5.202(a)(13), simplified acquisition answered electronically",
    )
    HEAD = "5.202(b)", "5.202(b), determination of the head of the agency"


class OptionKind(TextChoices):
    """What an option adds when it is exercised (FAR 17.208)."""

    PERIOD = "PERIOD", "option period"
    QUANTITY = "QUANTITY", "increased quantity"
    LINE = "LINE", "separately priced line"
    EXTENSION = "EXTENSION", "extension of services"


class ContextBand(TextChoices):
    """How long the input of a call is, where the price depends on it."""

    ALL = "ALL", "any length"
    UP_TO_200K = "UP_TO_200K", "up to 200,000 input tokens"
    OVER_200K = "OVER_200K", "over 200,000 input tokens"
