"""The states of a contract."""

from django.db.models import TextChoices

from contracting.core.states import moves


class ContractState(TextChoices):
    """From the draft of an award to close-out."""

    DRAFT = "DRAFT", "draft award"
    AWARDED = "AWARDED", "awarded"
    COMPLETED = "COMPLETED", "physically complete"
    CLOSED = "CLOSED", "closed"
    DISCARDED = "DISCARDED", "discarded"


_S = ContractState

MOVES = moves(
    {
        _S.DRAFT: (_S.AWARDED, _S.DISCARDED),
        _S.AWARDED: (_S.COMPLETED,),
        _S.COMPLETED: (_S.CLOSED,),
    }
)
