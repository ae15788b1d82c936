"""What a paper encloses beside its pages: its record as JSON, its long tables as CSV.

Pure. The record holds what the pages print, as values, in a published shape: its schema
is ``docs/reference/document.schema.json``. A table too long for pages is here whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from contracting.core.canonical import canonical_json
from contracting.core.plots.tables import Value, rows_as_csv
from contracting.documents import paperwork
from contracting.documents.calculations import FIGURES
from contracting.documents.states import DocumentKind

SCHEMA: Final = "urn:drawdown:document:1"
"""Names the shape of the record. Another shape has another number."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file within the paper: its name, what it is, and its bytes."""

    name: str
    description: str
    content: bytes


def enclosed(
    kind: str,
    context: Mapping[str, Any],
    *,
    number: str,
    version: int,
    content_sha256: str,
    issuer: str,
    made_at: datetime,
) -> Iterator[Enclosure]:
    """The record of the paper, then each table of which the pages print a part.

    :param made_at: an aware instant, when the paper was asked for
    """
    record = {
        "schema": SCHEMA,
        "kind": kind,
        "number": number,
        "version": version,
        "content_sha256": content_sha256,
        "issuer": issuer,
        "made_at": instant_of(made_at),
        "context": printed_part_of(context),
    }
    yield Enclosure(
        name=f"{kind}.json",
        description="The content of this paper, machine-readable",
        content=canonical_json(record).encode(),
    )
    for table, rows in paperwork.tables_of(context):
        if len(rows) > paperwork.LONG_TABLE:
            yield Enclosure(
                name=paperwork.file_of(table),
                description=f"{table.caption}: all {len(rows):,} rows",
                content=_csv_of(table, rows),
            )


def printed_part_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context without what no page prints, such as a column that a table lacks.

    Each audience has its own pages: whatever else a verb hands over stays here.
    """
    parts = _context()
    shown = {key: value for key, value in context.items() if key in parts}
    for table, rows in paperwork.tables_of(context):
        if table.key in shown:
            shown[table.key] = _only_columns(table, rows)
    if "tables" in shown:
        shown["tables"] = _only_described(shown["tables"])
    if "sections" in shown:
        shown["sections"] = [
            {**each, "tables": _only_described(each["tables"])}
            if each.get("tables")
            else each
            for each in shown["sections"]
        ]
    return shown


def _only_described(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    given = list(given)
    return [
        {**each, "rows": _only_columns(table, rows)}
        for each, (table, rows, _) in zip(
            given, paperwork.described(given, ""), strict=True
        )
    ]


def _only_columns(
    table: paperwork.Table, rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    keys = {column.key for column in table.columns}
    return [{key: row[key] for key in row if key in keys} for row in rows]


def instant_of(made_at: datetime) -> str:
    """The aware instant in UTC to the second, as the record has it."""
    return made_at.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"


def _csv_of(table: paperwork.Table, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Every row as it was frozen: exact figures, and no cell a formula."""
    columns = paperwork.filled_columns(table, rows)
    cells = ([_cell(row.get(each.key), each) for each in columns] for row in rows)
    return "".join(rows_as_csv([each.label for each in columns], cells)).encode()


def _cell(value: Any, column: paperwork.Column) -> Value:
    if value is None or isinstance(value, int):
        return value
    if column.shape in FIGURES:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return str(value)
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


# The published shape -----------------------------------------------------------------

