"""The form that says which column of a source's files is what, on a sample of one.

The sample is read, shown to whoever gave it, and never stored.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from django import forms

from contracting.metering.adapters.mapped_csv import (
    MILLISECONDS,
    RFC3339,
    SECONDS,
    UNITS,
    BadMapping,
    mapping_of,
)
from contracting.metering.states import Provenance
from contracting.reference.queries import token_classes

Bound = forms.BoundField
MOST_COLUMNS: Final = 80
SAMPLE_ROWS: Final = 10
SAMPLE_BYTES: Final = 64 * 1024
PATTERN: Final = "pattern"

FIELDS: Final = {
    "event_id": "the id of the call",
    "time": "when its answer was complete",
    "model": "the model that answered",
    "order_id": "the order",
    "key_ref": "the key of the gateway",
    "project": "the project",
    "operation_id": "the operation that the call belongs to",
    "attempt": "which attempt it was",
    "model_requested": "the model that was asked for",
    "tier": "the service tier",
    "context_band": "the context band",
    "boundary": "the data boundary",
    "channel": "the channel",
    "outcome": "how it ended",
    "latency_ms": "its latency in milliseconds",
    "meter_seq": "the running number of the meter",
    "reported_cost": "its cost in US dollars, as reported",
}
"""What a column can be, besides a count or the total."""

CONSTANTS: Final = (
    *("model", "order_id", "boundary", "tier", "key_ref", "context_band", "channel"),
)
"""What may be one value for all rows."""


def sample_of(text: str) -> tuple[list[str], list[list[str]], str]:
    """The header of a sample, its first rows, and the text of both.

    What stands behind the first rows, or is cut off, is left away.
    """
    lines: list[str] = []

    def remembered() -> Iterator[str]:
        for line in text.replace("\r\n", "\n").splitlines(keepends=True):
            lines.append(line)
            yield line

    reader, rows, end = csv.reader(remembered(), strict=True), [], 0
    try:
        for row in islice(reader, SAMPLE_ROWS + 1):
            rows.append(row)
            end = len(lines)
    except csv.Error:
        pass  # the rest of a row that was cut off
    header, *body = rows or [[]]
    return header, [row for row in body if row], "".join(lines[:end])


class MapColumnsForm(forms.Form):
    """One choice for each column of the sample, and what the sample does not say."""

    sample = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        max_length=SAMPLE_BYTES,
        strip=False,
        label="First lines of a file",
        help_text="The header and a few rows. They are read here, and stored nowhere.",
    )
    time = forms.ChoiceField(
        label="A time is written as",
        choices=[
            (RFC3339, "2026-10-05T14:03:22Z, with its zone (RFC 3339)"),
            (SECONDS, "seconds since 1970"),
            (MILLISECONDS, "milliseconds since 1970"),
            (PATTERN, "in another way, by the pattern below"),
        ],
    )
    pattern = forms.CharField(
        required=False,
        max_length=40,
        label="Pattern of a time",
        help_text="For example %m/%d/%Y %H:%M:%S for 10/05/2026 14:03:22.",
    )
    zone = forms.CharField(
        required=False,
        max_length=40,
        label="Time zone of the pattern",
        help_text="For example UTC or America/New_York.",
    )
    unit = forms.TypedChoiceField(
        label="A count of 1 means",
        coerce=int,
        choices=[
            (unit, f"{unit:,} tokens" if unit > 1 else "1 token") for unit in UNITS
        ],
    )
    provenance = forms.ChoiceField(label="Counts are", choices=Provenance.choices)

    def __init__(
        self, *args: Any, before: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        text = self.data.get("sample", "") if self.is_bound else ""
        text = text or self.initial.get("sample", "")
        self.header, self.rows, text = sample_of(text[:SAMPLE_BYTES])
        self.header = self.header[:MOST_COLUMNS]
        self.mark = _mark(self.header)
        self.initial["sample"] = text
        self.before = before or {}
        self._add_columns()
        for name in CONSTANTS:
            self.fields[f"all_{name}"] = forms.CharField(
                required=False,
                max_length=120,
                label=f"All rows: {FIELDS[name]}",
                initial=self.before.get("constants", {}).get(name, ""),
            )
        self._take_over()

    def _add_columns(self) -> None:
        """A choice for each column; as it was mapped before, where it has that name."""
        classes = [
            (f"count:{row.code}", f"{row.label} ({row.code})")
            for row in token_classes()
        ]
        roles = [
            ("", "not read"),
            ("What it says", [(f"field:{k}", v) for k, v in FIELDS.items()]),
            ("A count of tokens", classes),
            ("total", "the total of all counts"),
        ]
        before = _roles(self.before)
        for number, column in enumerate(self.header):
            inside = [
                (str(other), name)
                for other, name in enumerate(self.header)
                if other != number
            ]
            role, around = before.get(column, ("", ""))
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=f"Column {column} is",
                choices=roles,
                required=False,
                initial=role,
            )
            self.fields[f"inside_{number}"] = forms.ChoiceField(
                label=f"Column {column} is contained in",
                choices=[("", "no other column"), *inside],
                required=False,
                initial=str(self.header.index(around)) if around in self.header else "",
            )

    def _take_over(self) -> None:
        """What the last mapping says of all rows is said first."""
        time = self.before.get("time", RFC3339)
        is_pattern = time not in (RFC3339, SECONDS, MILLISECONDS)
        for name, value in (
            ("time", PATTERN if is_pattern else time),
            ("pattern", time if is_pattern else ""),
            ("zone", self.before.get("zone", "")),
            ("unit", self.before.get("unit", 1)),
            ("provenance", self.before.get("provenance", Provenance.MEASURED)),
        ):
            self.initial.setdefault(name, value)

    @property
    def columns(
        self,
    ) -> list[tuple[str, list[str], forms.BoundField, forms.BoundField]]:
        """Each column with what the first rows have in it, and its two choices."""
        return [
            (
                column,
                [row[number][:40] for row in self.rows[:3] if number < len(row)],
                self[f"column_{number}"],
                self[f"inside_{number}"],
            )
            for number, column in enumerate(self.header)
        ]

    @property
    def of_all_rows(self) -> list[forms.BoundField]:
        """What is said once for all rows."""
        named = ("time", "pattern", "zone", "unit", "provenance")
        return [self[name] for name in (*named, *(f"all_{each}" for each in CONSTANTS))]

    def clean(self) -> dict[str, Any]:
        """The mapping as it is stored, or why it cannot be one."""
        data = super().clean() or {}
        if not self.header:
            message = "Give the first lines of a file: its header, and a few rows."
            raise forms.ValidationError(message)
        if self.errors:
            return data
        data["declared"] = self._declared(data)
        try:
            mapping_of(data["declared"])
        except BadMapping as error:
            message = f"This is no whole mapping yet: {error} Nothing was saved."
            raise forms.ValidationError(message) from error
        return data

    def _declared(self, data: Mapping[str, Any]) -> dict[str, Any]:
        columns: dict[str, str] = {}
        counts: list[dict[str, Any]] = []
        total = ""
        inside: dict[str, list[str]] = {}
        for number, column in enumerate(self.header):
            role, _, name = data.get(f"column_{number}", "").partition(":")
            around = data.get(f"inside_{number}", "")
            if role == "field":
                if name in columns:
                    message = (
                        f"Columns {columns[name]!r} and {column!r} cannot both be "
                        f"{FIELDS[name]}. Nothing was saved."
                    )
                    raise forms.ValidationError(message)
                columns[name] = column
            elif role == "count":
                counts.append({"column": column, "class": name})
                if around:
                    inside.setdefault(self.header[int(around)], []).append(column)
            elif role == "total":
                total = column
        for each in counts:
            if each["column"] in inside:
                each["contains"] = inside.pop(each["column"])
        if inside:
            message = (
                f"Column {next(iter(inside))!r} is said to contain another one, and is "
                "no count itself. Nothing was saved."
            )
            raise forms.ValidationError(message)
        time = data["pattern"] if data["time"] == PATTERN else data["time"]
        constants = {name: data[f"all_{name}"].strip() for name in CONSTANTS}
        return {
            "columns": columns,
            "constants": {name: value for name, value in constants.items() if value},
            "counts": counts,
            "total": total,
            "unit": data["unit"],
            "time": time,
            "zone": data["zone"].strip() if data["time"] == PATTERN else "",
            "provenance": data["provenance"],
        }


def _roles(declared: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What each column was, and in which it was contained, by its name."""
    found = {
        column: (f"field:{name}", "")
        for name, column in declared.get("columns", {}).items()
    }
    around = {
        name: each["column"]
        for each in declared.get("counts", ())
        for name in each.get("contains", ())
    }
    for each in declared.get("counts", ()):
        column = each["column"]
        found[column] = (f"count:{each['class']}", around.get(column, ""))
    if declared.get("total"):
        found[declared["total"]] = ("total", "")
    return found


def _mark(header: list[str]) -> str:
    """Tells whether the choices of a form are about these columns."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()[:16]
