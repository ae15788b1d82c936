"""OpenTelemetry's conventions, against an oracle that starts from known lines."""

import random
from typing import Any

import pytest

from contracting.metering.adapters import otel
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.otlp import Point, Record
from contracting.metering.states import Basis

START = 1_776_000_000 * 10**9
SENDER = Sender(source="gateway", order_ref="ord_1", boundary="FEDRAMP_MOD")
PARTS = {
    "IN_CACHE_READ": "cache_read.input_tokens",
    "IN_CACHE_WRITE_UNSPEC": "cache_creation.input_tokens",
    "IN_AUDIO": "audio.input_tokens",
    "IN_IMAGE": "image.input_tokens",
    "OUT_REASONING": "reasoning.output_tokens",
    "OUT_AUDIO": "audio.output_tokens",
}
CACHED = ("IN_CACHE_READ", "IN_CACHE_WRITE_UNSPEC")


def known_lines(chance: random.Random) -> dict[str, int]:
    """A call as it truly was; cached input is of text."""
    size = chance.choice((1, 50, 10_000, 2_000_000))
    names = ["IN_UNCACHED", "OUT_TEXT", "OUT_REASONING", "OUT_AUDIO"]
    names += chance.choice((CACHED, ("IN_AUDIO", "IN_IMAGE"), ()))
    return {name: chance.randrange(size) for name in names if chance.random() < 0.8}


def printed(chance: random.Random, lines: dict[str, int], number: int) -> Record:
    """The call as an instrumentation reports it: wholes, and the parts it knows of."""
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.usage.input_tokens": _sum(lines, "IN_"),
        "gen_ai.usage.output_tokens": _sum(lines, "OUT_"),
    }
    for code, name in PARTS.items():
        if lines.get(code) or chance.random() < 0.3:
            attributes[f"gen_ai.usage.{name}"] = lines.get(code, 0)
    if chance.random() < 0.5:
        attributes["gen_ai.usage.total_tokens"] = sum(lines.values())
    return record(number, **attributes)


def record(number: int, /, **attributes: Any) -> Record:
    return Record("", "", {}, attributes, START, f"{number:032x}", "1" * 16, "0" * 64)


def _sum(lines: dict[str, int], side: str) -> int:
    return sum(n for code, n in lines.items() if code.startswith(side))


def used(row: ReadEvent | BadRow) -> dict[str, int]:
    assert isinstance(row, ReadEvent), row
    return {code: tokens for code, tokens in row.lines if tokens}


def test_random_calls_come_back_exactly():
    chance = random.Random(5)
    truth = [known_lines(chance) for _ in range(2_000)]
    records = [printed(chance, lines, n) for n, lines in enumerate(truth)]

    rows = otel.calls_of_records(records, SENDER)

    assert [used(row) for row in rows] == [
        {code: n for code, n in lines.items() if n} for lines in truth
    ]
    assert len({row.event_id for row in rows}) == len(rows)


def test_random_calls_with_one_thing_broken_are_all_refused():
    chance = random.Random(6)
    rows = []
    for number in range(500):
        lines = {"IN_UNCACHED": 5, "OUT_TEXT": 5, **known_lines(chance)}
        attributes = dict(printed(chance, lines, number).attributes)
        total = sum(lines.values())
        broken = chance.choice(
            (
                {"gen_ai.usage.total_tokens": total + chance.choice((-1, 1))},
                {"gen_ai.usage.cache_read.input_tokens": total + 1},
                {"gen_ai.usage.reasoning.output_tokens": total + 1},
                {"gen_ai.usage.output_tokens": -1},
                {"gen_ai.usage.input_tokens": "12"},
            )
        )
        rows += otel.calls_of_records(
            [record(number, **{**attributes, **broken})], SENDER
        )

    assert {type(row) for row in rows} == {BadRow}
    assert {row.code for row in rows if isinstance(row, BadRow)} <= {
        "checksum_failed",
        "subset_exceeds_total",
        "basis_unknown",
        "negative",
        "not_a_count",
    }


