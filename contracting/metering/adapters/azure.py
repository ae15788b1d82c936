"""Azure OpenAI: answers in the form of OpenAI's, from another seller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.calls import Answer, read_answers
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.openai import chat_answer, responses_answer
from contracting.metering.states import Grain, ReportKind

CHAT: Final = ("azure-openai-chat", "1")
RESPONSES: Final = ("azure-openai-responses", "1")
CHANNEL: Final = "azure"


def read_chat(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of chat completions of a deployment."""
    return read_answers(payload, sender, adapter=CHAT, answer_of=_chat)


def read_responses(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of the Responses API of a deployment."""
    return read_answers(payload, sender, adapter=RESPONSES, answer_of=_response)


def _chat(row: Mapping[str, Any], pointer: str) -> Answer:
    return replace(chat_answer(row, pointer), channel=CHANNEL)


def _response(row: Mapping[str, Any], pointer: str) -> Answer:
    return replace(responses_answer(row, pointer), channel=CHANNEL)


_BASIS: Final = "As OpenAI: input contains the cache, output contains reasoning."
_TOTAL: Final = "input + output = total_tokens; no part is more than its whole"
_TRAPS: Final = (
    "model is the model; the name of the deployment is only in the request: put it "
    "into call.model_requested.",
)

ADAPTERS: Final = (
    Adapter(
        name=CHAT[0],
        version=CHAT[1],
        title="Azure OpenAI chat completions",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=_BASIS,
        checksum=_TOTAL,
        kept=("id", "created", "model", "service_tier", "usage"),
        content=("choices", "prompt_filter_results"),
        traps=_TRAPS,
        read=read_chat,
    ),
    Adapter(
        name=RESPONSES[0],
        version=RESPONSES[1],
        title="Azure OpenAI Responses",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=_BASIS,
        checksum=_TOTAL,
        kept=(
            "id",
            "completed_at",
            "created_at",
            "model",
            "service_tier",
            "status",
            "usage",
        ),
        content=("output", "instructions", "text", "metadata", "input"),
        traps=_TRAPS,
        read=read_responses,
    ),
)
