"""Why there is no archive, or none for this reader."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NothingToGather(Invalid):
    """Nothing was chosen, or more than one file may hold."""

    code = "nothing_to_gather"


class NotWithheld(Invalid):
    """A passage is not in the paper, has no exemption, or would be left in the copy."""

    code = "not_withheld"


class PapersNotPrinted(Conflict):
    """A paper that belongs in it is not printed: a part is never given as the whole."""

    code = "papers_not_printed"


class TooManyArchives(Conflict):
    """The organization has others under way; they are finished first."""

    code = "too_many_archives"
    retryable = True


class ArchiveTooLarge(Refusal):
    """Its files are more than one archive may hold."""

    code = "archive_too_large"


class NotGathered(Refusal):
    """It is not whole yet, or never became so; no part of it is handed out."""

    code = "not_gathered"
    retryable = True


class HoldsMore(Refusal):
    """It holds something that this reader may not read, or may not any more."""

    code = "holds_more"
    status = 403
    rule = "R-ROL-07"