_TEXT: Final = {"type": "string"}
_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_VALUE: Final = {"$ref": "#/$defs/value"}
_VALUES: Final = {"type": "object", "additionalProperties": _VALUE}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the record, as the code has it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "The record enclosed in a paper of Drawdown",
        "description": "What the pages print, as values. Attached to each PDF as "
        "<kind>.json (AFRelationship Data) in canonical form: UTF-8, sorted keys, no "
        "spaces. Every key of the context is optional; what is absent is not printed.",
        **_object(
            schema={"const": SCHEMA},
            kind={"enum": list(DocumentKind.values)},
            number=_TEXT | {"description": "Said aloud, such as a PIID."},
            version={"type": "integer", "minimum": 0},
            content_sha256=_HASH
            | {"description": "Of the terms that were reviewed and signed."},
            issuer=_TEXT,
            made_at={"type": "string", "format": "date-time"},
            context=_object(**_context()),
        ),
        "required": [
            *("schema", "kind", "number", "version"),
            *("content_sha256", "issuer", "made_at", "context"),
        ],
        "allOf": [_blocks_of(kind) for kind in DocumentKind.values],
        "$defs": _defined(),
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _context() -> dict[str, Any]:
    """What a context may hold: the parts that all share, then each known table."""
    of_tables = {
        key: {
            "title": table.caption,
            **_listed(_object(**{c.key: _titled(c.label) for c in table.columns})),
        }
        for key, table in paperwork.tables().items()
    }
    return {
        "time_zone": _TEXT | {"description": "IANA name; instants are printed in it."},
        "draft": _TEXT | {"description": "Why this paper is not issued yet."},
        "as_of": _TEXT | {"description": "The day on which a contract is read."},
        "release": _TEXT
        | {"description": "For what request this copy was made, with parts withheld."},
        **dict.fromkeys(paperwork.LINES_OF_WORDS, _TEXT),
        "letterhead": {
            "description": "Who writes to whom, when and about what.",
            **_object(**dict.fromkeys(paperwork.LETTERHEAD, _VALUE)),
        },
        "blocks": {
            "description": "The blocks of the form by their numbers.",
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/block"},
        },
        "facts": _listed({"$ref": "#/$defs/fact"}),
        "sections": _listed({"$ref": "#/$defs/section"}),
        "notes": _listed(_TEXT),
        "signatures": _listed({"$ref": "#/$defs/signature"}),
        "totals": {
            "description": "The last row of a table, by the name of the table.",
            "type": "object",
            "additionalProperties": _VALUES,
        },
        "tables": _listed({"$ref": "#/$defs/table"}),
        **of_tables,
    }


def _titled(words: str) -> dict[str, Any]:
    return {"title": words, **_VALUE}


def _defined() -> dict[str, Any]:
    column = _object(key=_TEXT, label=_TEXT, shape=_TEXT) | {
        "required": ["key", "label"]
    }
    signed = {"signed_by": _VALUE, "title": _VALUE, "signed_at": _VALUE}
    fact = {"label": _TEXT, "value": _VALUE, "shape": _TEXT}
    return {
        "value": {
            "description": "Tokens are integers; dollars and percent decimal text; "
            "days YYYY-MM-DD and instants end in Z. Never a binary fraction.",
            "anyOf": [
                {"type": ["string", "integer", "boolean", "null"]},
                _listed({"type": ["string", "integer"]}),
            ],
        },
        "block": {
            "anyOf": [
                _VALUE,
                _object(text=_VALUE, checked=_VALUE, **signed),
            ]
        },
        "fact": {
            "anyOf": [
                {
                    "description": "Label, value and, where it is not text, shape.",
                    "type": "array",
                    "prefixItems": list(fact.values()),
                    "minItems": 2,
                    "maxItems": 3,
                },
                _object(**fact, span={"type": "integer"}) | {"required": ["label"]},
            ]
        },
        "section": _object(
            heading=_VALUE,
            text=_VALUE,
            paragraphs=_listed(_TEXT),
            table=_TEXT | {"description": "The table of the house below its words."},
            tables=_listed({"$ref": "#/$defs/table"}),
        ),
        "signature": _object(
            capacity=_VALUE,
            name=_VALUE,
            waits_for=_TEXT
            | {"description": "Who signs this very file after it is printed."},
            **signed,
        ),
        "table": _object(
            caption=_TEXT,
            columns=_listed(column),
            rows=_listed(_VALUES),
            totals=_VALUES,
        )
        | {"required": ["caption", "columns"]},
    }


def _blocks_of(kind: str) -> dict[str, Any]:
    """A paper on a form has the blocks of that form, and any other has none."""
    form = paperwork.FORM_OF.get(kind, "")
    blocks = {
        each.block: _titled(each.caption) | {"$ref": "#/$defs/block"}
        for each in paperwork.form_blocks(form)
        if each.section != "schedule"
    }
    return {
        "if": {"properties": {"kind": {"const": kind}}},
        "then": {
            "properties": {"context": {"properties": {"blocks": _object(**blocks)}}}
        },
    }
