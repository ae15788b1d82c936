"""Roll up what was folded: add it to its hour, its day and the day of the agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models, transaction

from contracting.ledger.states import Delta
from contracting.metering.calculations.cells import Cube, Rolled, Sums
from contracting.metering.queries.proof import (
    BESIDES,
    KEYS,
    SUMS,
    kinds_of,
    tables_of,
)


@transaction.atomic
def roll_up_usage(*, deltas: Sequence[Delta], agency_id: int) -> None:
    """Add deltas to the roll-ups, in the order of their keys, in this transaction."""
    kinds = kinds_of({delta.rate_row_id for delta in deltas})
    cube = Cube()
    cube.add(
        Rolled(
            agency_id=agency_id,
            order_line_id=delta.holder.id,
            rate_row_id=delta.rate_row_id,
            usd_per_million_tokens=delta.unit_price.usd_per_million_tokens,
            kind=kinds[delta.rate_row_id],
            hour=delta.hour,
            day=delta.day,
            events=delta.events,
            tokens=delta.tokens,
            dollars=delta.dollars.amount,
            acu_per_million_tokens=delta.acu_per_million_tokens,
        )
        for delta in deltas
    )
    for table, cells in tables_of(cube):
        add_cells(table, cells)


def add_cells(table: type[models.Model], cells: Mapping[tuple[Any, ...], Sums]) -> None:
    """Add sums to cells; one that is not there yet begins with them."""
    if not cells:
        return
    columns = (*KEYS[table], *BESIDES[table], *SUMS)
    fields = {field.attname: field for field in table._meta.local_fields}
    types = [fields[name].cast_db_type(connection) for name in columns]
    rows = [(*key, *sums.values) for key, sums in sorted(cells.items())]
    name = connection.ops.quote_name(table._meta.db_table)
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    added = ", ".join(f"{each} = old.{each} + EXCLUDED.{each}" for each in SUMS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {name} AS old ({', '.join(columns)}) "  # noqa: S608
            f"SELECT * FROM unnest({arrays}) "
            f"ON CONFLICT ({', '.join(KEYS[table])}) DO UPDATE SET {added}",
            [list(column) for column in zip(*rows, strict=True)],
        )
