"""What is known of an order beside its prices, as values that hold for a while.

Whose key it is, which source is of record, where an authorization is in force, how
large a call can be, and which outcomes are charged. All of them are half-open spans.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from contracting.metering.states import Outcome

OUTPUT_PREFIX: Final = "OUT_"
OF_NO_CONTEXT: Final = frozenset({"EMBED", "FT_TRAIN"})
"""Classes of which one call can have more than fits into the context of a model."""

MINUTE: Final = timedelta(minutes=1)


def is_output(token_class_code: str) -> bool:
    """Whether the tokens of a class were generated, and not read."""
    return token_class_code.startswith(OUTPUT_PREFIX)


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant until another, which is outside; an end that is empty is open."""

    starts_at: datetime | None
    ends_at: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Whether the instant lies in it."""
        since, until = self.starts_at, self.ends_at
        return (since is None or since <= instant) and (
            until is None or instant < until
        )


class Holding(Protocol):
    """What holds for a span."""

    @property
    def span(self) -> Span: ...


_Holding = TypeVar("_Holding", bound=Holding)


def at_that_time(said: Iterable[_Holding], instant: datetime) -> list[_Holding]:
    """What of it holds at an instant."""
    return [each for each in said if each.span.holds_at(instant)]


@dataclass(frozen=True, slots=True)
class KnownKey:
    """Whose a gateway's key is for a while."""

    span: Span
    order_ref: str
    order_line_id: int | None = None
    project: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The source by which an order is charged for a while; for all keys where blank.

    ``source_ids`` are the source and those that succeed it, year by year.
    """

    span: Span
    key_ref: str
    source_ids: frozenset[int]
    is_first_report: bool = False


def record_for(
    records: Sequence[Record], key_ref: str, instant: datetime
) -> Record | None:
    """The record of the key, else that of all keys; ``None`` if nobody has said so."""
    holding = at_that_time(records, instant)
    own = [each for each in holding if key_ref and each.key_ref == key_ref]
    general = [each for each in holding if not each.key_ref]
    return next(iter(own or general), None)


@dataclass(frozen=True, slots=True)
class Authorized:
    """A boundary of a contract is authorized for a while."""

    span: Span
    boundary: str


def is_lapsed(
    authorized: Iterable[Authorized], boundary: str, instant: datetime
) -> bool:
    """Whether an authorization of the boundary has ended and none holds (R-AI-02).

    Where none was ever recorded, or the first is yet to begin, none can have lapsed.
    """
    own = [each for each in authorized if each.boundary == boundary]
    if any(each.span.holds_at(instant) for each in own):
        return False
    return any(
        each.span.ends_at is not None and each.span.ends_at <= instant for each in own
    )


@dataclass(frozen=True, slots=True)
class Cap:
    """What a call of a model can have at most for a while; ``None`` is no limit."""

    span: Span
    model_id: int
    max_output_tokens: int | None = None
    context_tokens: int | None = None
    calls_per_minute: int | None = None
    tokens_per_minute: int | None = None
    latency_ms: int | None = None

    @property
    def has_rate(self) -> bool:
        """Whether it says how many calls or tokens come in a minute."""
        return self.calls_per_minute is not None or self.tokens_per_minute is not None

    def exceeded_by(self, lines: Iterable[tuple[str, int]], requests: int) -> str:
        """What is more than it can be, in words; blank if nothing is (R-MET-06).

        :param lines: tokens by class code
        :param requests: how many calls the row stands for, at least one
        """
        counted = list(lines)
        output = sum(n for code, n in counted if is_output(code))
        context = sum(
            n
            for code, n in counted
            if not is_output(code) and code not in OF_NO_CONTEXT
        )
        most = self.max_output_tokens
        if most is not None and output > most * requests:
            return f"output {output:,} of {most * requests:,}"
        most = self.context_tokens
        if most is not None and context > most * requests:
            return f"input {context:,} of {most * requests:,}"
        return ""


NO_CAP: Final = Cap(Span(None, None), 0)


def cap_for(
    stated: Iterable[Cap], of_the_model: Cap, model_id: int, instant: datetime
) -> Cap:
    """The contract's limits on a model at an instant; where it is silent, the model's.

    :param of_the_model: what the model itself can have at most
    """
    own = [c for c in at_that_time(stated, instant) if c.model_id == model_id]
    if not own:
        return of_the_model
    cap = own[0]
    output, context = cap.max_output_tokens, cap.context_tokens
    return Cap(
        span=cap.span,
        model_id=model_id,
        max_output_tokens=of_the_model.max_output_tokens if output is None else output,
        context_tokens=of_the_model.context_tokens if context is None else context,
        calls_per_minute=cap.calls_per_minute,
        tokens_per_minute=cap.tokens_per_minute,
        latency_ms=cap.latency_ms,
    )


@dataclass(frozen=True, slots=True)
class Charging:
    """Whether a contract charges the input and the output of an outcome (R-MET-07)."""

    span: Span
    outcome: str
    charges_input: bool
    charges_output: bool
    says_so: str

    def charges(self, token_class_code: str) -> bool:
        """Whether tokens of this class are charged."""
        if is_output(token_class_code):
            return self.charges_output
        return self.charges_input


def charging_for(
    said: Iterable[Charging],
    default: Iterable[Charging],
    outcome: str,
    instant: datetime,
) -> Charging | None:
    """The contract's policy for an outcome, else the default; ``None`` if none says."""
    for policies in (said, default):
        for each in at_that_time(policies, instant):
            if each.outcome == outcome:
                return each
    return None


def outcome_of(stated: str, latency_ms: int | None, cap: Cap) -> str:
    """How a call ended: what is not said was complete, unless it took too long."""
    outcome = stated or Outcome.COMPLETE.value
    limit = cap.latency_ms
    is_slow = limit is not None and latency_ms is not None and latency_ms > limit
    if outcome == Outcome.COMPLETE and is_slow:
        return Outcome.TIMED_OUT.value
    return outcome


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as far as the rate at which calls come counts it."""

    at: datetime
    event_id: str
    requests: int
    tokens: int


def beyond_rate(
    calls: Sequence[Call], cap: Cap, before: Mapping[datetime, tuple[int, int]]
) -> dict[str, str]:
    """Which calls come faster than a contract allows, and what of it, in words.

    Within a UTC minute the calls are taken in the order (occurred at, event id); the
    ones that no longer fit are beyond the limit.

    :param before: calls and tokens that were taken earlier, by the start of the minute
    """
    taken: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    found: dict[str, str] = {}
    for call in sorted(calls, key=lambda each: (each.at, each.event_id)):
        minute = minute_of(call.at)
        if minute not in taken:
            taken[minute] = list(before.get(minute, (0, 0)))
        count, tokens = taken[minute]
        count, tokens = count + call.requests, tokens + call.tokens
        most_calls, most_tokens = cap.calls_per_minute, cap.tokens_per_minute
        if most_calls is not None and count > most_calls:
            found[call.event_id] = f"more than {most_calls:,} calls in a minute"
        elif most_tokens is not None and tokens > most_tokens:
            found[call.event_id] = f"more than {most_tokens:,} tokens in a minute"
        else:
            taken[minute] = [count, tokens]
    return found


def minute_of(instant: datetime) -> datetime:
    """The start of the minute in which an instant lies."""
    return instant.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Reserve:
    """What a held call may come to at the most."""

    tokens: int
    dollars: Decimal
