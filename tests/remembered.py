"""Worlds are built once through the real verbs; after that their rows are put back.

A builder marked ``remembered`` runs for real the first time it is asked in a given
world. Its rows are noted, and when a later test asks for the same thing in the same
world, exactly those rows are written again, which takes a fiftieth of the time. A
database that somebody else has written into is no known world: there every builder
runs for real, and so it does where several connections look on.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar, cast

from django.db import DatabaseError, connection, models, transaction

Key = tuple[str, ...]
_P = ParamSpec("_P")
_T = TypeVar("_T")

_WORTH_A_NOTE_OF_ITS_OWN = 0.15
"""Seconds that a builder inside another one adds to what is noted already."""

_SAVEPOINT = re.compile(r'(SAVEPOINT|ROLLBACK TO SAVEPOINT) "?(\w+)"?')
_READS = (
    *("SELECT", "RELEASE", "SET CONSTRAINTS", "EXPLAIN", "SHOW", "DECLARE", "FETCH"),
    *("PREPARE fingerprints AS", "EXECUTE fingerprints"),
)
_DELETE = re.compile(r'DELETE FROM "(\w+)"')
# The database itself writes the head of a stream, what is in suspense and which
# transactions changed terms; sessions make no other world.
_FOLLOWS = {
    *("audit_audithead", "metering_suspensereserve", "metering_termschange"),
    "django_session",
}
# Who is logged in, and when a key was last used, makes no other world.
_BESIDE = (
    'INSERT INTO "django_session"',
    'UPDATE "django_session"',
    'DELETE FROM "django_session"',
    'UPDATE "accounts_user" SET "last_login"',
    'UPDATE "accounts_apikey" SET "last_used_at"',
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a builder wrote, gave back and left to do after the commit."""

    script: str
    given: bytes
    on_commit: tuple[Any, ...]


Counts = dict[str, tuple[int, int, int]]
"""Rows added, changed and deleted, by table."""


@dataclass(slots=True)
class _Note:
    """What is taken down of a builder at work: where it began, and what it deletes."""

    transaction: int
    counts: Counts
    keys: dict[str, set[str]] = field(default_factory=dict)
    seconds: float = 0


