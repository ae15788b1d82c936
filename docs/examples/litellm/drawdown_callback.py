"""LiteLLM's proxy asks Drawdown before each call, and settles it after.

In the proxy's configuration: ``callbacks: drawdown_callback.control``.
The hooks are those of LiteLLM's ``CustomLogger``; nothing else of LiteLLM is needed.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any

from drawdown_client import (
    Ask,
    AsyncClient,
    BadUsage,
    DrawdownError,
    Progress,
    Refused,
    Usage,
    usage_of,
)
from drawdown_client.usage import plain

try:
    from fastapi import HTTPException
    from litellm.integrations.custom_logger import CustomLogger
except ImportError:  # outside of the proxy, as in a test

    class CustomLogger:  # type: ignore[no-redef]
        """Stands for LiteLLM's own."""

    class HTTPException(Exception):  # type: ignore[no-redef]  # noqa: N818
        """Stands for the one that the proxy answers with."""

        def __init__(self, status_code: int, detail: Any) -> None:
            super().__init__(detail)
            self.status_code, self.detail = status_code, detail


_log = logging.getLogger(__name__)

ORDER_TAG = "order:"
CALL_KEY = "drawdown_call"
PLACES = ("metadata", "litellm_metadata")
COUNTED = (
    *("messages", "input", "prompt", "system", "instructions"),
    *("tools", "functions", "response_format", "text"),
)
KEPT_THERE = ("previous_response_id", "conversation")
"""Names of what the provider has kept and reads again, however long that is."""

CALLS = ("completion", "acompletion", "text_completion", "atext_completion")
EMBEDDINGS = ("embedding", "aembedding", "embeddings")
RESPONSES = ("responses", "aresponses")
ANTHROPIC = ("anthropic_messages",)
CACHE_NAMES = (
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "prompt_cache_hit_tokens",
    "prompt_cache_miss_tokens",
)
ASKED = {*CALLS, *EMBEDDINGS, *RESPONSES, *ANTHROPIC}
"""What LiteLLM calls the kinds of call that are announced; others are refused."""


class FundsControl(CustomLogger):
    """Each call is granted in a hook before it, and ended by an event after it.

    Its id is made here and travels in the metadata of the request. The id that LiteLLM
    gives it is not taken: a caller may choose that one, and use it twice.

    :param longest_answer: tokens, where a request sets no limit; it is sent along
    :param per_attachment: tokens that a picture or a file can have at most; a request
        with one is refused where nothing is said
    :param longest_seconds: after so long nobody will end a call any more: its reserve
        is kept until somebody knows what it used
    """

    def __init__(
        self,
        client: AsyncClient | None = None,
        *,
        boundary: str = "",
        longest_answer: int = 4_096,
        per_attachment: int | None = None,
        longest_seconds: float = 3_600,
    ) -> None:
        super().__init__()
        self._client = client
        self._boundary = boundary
        self._longest_answer, self._per_attachment = longest_answer, per_attachment
        self._longest_seconds = longest_seconds

    @property
    def client(self) -> AsyncClient:
        """Made with the first call: the proxy forks its workers before that."""
        if self._client is None:
            self._client = AsyncClient(
                os.environ["DRAWDOWN_URL"],
                key=os.environ["DRAWDOWN_KEY"],
                source=os.environ["DRAWDOWN_SOURCE"],
                spool=os.environ["DRAWDOWN_SPOOL"],
                soft_orders=os.environ.get("DRAWDOWN_SOFT_ORDERS", "").split(),
            )
        return self._client

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> dict[str, Any]:
        """Before the call: ask, or refuse it.

        :raises HTTPException: what the caller of the proxy is answered: 400 where the
            request says too little, 402 with the limit that is reached or another
            reason, 503 where nobody can tell
        """
        await self._end_forgotten()
        if call_type not in ASKED:
            raise HTTPException(400, f"No funds are asked for a {call_type}.")
        ask = Ask(
            order=_order_of(data, user_api_key_dict),
            model=str(data.get("model", "")),
            input_tokens_max=self._longest_input(data),
            output_tokens_max=self._longest_output(data, call_type),
            boundary=self._boundary,
            key=str(getattr(user_api_key_dict, "token", "") or "")[:120],
        )
        try:
            progress = await self.client.begin(ask)
        except Refused as refusal:
            raise HTTPException(402, refusal.problem) from refusal
        except DrawdownError as error:
            raise HTTPException(503, str(error)) from error
        for place in PLACES:
            if place in data or place == PLACES[0]:
                kept = data.get(place) or {}
                data[place] = {**kept, CALL_KEY: progress.operation}
        return data

    async def async_log_success_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """The answer is complete: settle with what it used; a second event is none."""
        progress = self._running(kwargs.get("litellm_params") or {})
        if progress is None:
            return
        if kwargs.get("cache_hit") is True:
            progress.not_made()  # the proxy answered by itself
        else:
            progress.counted(_usage(response_obj))
        await self.client.end(progress)

    async def async_log_failure_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """One attempt failed: the proxy may try again, so the call has not ended."""

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],
        original_exception: Exception,
        user_api_key_dict: Any,
        traceback_str: str | None = None,
    ) -> None:
        """The proxy gives up: release what surely used nothing, keep the rest."""
        progress = self._running(request_data)
        if progress is not None:
            await self.client.end(progress, original_exception)

    async def _end_forgotten(self) -> None:
        """A caller that hung up leaves a call that no event ends."""
        for progress in self.client.desk.overdue(self._longest_seconds):
            _log.warning("Nobody says what %s used: it is held.", progress.name)
            await self.client.end(progress)

    def _running(self, given: Mapping[str, Any]) -> Progress | None:
        """The call that a request or an event is about, while it has not ended."""
        for place in PLACES:
            name = (given.get(place) or {}).get(CALL_KEY)
            if name:
                return self.client.desk.running_call(str(name))
        return None

    def _longest_input(self, data: Mapping[str, Any]) -> int:
        """No token is shorter than a byte, so that the bytes are a bound for text.

        :raises HTTPException: if the provider adds what nobody here can measure
        """
        is_kept = isinstance(data.get("prompt"), Mapping)
        if is_kept or any(data.get(name) for name in KEPT_THERE):
            message = "What the provider has kept of earlier calls cannot be bounded."
            raise HTTPException(400, message)
        given = {name: data[name] for name in COUNTED if data.get(name)}
        attached = sum(1 for _ in _attachments(given))
        if attached and self._per_attachment is None:
            message = "Nobody has said how many tokens an attachment can have."
            raise HTTPException(400, message)
        size = len(json.dumps(given, ensure_ascii=False, default=str).encode())
        return size + attached * (self._per_attachment or 0)

    def _longest_output(self, data: dict[str, Any], call_type: str) -> int:
        """The limit that the provider is sent, for each answer that is asked for."""
        if call_type in EMBEDDINGS:
            return 0
        usual = "max_output_tokens" if call_type in RESPONSES else "max_tokens"
        names = ("max_completion_tokens", "max_tokens", "max_output_tokens")
        limits = [data[name] for name in names if data.get(name)]
        if not limits:
            limits = [self._longest_answer]
            data[usual] = self._longest_answer
        many = data.get("n") or 1
        if not all(isinstance(each, int) and each > 0 for each in (*limits, many)):
            raise HTTPException(400, "The limit of tokens is no number.")
        limit: int = max(limits)
        return limit * many


