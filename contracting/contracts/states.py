"""The states of a contract."""

from django.db.models import TextChoices

from contracting.core.states import moves


class ContractState(TextChoices):
    """From the draft of an award to close-out."""

    DRAFT = "DRAFT", "draft award"
    OFFERED = "OFFERED", "offered to the vendor, not in force"
    AWARDED = "AWARDED", "awarded"
    COMPLETED = "COMPLETED", "physically complete"
    CLOSED = "CLOSED", "closed"
    DISCARDED = "DISCARDED", "discarded"


class CorLevel(TextChoices):
    """How far a representative is certified (FAC-COR)."""

    I = "I", "level I"  # noqa: E741 (the level's own name)
    II = "II", "level II"
    III = "III", "level III"


class FileStage(TextChoices):
    """The parts of a contract's file (FAR 4.803)."""

    PRE_AWARD = "PRE_AWARD", "before the award"
    AWARD = "AWARD", "award"
    ADMINISTRATION = "ADMIN", "administration and payment"
    CLOSING = "CLOSING", "close-out"
    OTHER = "OTHER", "other"


_S = ContractState

MOVES = moves(
    {
        _S.DRAFT: (_S.OFFERED, _S.AWARDED, _S.DISCARDED),
        _S.OFFERED: (_S.AWARDED, _S.DISCARDED),
        _S.AWARDED: (_S.COMPLETED,),
        _S.COMPLETED: (_S.CLOSED,),
    }
)
