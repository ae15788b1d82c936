"""What a draft of an offer will not do."""

from contracting.core.errors import Conflict, Invalid, Refusal, Stale


class DraftClosed(Refusal):
    """After the deadline a draft is no longer changed."""

    code = "draft_closed"
    rule = "R-SUB-01"


class DraftChanged(Stale):
    """A colleague has saved this part since it was read."""

    code = "draft_changed"


class DraftMissing(Conflict):
    """There is no draft to do this with."""

    code = "draft_missing"


class DraftTooLarge(Invalid):
    """More than a part of a draft, or all of its files, may hold."""

    code = "draft_too_large"
    rule = "R-SUB-12"


class DraftNotSealed(Invalid):
    """What a browser has sent is no draft that the vendor's own people can open."""

    code = "draft_not_sealed"


class DraftFileUnfit(Invalid):
    """A file that cannot lie beside the files that are in the draft."""

    code = "draft_file_unfit"
    rule = "R-SUB-12"


class CellsUnplaced(Invalid):
    """Pasted cells of which nobody can tell where in the price sheet they belong."""

    code = "cells_unplaced"


class DraftIncomplete(Invalid):
    """A part that an offer needs is missing or has to be changed."""

    code = "draft_incomplete"


class UploadMisplaced(Conflict):
    """The piece does not go on where the bytes that are here end."""

    code = "upload_misplaced"


class UploadDamaged(Invalid):
    """What arrived has another hash or size than its sender says."""

    code = "upload_damaged"


class UploadsOpen(Conflict):
    """As many files are on their way to this draft as may be at once."""

    code = "uploads_open"
    rule = "R-SUB-12"
