"""Every format that can be read, by the name that a door gives it."""

from __future__ import annotations

from typing import Any, Final

from contracting.metering.adapters import (
    anthropic,
    anthropic_reports,
    azure,
    azure_billing,
    bedrock,
    bedrock_billing,
    cloudevents,
    cloudevents_by_type,
    focus,
    gemini,
    litellm,
    mapped_csv,
    openai,
    openai_reports,
    openrouter,
)
from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.states import Grain, ReportKind


def _read_own(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Our own profile names source, order and boundary in every row."""
    del sender
    return cloudevents.read_batch(payload)


OWN: Final = Adapter(
    name="cloudevents",
    version="1",
    title="CloudEvents, our own profile: one event with all classes of a call",
    grain=Grain.CALL,
    kind=ReportKind.GATEWAY,
    basis="The lines are disjoint classes, each at most once.",
    checksum="the lines add up to total, where it is given",
    kept=cloudevents.KEPT,
    content=(),
    traps=(
        "A field that is not on the list refuses its row, so that content cannot slip "
        "in with the counts.",
        "time is when the answer was complete.",
    ),
    read=_read_own,
)

ADAPTERS: Final[dict[str, Adapter]] = {
    each.name: each
    for each in (
        OWN,
        *cloudevents_by_type.ADAPTERS,
        *openai.ADAPTERS,
        *openai_reports.ADAPTERS,
        *anthropic.ADAPTERS,
        *anthropic_reports.ADAPTERS,
        *bedrock.ADAPTERS,
        *bedrock_billing.ADAPTERS,
        *azure.ADAPTERS,
        *azure_billing.ADAPTERS,
        *gemini.ADAPTERS,
        *openrouter.ADAPTERS,
        *litellm.ADAPTERS,
        *focus.ADAPTERS,
        *mapped_csv.ADAPTERS,
    )
}


def adapter_named(name: Any) -> Adapter | None:
    """The adapter of a format, or ``None`` if there is none of that name."""
    return ADAPTERS.get(name) if isinstance(name, str) else None


def of_buckets() -> list[Adapter]:
    """Usage reports of a provider by hours or days, which are restated later."""
    return [each for each in ADAPTERS.values() if each.grain == Grain.BUCKET]


def of_calls() -> list[Adapter]:
    """Those whose rows may burn funds down; the others only reconcile."""
    return [each for each in ADAPTERS.values() if each.grain == Grain.CALL]
