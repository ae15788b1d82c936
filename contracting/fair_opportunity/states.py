"""How a fair opportunity goes, and the coded exceptions from one."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class OpportunityState(TextChoices):
    """From the notice to the selection, or an exception in its place."""

    OPEN = "OPEN", "open to the holders"
    SELECTED = "SELECTED", "a holder is selected"
    EXCEPTED = "EXCEPTED", "an exception is taken"
    CANCELLED = "CANCELLED", "cancelled"


MOVES: Final = moves(
    {
        OpportunityState.OPEN: (
            OpportunityState.SELECTED,
            OpportunityState.EXCEPTED,
            OpportunityState.CANCELLED,
        ),
        OpportunityState.SELECTED: (OpportunityState.CANCELLED,),
        OpportunityState.EXCEPTED: (OpportunityState.CANCELLED,),
    }
)


class ExceptionCode(TextChoices):
    """Why not every holder is asked (FAR 16.505(b)(2)(i))."""

    URGENT = "URGENT", "so urgent that asking would delay unacceptably, (b)(2)(i)(A)"
    UNIQUE = "UNIQUE", "only one holder can provide it, (b)(2)(i)(B)"
    FOLLOW_ON = "FOLLOW_ON", "logical follow-on to a competed order, (b)(2)(i)(C)"
    MINIMUM = "MINIMUM", "to satisfy a guaranteed minimum, (b)(2)(i)(D)"
    STATUTE = "STATUTE", "a statute requires the source, (b)(2)(i)(E)"
    SET_ASIDE = "SET_ASIDE", "set aside for small business, (b)(2)(i)(F)"


UNJUSTIFIED: Final = (ExceptionCode.SET_ASIDE,)
"""The exception for which no justification is needed (FAR 16.505(b)(2)(ii))."""
