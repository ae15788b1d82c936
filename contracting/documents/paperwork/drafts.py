"""A paper that is not issued yet, as the press takes it: every page says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from contracting.core.canonical import plain
from contracting.documents import enclosures
from contracting.documents.calculations import instant_words
from contracting.documents.rendering import Sheet
from contracting.documents.states import DRAFT_CODE


def draft_of(
    kind: str,
    *,
    title: str,
    version: int,
    content_sha256: str,
    context: Mapping[str, Any],
    author: str,
    at: datetime,
    unfilled: Iterable[str] = (),
) -> Sheet:
    """What is not issued yet, as the press takes it; each page says that it is a draft.

    Nobody has signed it, so no name stands where one signs. It is kept nowhere and is
    no paper of record; whoever asks about its file is told that it is a draft.

    :param context: as the verb that issues it would freeze it
    :param unfilled: the blocks that the signature fills: names, days, numbers
    """
    frozen = plain(dict(context))
    left = set(unfilled)
    blocks = {
        number: _unsigned(value)
        for number, value in frozen.get("blocks", {}).items()
        if number not in left
    }
    said = f"version {version}, printed {instant_words(enclosures.instant_of(at))}"
    return Sheet(
        kind=kind,
        title=f"Draft: {title}",
        number=DRAFT,
        version=version,
        content_sha256=content_sha256,
        context={
            **frozen,
            "blocks": blocks,
            "signatures": [_unsigned(each) for each in frozen.get("signatures") or []],
            "draft": f"{said}. It binds nobody and is no paper of record.",
        },
        author=author,
        created_at=at,
        verify_at=f"{settings.SITE_URL}/verify/{DRAFT_CODE}",
    )


DRAFT: Final = "DRAFT"
"""What stands in place of the number of a paper that is not issued."""


def _unsigned(value: Any) -> Any:
    """A block without who signed it and when."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: said
        for key, said in value.items()
        if key not in {"signed_by", "signed_at", "title"}
    }
