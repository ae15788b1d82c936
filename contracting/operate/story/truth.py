"""One truth, three views: what happened, what was metered, what the vendor says.

The calls are real (see ``operate/data/README.md``). The vendor's report and invoice are
made from the same calls with five planted faults, each of whose exact amounts is known
here, before anything has been compared.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars

TRACE: Final = Path(__file__).parent.parent / "data/AzureLLMInferenceTrace_code.csv"
INPUT_TOKENS: Final = 18_059_974
OUTPUT_TOKENS: Final = 245_896
CALLS: Final = 8_819

UNCACHED: Final = "IN_UNCACHED"
CACHED: Final = "IN_CACHE_READ"
TEXT: Final = "OUT_TEXT"
REASONING: Final = "OUT_REASONING"
CLASSES: Final = (UNCACHED, CACHED, TEXT, REASONING)
SHORT_NAMES: Final = {
    UNCACHED: "input",
    CACHED: "cached_input",
    TEXT: "output",
    REASONING: "reasoning",
}

PART: Final = timedelta(minutes=10)
DUPLICATED_CALLS: Final = 40
RETRIED_CALLS: Final = 25
UNKNOWN_CALLS: Final = 20
DUPLICATE_PART, RETRY_PART, RATE_PART, CACHE_PART, LATE_PART = 0, 1, 2, 3, 5


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it happened: when it completed and its disjoint token counts."""

    row: int
    occurred_at: datetime
    tokens: dict[str, int]
    part: int
    attempt: int = 1
    has_unknown_model: bool = False

    @property
    def request_id(self) -> str:
        return f"call-{self.row:06d}"

    @property
    def total(self) -> int:
        return sum(self.tokens.values())


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that was put in on purpose, with its exact amount."""

    code: str
    classes: tuple[str, ...]
    tokens: int
    amount: Dollars

    def as_row(self, *, order: str, line: str) -> dict[str, Any]:
        """The form in which planted faults and found discrepancies are compared."""
        return {
            "code": self.code,
            "order": order,
            "line": line,
            "class": "+".join(sorted(self.classes)),
            "tokens": self.tokens,
            "amount_usd": self.amount.plain(),
        }


@dataclass(frozen=True, slots=True)
class Truth:
    """The calls of the hour, moved onto a day, with the part boundaries."""

    calls: tuple[Call, ...]
    start: datetime
    prices: dict[str, UnitPrice]
    wrong_price: UnitPrice
    duplicated: frozenset[int] = field(default_factory=frozenset)
    retried: frozenset[int] = field(default_factory=frozenset)

    def part_bounds(self, part: int) -> tuple[datetime, datetime]:
        """The half-open ten minutes of an hour-part."""
        return self.start + part * PART, self.start + (part + 1) * PART

    @property
    def parts(self) -> range:
        return range(max(call.part for call in self.calls) + 1)

    @property
    def end(self) -> datetime:
        return self.part_bounds(self.parts[-1])[1]

    def price_of(self, tokens: dict[str, int]) -> Dollars:
        """The exact price of disjoint counts at the contract's rates."""
        return total_dollars(
            self.prices[name].of(Tokens(count)) for name, count in tokens.items()
        )


def read_truth(
    *, day_shift: timedelta, prices: dict[str, UnitPrice], wrong_price: UnitPrice
) -> Truth:
    """Read the trace and settle every seeded share and every planted fault.

    ``day_shift`` is a whole number of days. Shares come from the SHA-256 of the row
    number, so that the same rows give the same truth everywhere.
    """
    rows = list(_rows())
    start = (rows[0][0] + day_shift).replace(second=0, microsecond=0)
    plain = [_call(n, row, start, day_shift) for n, row in enumerate(rows, start=1)]
    duplicated = _pick(plain, part=DUPLICATE_PART, count=DUPLICATED_CALLS, salt="dup")
    retried = _pick(plain, part=RETRY_PART, count=RETRIED_CALLS, salt="retry")
    spread = [call for call in plain if call.part in {RATE_PART, 4}]
    unknown = _first(spread, count=UNKNOWN_CALLS, salt="unknown")
    calls = tuple(
        Call(
            row=call.row,
            occurred_at=call.occurred_at,
            tokens=call.tokens,
            part=call.part,
            attempt=2 if call.row in retried else 1,
            has_unknown_model=call.row in unknown,
        )
        for call in plain
    )
    return Truth(
        calls=calls,
        start=start,
        prices=prices,
        wrong_price=wrong_price,
        duplicated=duplicated,
        retried=retried,
    )


def gateway_events(
    truth: Truth,
    calls: Iterable[Call],
    *,
    source: str,
    order: str,
    model: str,
    unknown_model: str,
    boundary: str,
) -> bytes:
    """The gateway's view: one CloudEvent per call, as NDJSON."""
    lines = []
    for call in calls:
        lines.append(
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": f"{call.request_id}-{call.attempt}",
                    "source": source,
                    "type": "ai.tokens.consumed.v1",
                    "time": call.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                    "subject": order,
                    "data": {
                        "order_id": order,
                        "operation_id": call.request_id,
                        "attempt": call.attempt,
                        "model": unknown_model if call.has_unknown_model else model,
                        "tier": "STANDARD",
                        "boundary": boundary,
                        "basis": "measured",
                        "lines": [
                            {"class": SHORT_NAMES[name], "tokens": count}
                            for name, count in call.tokens.items()
                            if count
                        ],
                        "total": call.total,
                    },
                }
            )
        )
    return ("\n".join(lines) + "\n").encode()


