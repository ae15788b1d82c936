"""What the database itself refuses, as migration operations.

The same two guards serve every app: rows that are only ever added, and states that move
only along their table. They hold for every connection, whatever code it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import migrations

from contracting.core.states import Moves


def append_only(table: str, *, may_set_once: Iterable[str] = ()) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table``.

    ``may_set_once`` names columns that may go from NULL to a value, once, while every
    other column stays as it is (a rate row's ``superseded_at``).
    """
    columns = tuple(may_set_once)
    update = _set_once_function(table, columns) if columns else ""
    name = f"{table}_set_once" if columns else "drawdown_refuse_change"
    forward = f"""
{_REFUSE_CHANGE}
{update}
CREATE TRIGGER {table}_is_append_only_update BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {name}();
CREATE TRIGGER {table}_is_append_only_delete BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION drawdown_refuse_change();
CREATE TRIGGER {table}_is_append_only_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION drawdown_refuse_change();
{_revoke(table, "DELETE, TRUNCATE" if columns else "UPDATE, DELETE, TRUNCATE")}
"""
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def number_below(table: str, code: str, parents: str) -> migrations.RunSQL:
    """Number the rows that there are below their contract or order, oldest first.

    :param code: as :func:`~contracting.core.identifiers.next_below` takes it
    :param parents: SQL that selects the id of each row, and as ``piid`` the number of
        what it is below
    """
    forward = f"""
ALTER TABLE {table} DISABLE TRIGGER USER;
UPDATE {table} SET number = numbered.number FROM (
  SELECT id, piid || '-{code}' || row_number() OVER (PARTITION BY piid ORDER BY id)
    AS number FROM ({parents}) AS parents
) AS numbered WHERE {table}.id = numbered.id;
ALTER TABLE {table} ENABLE TRIGGER USER;
"""
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def may_set_once(table: str, *columns: str) -> migrations.RunSQL:
    """Say anew which columns of an append-only table may be set once, all of them."""
    return migrations.RunSQL(_set_once_function(table, columns), migrations.RunSQL.noop)


def legal_moves(table: str, table_of_moves: Moves) -> migrations.RunSQL:
    """Refuse a change of ``table``.state that the table of moves does not allow."""
    pairs = sorted(
        f"('{source}', '{target}')"
        for source, targets in table_of_moves.items()
        for target in targets
    )
    listed = ", ".join(pairs)
    forward = f"""
CREATE OR REPLACE FUNCTION {table}_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state
     AND (OLD.state, NEW.state) NOT IN ({listed}) THEN
    RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_moves_along_its_table';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {table}_moves_along_its_table ON {table};
CREATE TRIGGER {table}_moves_along_its_table BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_moves();
"""
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def frozen_except(table: str, *may_change: str) -> migrations.RunSQL:
    """Refuse DELETE, TRUNCATE and a change of any column of ``table`` but these.

    For a row whose state moves on while what it says stays as it was written.
    """
    kept = "".join(f"  blank.{column} := OLD.{column};\n" for column in may_change)
    forward = f"""
{_REFUSE_CHANGE}
CREATE OR REPLACE FUNCTION {table}_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE blank {table}%ROWTYPE;
BEGIN
  blank := NEW;
{kept}  IF blank IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'what a row of % says is frozen', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'what_it_says_is_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {table}_is_frozen_update BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_is_frozen();
CREATE TRIGGER {table}_is_frozen_delete BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION drawdown_refuse_change();
CREATE TRIGGER {table}_is_frozen_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION drawdown_refuse_change();
{_revoke(table, "DELETE, TRUNCATE")}
"""
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


_REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION drawdown_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rows_are_only_ever_added';
END $$;
"""


def _set_once_function(table: str, columns: tuple[str, ...]) -> str:
    blanked = "".join(f"  blank.{c} := OLD.{c};\n" for c in columns)
    filled = " OR ".join(
        f"(OLD.{c} IS NOT NULL AND NEW.{c} IS DISTINCT FROM OLD.{c})" for c in columns
    )
    return f"""
CREATE OR REPLACE FUNCTION {table}_set_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE blank {table}%ROWTYPE;
BEGIN
  blank := NEW;
{blanked}  IF blank IS DISTINCT FROM OLD OR {filled} THEN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rows_are_only_ever_added';
  END IF;
  RETURN NEW;
END $$;
"""


def _revoke(table: str, rights: str) -> str:
    return f"""
DO $$ DECLARE grantee text; BEGIN
  FOR grantee IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_name = '{table}' AND g.table_schema = current_schema()
      AND g.grantee NOT IN (SELECT tableowner FROM pg_tables
        WHERE tablename = '{table}' AND schemaname = current_schema())
  LOOP EXECUTE format('REVOKE {rights} ON {table} FROM %I', grantee); END LOOP;
END $$;
"""


def moves_of(pairs: Mapping[str, Iterable[str]]) -> Moves:
    """A frozen table of moves from literal text, for a migration."""
    return {source: frozenset(targets) for source, targets in pairs.items()}
