"""Why a determination is not made, decided or posted."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid


class DeterminationIncomplete(Invalid):
    """It lacks its words, its authority or the document that grants it."""

    code = "determination_incomplete"


class AlreadyDetermined(Conflict):
    """One of this kind is in review already."""

    code = "already_determined"


class NotPosted(Conflict):
    """Only an approved justification is posted, and once."""

    code = "not_posted"


class LadderStands(Conflict):
    """The ladder of that day has been adopted."""

    code = "ladder_stands"