def _order_of(data: Mapping[str, Any], user: Any) -> str:
    """The order of the key that asks, or of a tag where the key is of no order.

    :raises HTTPException: if there is none, or the two differ
    """
    metadata = data.get("metadata") or data.get("litellm_metadata") or {}
    tags = metadata.get("tags") or ()
    named = {tag[len(ORDER_TAG) :] for tag in tags if str(tag).startswith(ORDER_TAG)}
    own = (getattr(user, "metadata", None) or {}).get("drawdown_order")
    found = named | ({str(own)} if own else set())
    if len(found) != 1:
        raise HTTPException(400, "The request does not say on which order it is made.")
    return str(found.pop())


def _attachments(given: Any) -> Iterator[Any]:
    """Parts of a message that are neither text nor a tool's."""
    if isinstance(given, Mapping):
        kind = str(given.get("type", ""))
        if any(
            word in kind for word in ("image", "audio", "file", "document", "video")
        ):
            yield given
        for each in given.values():
            yield from _attachments(each)
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _attachments(each)


def _usage(answer: Any) -> Usage:
    """The usage of an answer in LiteLLM's own form, whoever the provider is."""
    try:
        given = plain(answer)
        block = given.get("usage")
        if isinstance(block, Mapping) and "prompt_tokens" in block:
            given = {**given, "usage": _as_openai(block)}
        return usage_of(given)
    except BadUsage as error:
        _log.error("The usage of a call is not known: %s", error)
        return Usage(basis="absent")


def _as_openai(block: Mapping[str, Any]) -> dict[str, Any]:
    """LiteLLM names the cache as the provider does, beside OpenAI's names: once each.

    :raises BadUsage: if two names of the same count differ
    """
    inside = dict(block.get("prompt_tokens_details") or {})
    found = {
        "cached_tokens": [inside.pop("cached_tokens", None)],
        "cache_write_tokens": [
            inside.pop("cache_creation_tokens", None),
            inside.pop("cache_write_tokens", None),
        ],
    }
    inside.pop("cache_creation_token_details", None)
    found["cached_tokens"].append(block.get("cache_read_input_tokens"))
    found["cached_tokens"].append(block.get("prompt_cache_hit_tokens"))
    found["cache_write_tokens"].append(block.get("cache_creation_input_tokens"))
    for name, counts in found.items():
        said = {n for n in counts if n is not None}
        if len(said) > 1:
            message = f"{name} is said to be {sorted(said)}."
            raise BadUsage(message)
        inside[name] = said.pop() if said else 0
    plainly = {name: n for name, n in block.items() if name not in CACHE_NAMES}
    outside = block.get("completion_tokens_details") or {}
    return {
        **plainly,
        "prompt_tokens_details": inside,
        "completion_tokens_details": plain(outside),
    }


control = FundsControl()
