"""The register of what can happen: an unregistered type of event cannot be recorded."""

from __future__ import annotations

from dataclasses import dataclass

_REGISTER: dict[str, EventType] = {}


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event: dotted, past tense, with the sentence a person reads."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return self.code


def event_type(code: str, sentence: str) -> EventType:
    """Register an event type; each ``events.py`` calls this at import.

    :raises ValueError: if the code is registered with another sentence
    """
    known = _REGISTER.get(code)
    made = EventType(code, sentence)
    if known is not None and known != made:
        message = f"{code} is registered twice"
        raise ValueError(message)
    return _REGISTER.setdefault(code, made)


def known_event(code: str) -> EventType | None:
    """The registered type of that code."""
    return _REGISTER.get(code)


def all_events() -> list[EventType]:
    """Every registered type, by code."""
    return [_REGISTER[code] for code in sorted(_REGISTER)]


SOURCE_SELECTION_READ = event_type(
    "audit.source_selection.read",
    "Somebody read or took away source selection information.",
)