def report_rows(truth: Truth, *, late: bool, model: str) -> list[dict[str, Any]]:
    """The vendor's view of one delivery: one row per billed attempt and class.

    The first delivery leaves out the last ten minutes; the late one brings them.
    """
    rows: list[dict[str, Any]] = []
    for call in truth.calls:
        if (call.part == LATE_PART) is not late:
            continue
        if call.row in truth.retried:
            rows += _report(call, attempt=1, tokens=_retry_tokens(call), model=model)
        rows += _report(call, attempt=call.attempt, tokens=call.tokens, model=model)
        if call.row in truth.duplicated:
            rows += _report(call, attempt=call.attempt, tokens=call.tokens, model=model)
    return rows


def invoice_lines(truth: Truth) -> list[dict[str, Any]]:
    """The invoice: class × hour-part as the report counts it, and two faults."""
    lines: list[dict[str, Any]] = []
    for part in truth.parts:
        counted = dict.fromkeys(CLASSES, 0)
        for call in truth.calls:
            if call.part == part:
                for name, count in _billed(truth, call).items():
                    counted[name] += count
        if part == CACHE_PART:
            counted[UNCACHED] += counted[CACHED]
            counted[CACHED] = 0
        begin, end = truth.part_bounds(part)
        for name in CLASSES:
            if counted[name] == 0:
                continue
            wrong = part == RATE_PART and name == TEXT
            price = truth.wrong_price if wrong else truth.prices[name]
            amount = price.of(Tokens(counted[name])).to_cents()
            lines.append(
                {
                    "token_class": name,
                    "period_start": begin,
                    "period_end": end,
                    "tokens": counted[name],
                    "unit_price": price.usd_per_million_tokens,
                    "amount": amount.amount,
                }
            )
    return lines


def planted(truth: Truth) -> list[Planted]:
    """The five faults, each with its exact amount in dollars."""
    doubled = _sum(c.tokens for c in truth.calls if c.row in truth.duplicated)
    retried = _sum(_retry_tokens(c) for c in truth.calls if c.row in truth.retried)
    shifted = sum(c.tokens[CACHED] for c in truth.calls if c.part == CACHE_PART)
    priced = sum(c.tokens[TEXT] for c in truth.calls if c.part == RATE_PART)
    late = _sum(c.tokens for c in truth.calls if c.part == LATE_PART)
    moved = Tokens(shifted)
    mispriced = Tokens(priced)
    return [
        _planted("DUPLICATE", doubled, truth),
        _planted("RETRY", retried, truth),
        Planted(
            "CACHE",
            (UNCACHED, CACHED),
            shifted,
            truth.prices[UNCACHED].of(moved) - truth.prices[CACHED].of(moved),
        ),
        Planted(
            "RATE",
            (TEXT,),
            priced,
            truth.wrong_price.of(mispriced) - truth.prices[TEXT].of(mispriced),
        ),
        _planted("LATE_REPORT", late, truth),
    ]


def _planted(code: str, tokens: dict[str, int], truth: Truth) -> Planted:
    classes = tuple(name for name, count in tokens.items() if count)
    return Planted(code, classes, sum(tokens.values()), truth.price_of(tokens))


def _billed(truth: Truth, call: Call) -> dict[str, int]:
    extra = [call.tokens]
    if call.row in truth.duplicated:
        extra.append(call.tokens)
    if call.row in truth.retried:
        extra.append(_retry_tokens(call))
    return _sum(extra)


def _retry_tokens(call: Call) -> dict[str, int]:
    """A failed first attempt: its input was processed, nothing was generated."""
    return {
        name: (count if name in {UNCACHED, CACHED} else 0)
        for name, count in call.tokens.items()
    }


def _report(
    call: Call, *, attempt: int, tokens: dict[str, int], model: str
) -> list[dict[str, Any]]:
    return [
        {
            "request_id": call.request_id,
            "attempt": attempt,
            "occurred_at": call.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "model": model,
            "class": SHORT_NAMES[name],
            "tier": "STANDARD",
            "tokens": count,
        }
        for name, count in tokens.items()
        if count
    ]


def _rows() -> Iterable[tuple[datetime, int, int]]:
    with TRACE.open(newline="") as file:
        for row in csv.DictReader(file):
            text = row["TIMESTAMP"][:26]
            stamp = datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
            yield stamp, int(row["ContextTokens"]), int(row["GeneratedTokens"])


def _call(
    number: int, row: tuple[datetime, int, int], start: datetime, shift: timedelta
) -> Call:
    stamp, context, generated = row
    occurred_at = stamp + shift
    cached = context * _share(number, "cached", of=4, up_to=80) // 100
    reasoning = generated * _share(number, "reasoning", of=3, up_to=60) // 100
    return Call(
        row=number,
        occurred_at=occurred_at,
        tokens={
            UNCACHED: context - cached,
            CACHED: cached,
            TEXT: generated - reasoning,
            REASONING: reasoning,
        },
        part=int((occurred_at - start) // PART),
    )


def _share(number: int, salt: str, *, of: int, up_to: int) -> int:
    """A percentage: zero but for one row in ``of``, then 1 to ``up_to``."""
    digest = hashlib.sha256(f"{salt} {number}".encode()).digest()
    if digest[0] % of:
        return 0
    return 1 + int.from_bytes(digest[1:5], "big") % up_to


def _pick(calls: list[Call], *, part: int, count: int, salt: str) -> frozenset[int]:
    return _first([c for c in calls if c.part == part], count=count, salt=salt)


def _first(calls: list[Call], *, count: int, salt: str) -> frozenset[int]:
    ordered = sorted(
        calls, key=lambda c: hashlib.sha256(f"{salt} {c.row}".encode()).digest()
    )
    return frozenset(call.row for call in ordered[:count])


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total = dict.fromkeys(CLASSES, 0)
    for each in counts:
        for name, count in each.items():
            total[name] += count
    return total
