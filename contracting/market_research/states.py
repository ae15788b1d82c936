"""The states of a request for information, and what kinds of questions it asks."""

from django.db.models import TextChoices

from contracting.core.states import moves


class RfiState(TextChoices):
    """From draft to cancellation; that it is closed is read from the clock."""

    DRAFT = "DRAFT", "draft"
    RELEASED = "RELEASED", "released"
    CANCELLED = "CANCELLED", "cancelled"
    DISCARDED = "DISCARDED", "discarded"


class QuestionKind(TextChoices):
    """What an answer is, so that answers can be compared."""

    TEXT = "TEXT", "text"
    YES_NO = "YES_NO", "yes or no"
    CHOICE = "CHOICE", "one of several options"
    NUMBER = "NUMBER", "number with a unit"
    PRICE = "PRICE", "price per million tokens"


MOVES = moves(
    {
        RfiState.DRAFT: (RfiState.RELEASED, RfiState.DISCARDED),
        RfiState.RELEASED: (RfiState.CANCELLED,),
    }
)