@dataclass(slots=True)
class Memory:
    """Which world the connection is in, and every world that was built so far."""

    database: str = ""
    here: Key | None = None
    worlds: dict[Key, Remembered] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    notes: list[_Note] = field(default_factory=list)
    _left: dict[str, Key | None] = field(default_factory=dict)

    def __call__(
        self, execute: Any, statement: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Follow the statements of the connection: a wrapper of ``execute``."""
        if statement.startswith(_READS):
            return execute(statement, params, many, context)
        if savepoint := _SAVEPOINT.match(statement):
            outcome = execute(statement, params, many, context)
            verb, name = savepoint.groups()
            if verb == "SAVEPOINT":
                self._left[name] = self.here
            else:
                self.here = self._left.get(name)
            return outcome
        if not statement.startswith(_BESIDE):
            if self.notes and (delete := _DELETE.match(statement)):
                self._note_keys(delete[1])
            self.here = None
        return execute(statement, params, many, context)

    def begin(self) -> None:
        """A transaction begins or has ended."""
        self._left.clear()
        known = connection.settings_dict["NAME"] == self.database
        self.here = () if known else None

    def _note_keys(self, table: str) -> None:
        if table not in self.notes[-1].keys:
            keys = _keys_of(table)
            for note in self.notes:
                note.keys.setdefault(table, keys)


memory = Memory()


def remembered(build: Callable[_P, _T]) -> Callable[_P, _T]:
    """Build for real once in each world, and put the rows back after that."""

    @functools.wraps(build)
    def rebuild(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if not connection.in_atomic_block:
            return build(*args, **kwargs)
        if memory.here is None:
            return _build(build, args, kwargs)
        try:
            asked = pickle.dumps((args, kwargs))
        except (pickle.PicklingError, TypeError, AttributeError):
            return _build(build, args, kwargs)
        digest = hashlib.sha256(asked).hexdigest()
        key = (*memory.here, f"{build.__module__}.{build.__qualname__} {digest}")
        if key in memory.refused:
            return _build(build, args, kwargs)
        if key not in memory.worlds:
            return _build_and_note(key, build, args, kwargs)
        if not _put_back(key):
            return _build(build, args, kwargs)
        memory.here = key
        return cast("_T", _given(memory.worlds[key], args, kwargs))

    return rebuild


def follow(database: str) -> None:
    """Remember the worlds of this database on the connection of this thread."""
    memory.database = database
    if memory in connection.execute_wrappers:
        return
    connection.execute_wrappers.append(memory)
    set_autocommit = connection.set_autocommit

    def follow_transactions(*args: Any, **kwargs: Any) -> None:
        set_autocommit(*args, **kwargs)
        memory.begin()

    connection.set_autocommit = follow_transactions  # type: ignore[method-assign]


def _build(build: Callable[..., _T], args: Any, kwargs: Any) -> _T:
    """For real; of what is refused on the way nothing stays, as where it is noted."""
    with transaction.atomic():
        return build(*args, **kwargs)


def _build_and_note(key: Key, build: Callable[..., _T], args: Any, kwargs: Any) -> _T:
    note = _Note(_newest_transaction(), _counts())
    waiting = len(connection.run_on_commit)
    memory.notes.append(note)
    began = time.perf_counter()
    try:
        result = _build(build, args, kwargs)
    finally:
        memory.notes.pop()
    seconds = time.perf_counter() - began
    if memory.notes:
        if seconds - note.seconds < _WORTH_A_NOTE_OF_ITS_OWN:
            return result
        memory.notes[-1].seconds += seconds
    added: list[Any] = connection.run_on_commit[waiting:]
    on_commit = tuple((function, robust) for _, function, robust in added)
    try:
        given = pickle.dumps((args, kwargs, result))
        script = _script(note)
    except (pickle.PicklingError, TypeError, AttributeError, LookupError):
        memory.refused.add(key)
        return result
    memory.worlds[key] = Remembered(script, given, on_commit)
    memory.here = key
    return result


def _put_back(key: Key) -> bool:
    found = memory.worlds[key]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(found.script)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as refusal:
        warnings.warn(f"{key[-1]} is built anew: {refusal}", stacklevel=2)
        _forget(key)
        return False
    savepoints = set(connection.savepoint_ids)
    for function, robust in found.on_commit:
        connection.run_on_commit.append((savepoints, function, robust))  # type: ignore[arg-type]
    return True


def _forget(key: Key) -> None:
    """Never put this world back, nor one that stands on it: its rows are others now."""
    memory.refused.add(key)
    for known in [known for known in memory.worlds if known[: len(key)] == key]:
        del memory.worlds[known]


def _given(found: Remembered, args: Any, kwargs: Any) -> Any:
    """The result; what the builder changed on its arguments is changed on them too."""
    args_then, kwargs_then, result = pickle.loads(found.given)  # noqa: S301 (our own)
    pairs = [
        *zip(args, args_then, strict=True),
        *((kwargs[name], kwargs_then[name]) for name in kwargs),
    ]
    for now, then in pairs:
        if isinstance(now, models.Model):
            now.__dict__.update(then.__dict__)
            if result is then:
                result = now
    return result


def _newest_transaction() -> int:
    """The number of a transaction after which all others are newer: one in vain."""
    with transaction.atomic():
        ((number,),) = _ask(
            "INSERT INTO django_session (session_key, session_data, expire_date) "
            "VALUES ('in vain', '', now()) RETURNING xmin::text::bigint"
        )
        transaction.set_rollback(True)
    return int(number)


def _counts() -> Counts:
    """Rows added, changed and deleted in this transaction so far, by table.

    The tables come as they were created, so that what a trigger looks for is put back
    before the row that it looks at. A part of a table counts as its whole; what is of
    this connection alone, not at all.
    """
    rows = _ask(
        "SELECT whole.relname, sum(n_tup_ins)::int, sum(n_tup_upd)::int, "
        "sum(n_tup_del)::int FROM pg_stat_xact_user_tables "
        "JOIN pg_class whole ON whole.oid = coalesce(pg_partition_root(relid), relid) "
        "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 "
        "AND whole.relpersistence <> 't' "
        "GROUP BY whole.relname, whole.oid ORDER BY whole.oid"
    )
    return {name: (added, changed, gone) for name, added, changed, gone in rows}


def _script(note: _Note) -> str:
    """Statements that write again what was written since the note was begun."""
    changes = {}
    for table, after in _counts().items():
        before = note.counts.get(table, (0, 0, 0))
        counts = tuple(now - then for now, then in zip(after, before, strict=True))
        if table not in _FOLLOWS and any(counts):
            changes[table] = counts
    gone = [
        _deletion(table, note.keys[table] - _keys_of(table))
        for table, (_added, _changed, deleted) in changes.items()
        if deleted
    ]
    new = [
        _addition(table, rows, is_changed=changes[table][1] > 0)
        for table, rows in _rows_since(note.transaction, list(changes))
    ]
    return "".join(gone + new)


def _deletion(table: str, gone: set[str]) -> str:
    if not gone:
        return ""
    listed = ", ".join(f"'{key}'" for key in sorted(gone))
    return f'DELETE FROM "{table}" WHERE ({_key(table)})::text IN ({listed});\n'


def _rows_since(number: int, tables: list[str]) -> list[tuple[str, str]]:
    """The rows of each table that are newer than that transaction, as JSON."""
    if not tables:
        return []
    asked = " UNION ALL ".join(
        f"SELECT '{table}', jsonb_agg(to_jsonb(t) ORDER BY {_key(table)})::text "  # noqa: S608
        f'FROM "{table}" t WHERE t.xmin::text::bigint > {number}'
        for table in tables
    )
    return [(table, rows) for table, rows in _ask(asked) if rows is not None]


def _addition(table: str, rows: str, *, is_changed: bool) -> str:
    columns = _columns(table)
    names = ", ".join(columns)
    conflict = ""
    if is_changed:
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
        conflict = f" ON CONFLICT ({_key(table)}) DO UPDATE SET {changes}"
    text = rows.replace("'", "''")
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {names} '  # noqa: S608
        f"FROM jsonb_populate_recordset(NULL::\"{table}\", '{text}'){conflict};\n"
    )


@functools.cache
def _columns(table: str) -> list[str]:
    rows = _ask(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [f'"{table}"'],
    )
    return [name for (name,) in rows]


@functools.cache
def _key(table: str) -> str:
    """The columns of the primary key."""
    ((names,),) = _ask(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_index "
        "JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey) "
        "WHERE indisprimary AND attrelid = %s::regclass",
        [f'"{table}"'],
    )
    return str(names)


def _keys_of(table: str) -> set[str]:
    return {key for (key,) in _ask(f'SELECT ({_key(table)})::text FROM "{table}"')}  # noqa: S608


def _ask(statement: str, params: list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[Any] = cursor.fetchall()
        return rows
