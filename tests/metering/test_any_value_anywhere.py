"""Whatever stands in a field of any format, its row is answered and nothing fails."""

import copy
import json
import random
from collections.abc import Iterable
from typing import Any

import pytest

from contracting.metering.adapters.events import BadRow, Unreadable
from contracting.metering.adapters.mapped_csv import mapping_of
from tests.metering.oracles import plain
from tests.metering.oracles.formats import PRINTERS, pages, read_rows, sheet

VALUES = (
    *("-1", "1.5", "1e400", "NaN", "true", "null", "[]", '{"a": 1}', '""', '"5"'),
    *("9" * 40, '"\\ud800"', '"9999-12-31"', '"0001-01-01T00:00:00+14:00"'),
    "[" * 3_000 + "]" * 3_000,
)
CELLS = (
    *("-1", "", "NaN", "1e3", "1.5", "9" * 40, "1,000", "=1+1", " 5 ", "\x00", "٥"),
    *("9999-12-31", "0001-01-01", "2026-02-30", '"', "x" * 5_000, "1e999999"),
)
HERE = "@@here@@"
IN_SHEETS = [name for name, (_, join) in PRINTERS.items() if join is sheet]
IN_JSON = [name for name in PRINTERS if name not in IN_SHEETS]


def places(value, at=()):
    """Where something stands in an object, itself first, which is no place."""
    yield at
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, each in inside:
        yield from places(each, (*at, key))


def with_value(row, at, text):
    """The row as JSON, with a text in that place."""
    if not at:
        return text
    changed = copy.deepcopy(row)
    inside = changed
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = HERE
    return json.dumps(changed).replace(f'"{HERE}"', text)


@pytest.mark.parametrize(
    "name", [n for n, (_, j) in PRINTERS.items() if j is not sheet]
)
def test_any_value_in_any_place_of_a_row_leaves_one_verdict(name):
    rng = random.Random(name)
    print_row, join = PRINTERS[name]
    row, _ = print_row(rng, 1, False)
    for at in filter(None, places(row)):
        for value in VALUES:
            text = with_value(row, at, value)
            if join is not pages:
                (found,) = read_rows(name, text.encode())
                assert not isinstance(found, BadRow) or found.code
                continue
            page = f'{{"data": [{text}], "has_more": false}}'
            try:
                for found in read_rows(name, page.encode()):
                    assert not isinstance(found, BadRow) or found.code
            except Unreadable:
                continue  # a document that is no JSON has no rows


@pytest.mark.parametrize("name", IN_SHEETS)
def test_any_text_in_any_cell_leaves_one_verdict(name):
    rng = random.Random(name)
    settings = {"mapping": mapping_of(plain.MAPPING)} if name == "csv" else {}
    row, _ = PRINTERS[name][0](rng, 1, False)
    for column in row:
        for cell in CELLS:
            payload = sheet(rng, [row, {**row, column: cell}])
            found = read_rows(name, payload, **settings)
            others = name == "bedrock-cur" and column == "line_item_product_code"
            assert len(found) == (1 if others else 2), (column, cell[:20])


def test_usage_that_is_no_object_is_refused_in_a_log_of_answers():
    """The row's own counts would do, but say nothing of how long caches were kept."""
    log = {
        "schemaType": "ModelInvocationLog",
        "requestId": "r-1",
        "timestamp": "2026-04-20T14:00:00Z",
        "operation": "Converse",
        "modelId": "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "input": {"inputTokenCount": 5, "cacheWriteInputTokenCount": 7},
        "output": {"outputTokenCount": 3, "outputBodyJson": {"usage": "5"}},
    }

    (found,) = read_rows("bedrock-invocation-log", json.dumps(log).encode())

    assert isinstance(found, BadRow)
    assert (found.code, found.pointer) == (
        "not_an_object",
        "/output/outputBodyJson/usage",
    )
