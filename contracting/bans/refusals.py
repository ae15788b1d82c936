"""Why a ban stands in the way, or is not imposed or lifted."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class Banned(Refusal):
    """A ban is in force on the vendor, the model or its family (FAR 9.405, 40.2)."""

    code = "banned"
    rule = "R-AI-01"


class BanIncomplete(Invalid):
    """A ban names exactly one thing, its authority and its days."""

    code = "ban_incomplete"


class AlreadyBanned(Conflict):
    """A ban on the same is in force already."""

    code = "already_banned"


class AlreadyLifted(Conflict):
    """The ban was lifted before."""

    code = "already_lifted"