def point(**changed: Any) -> Point:
    attributes = {
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.token.type": "input",
    }
    fields: dict[str, Any] = {
        "metric": otel.TOKEN_METRIC,
        "scope": "gateway",
        "resource": {},
        "attributes": {**attributes, **changed.pop("attributes", {})},
        "is_delta": True,
        "start_ns": START,
        "end_ns": START + 60 * 10**9 + 999,
        "total": 12.0,
        "count": 3,
        "sha256": "0" * 64,
    }
    return Point(**{**fields, **changed})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "IN_UNCACHED"),
        ({"cache": "read"}, "IN_CACHE_READ"),
        ({"cache": "creation"}, "IN_CACHE_WRITE_UNSPEC"),
        ({"modality": "audio"}, "IN_AUDIO"),
        ({"modality": "text", "cache": "uncached"}, "IN_UNCACHED"),
        ({"phase": "tool"}, "TOOL_IN"),
        ({"type": "output", "phase": "response"}, "OUT_TEXT"),
        ({"type": "completion", "phase": "reasoning"}, "OUT_REASONING"),
    ],
)
def test_the_dimensions_of_a_point_name_its_class(said, code):
    named = {f"gen_ai.token.{name}": value for name, value in said.items()}

    (row,) = otel.calls_of_points([point(attributes=named)], SENDER)

    assert isinstance(row, ReadEvent)
    assert (row.lines, row.unknown_class, row.requests) == (((code, 12),), "", 3)
    assert row.occurred_at.microsecond == 0


def test_a_class_that_nobody_knows_is_named_and_waits():
    named = {"gen_ai.token.cache": "read", "gen_ai.token.modality": "audio"}

    (row,) = otel.calls_of_points([point(attributes=named)], SENDER)

    assert isinstance(row, ReadEvent)
    assert row.unknown_class == "input.read.audio"
    assert row.lines == (("input.read.audio", 12),)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"is_delta": False}, "not_delta"),
        ({"total": 1.5}, "not_a_count"),
        ({"total": float("nan")}, "not_a_count"),
        ({"total": float("inf")}, "not_a_count"),
        ({"total": 1e300}, "not_a_count"),
        ({"total": None}, "missing"),
        ({"total": -3.0}, "negative"),
        ({"start_ns": 0}, "bad_time"),
        ({"end_ns": START}, "bad_time"),
        ({"attributes": {"gen_ai.token.type": "a b"}}, "bad_text"),
        ({"attributes": {"gen_ai.response.model": ""}}, "missing"),
        ({"attributes": {"sampling.probability": 0.1}}, "sampled"),
        ({"attributes": {"drawdown.outcome": "GOOD"}}, "bad_outcome"),
    ],
)
def test_a_point_that_cannot_be_counted_is_refused(changed, code):
    (row,) = otel.calls_of_points([point(**changed)], SENDER)

    assert isinstance(row, BadRow)
    assert row.code == code


def test_the_same_point_is_the_same_call_and_another_interval_another():
    first, again, later, elsewhere = otel.calls_of_points(
        [
            point(),
            point(total=13.0),
            point(start_ns=START + 1),
            point(resource={"service.instance.id": "2"}),
        ],
        SENDER,
    )

    assert first.event_id == again.event_id
    assert first.sha256 != again.sha256
    assert len({first.event_id, later.event_id, elsewhere.event_id}) == 3


def test_a_call_without_any_count_is_absent_and_not_zero():
    (row,) = otel.calls_of_records(
        [record(1, **{"gen_ai.response.model": "gpt-4o-2024-08-06"})], SENDER
    )

    assert isinstance(row, ReadEvent)
    assert (row.basis, row.lines) == (Basis.ABSENT, ())


def test_embedded_text_is_of_its_own_class():
    (row,) = otel.calls_of_records(
        [
            record(
                1,
                **{
                    "gen_ai.operation.name": "embeddings",
                    "gen_ai.response.model": "text-embedding-3-small",
                    "gen_ai.usage.input_tokens": 7,
                },
            )
        ],
        SENDER,
    )

    assert used(row) == {"EMBED": 7}
