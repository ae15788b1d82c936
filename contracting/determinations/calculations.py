"""What the public reads of a determination."""

from __future__ import annotations

from typing import Any

from contracting.determinations.models import Determination
from contracting.documents.paperwork.redaction import Withheld, redacted


def for_everybody(determination: Determination) -> dict[str, Any]:
    """Authority, reason and parts as the public reads them.

    What was withheld when it was posted is not in them.
    """
    posting = getattr(determination, "posting", None)
    withheld = [Withheld(*each) for each in posting.withheld] if posting else []
    found: dict[str, Any] = redacted(
        {
            "authority": determination.authority,
            "text": determination.text,
            "parts": [list(each) for each in determination.said],
        },
        withheld,
    )
    return found
