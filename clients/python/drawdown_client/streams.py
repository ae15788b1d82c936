"""The counts of an answer that comes in parts: the last word is taken, none is added.

A part may be a mapping or an object of the provider's package. Nothing of it is kept
but its counts, the model and whether it was the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drawdown_client.usage import (
    ABSENT,
    MEASURED,
    PARTIAL,
    Usage,
    model_of,
    plain,
    usage_of,
)


class Counted:
    """What the parts so far have said."""

    def __init__(self) -> None:
        self._block: dict[str, Any] = {}
        self._head: dict[str, Any] = {}
        self._is_gemini = False
        self._is_over = False

    def see(self, part: Any) -> None:
        """Take in one part.

        :raises BadUsage: if it cannot be read
        """
        given = plain(part)
        inner = given.get("message") or given.get("response")
        if isinstance(inner, Mapping):
            self._take(inner)
        self._take(given)
        metadata = given.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get("usage"):
            self._take(metadata)  # the last event of Bedrock's stream
            self._is_over = True
        kind = given.get("type")
        is_last = kind in ("message_stop", "response.completed", "response.incomplete")
        self._is_over |= is_last or self._ends(given)

    def usage(self) -> Usage:
        """The counts so far: measured where the end was seen, else partial or absent.

        :raises BadUsage: if they contradict each other
        """
        if not self._block:
            return Usage(basis=ABSENT, model=model_of(self._head))
        name = "usageMetadata" if self._is_gemini else "usage"
        found = usage_of({**self._head, name: self._block})
        basis = MEASURED if self._is_over else PARTIAL
        return Usage(found.counts, basis, found.model, found.tier)

    def _take(self, given: Mapping[str, Any]) -> None:
        for name in ("model", "modelVersion", "modelId", "service_tier", "serviceTier"):
            if given.get(name):
                self._head[name] = given[name]
        block = given.get("usageMetadata")
        self._is_gemini |= isinstance(block, Mapping)
        block = block or given.get("usage")
        if isinstance(block, Mapping):
            self._block |= {key: n for key, n in block.items() if n is not None}

    def _ends(self, given: Mapping[str, Any]) -> bool:
        """OpenAI's chunk with the counts is the last; Gemini says why it stopped."""
        if self._is_gemini:
            listed = given.get("candidates") or ()
            return any(each.get("finishReason") for each in listed)
        return "type" not in given and isinstance(given.get("usage"), Mapping)
