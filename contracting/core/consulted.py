"""Which rows a verb decided by: thresholds, clauses, policies, prices, funds.

A model whose rows decide things derives from :class:`Consulted`. Each of its rows that
is read inside a transaction is noted on the connection, with the block that was open,
exactly as it was read. ``record_event`` keeps with an event what was read in the block
of the verb and in the blocks inside it (R-AUD-03); so no verb keeps a list that it
could forget to add to. :func:`as_it_was` brings the rows back for a replay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import connections, models, router, transaction
from django.db.models.query import ModelIterable
from psycopg import sql
from psycopg.types.range import Range

from contracting.core.canonical import canonical_json, content_sha256
from contracting.core.models import AppendOnly, LockingQuerySet

_Row = TypeVar("_Row", bound=models.Model, covariant=True)
_Block = tuple[str | None, ...]


@dataclass(frozen=True)
class Version:
    """One row as it was read: ``kind`` is the label of its model."""

    kind: str
    row_id: int
    values: dict[str, Any]

    @cached_property
    def content(self) -> str:
        """The values by column, as canonical JSON."""
        return canonical_json(self.values)

    @cached_property
    def sha256(self) -> str:
        """Of kind and content."""
        return content_sha256({"kind": self.kind, "content": self.values})


class Noted:
    """A row exactly as it was read; its version is made when an event needs it."""

    __slots__ = ("_names", "_values", "_version", "is_kept", "key", "lasts", "model")

    def __init__(
        self,
        model: type[models.Model],
        pk: int,
        names: tuple[str, ...],
        values: tuple[Any, ...],
    ) -> None:
        self.model = model
        self.key = (model._meta.label_lower, pk)
        self.lasts = False  # whether somebody keeps it beyond its transaction
        self.is_kept = False  # whether its version is known to be in the database
        self._names, self._values = names, values
        self._version: Version | None = None

    @property
    def version(self) -> Version:
        """Kind, number and content; made once."""
        if self._version is None:
            self._version = _version(*self.key, self.model, self._names, self._values)
        return self._version


@contextmanager
def noting() -> Iterator[list[Noted]]:
    """Hand out, in the end, what is read inside, for :func:`note_again`."""
    link: Any = connections[router.db_for_write(Consulted)]
    before, link.consulted = link.consulted, {}
    found: list[Noted] = []
    try:
        yield found
    finally:
        found.extend(link.consulted.values())
        for each in found:
            each.lasts = True
        link.consulted = before | link.consulted


def note_again(noted: Iterable[Noted]) -> None:
    """Rows that were read before, and are known to be the same, decide once more."""
    link: Any = connections[router.db_for_write(Consulted)]
    if link.in_atomic_block:
        block: _Block = tuple(link.savepoint_ids)
        for each in noted:
            link.consulted[block, *each.key] = each


class ConsultedQuerySet(LockingQuerySet[_Row]):
    """Rows that are noted when they are read, whatever is read of them."""

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()
        if is_new and self._iterable_class is not ModelIterable:
            self._note_whole()

    def exists(self) -> bool:
        """Whether there is such a row; it is noted, for it decides something."""
        self._note_whole()
        return super().exists()

    def _note_whole(self) -> None:
        """Read whole, and so note, the rows of which only a part was asked."""
        if connections[self.db].in_atomic_block:
            asked = self if self.query.is_sliced else self.order_by()
            list(self.model._base_manager.filter(pk__in=asked.values("pk")))


class Consulted(models.Model):
    """A row that decides something, by being in force when somebody decides."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **more: Any,
    ) -> Self:
        row = super().from_db(db, field_names, values, **more)
        link: Any = connections[db or router.db_for_read(cls)]
        if link.in_atomic_block:
            block: _Block = tuple(link.savepoint_ids)
            noted = Noted(cls, row.pk, tuple(field_names), tuple(values))
            link.consulted[block, *noted.key] = noted
        return row


def consulted() -> list[Noted]:
    """What was read since the block that is open now began, by kind and number."""
    link: Any = connections[router.db_for_write(Consulted)]
    here: _Block = tuple(link.savepoint_ids)
    kept: dict[Any, Noted] = {}
    found: dict[tuple[str, int], Noted] = {}
    for (block, kind, row_id), noted in link.consulted.items():
        # What was read in a block that has ended counts to the one around it.
        length = 0
        for mine, theirs in zip(here, block, strict=False):
            if mine != theirs:
                break
            length += 1
        kept[block[:length], kind, row_id] = noted
        if length == len(here):
            found[kind, row_id] = noted
    link.consulted = kept
    return [found[key] for key in sorted(found)]


def _version(
    kind: str,
    row_id: int,
    model: type[models.Model],
    names: Sequence[str],
    values: Sequence[Any],
) -> Version:
    columns = {each.attname: str(each.column) for each in model._meta.concrete_fields}
    pairs = zip(names, map(_plain, values), strict=True)
    return Version(kind, row_id, {columns[name]: value for name, value in pairs})


def _plain(value: Any) -> Any:
    """A range as PostgreSQL writes it; other values have a canonical form already."""
    if not isinstance(value, Range):
        return value
    ends = (
        "" if end is None else end.isoformat() for end in (value.lower, value.upper)
    )
    return "{}{},{}{}".format(value.bounds[0], *ends, value.bounds[1])


def version_of(row: Consulted) -> Version:
    """The row as it is now."""
    fields = row._meta.concrete_fields
    names = [field.attname for field in fields]
    values = [getattr(row, name) for name in names]
    return _version(row._meta.label_lower, row.pk, type(row), names, values)


@contextmanager
def as_it_was(
    versions: Iterable[tuple[str, str]], recorded_by: datetime
) -> Iterator[None]:
    """Inside, the database reads as it did when somebody decided.

    Every table of deciding rows holds these versions and nothing else; of every table
    to which rows are only added, what was recorded by that instant is there. They are
    temporary tables and views of the same names, which this connection alone sees
    before the real ones. In the end everything done inside is undone.

    :param versions: the label of the model and the content of each row
    """
    with transaction.atomic(), connections["default"].cursor() as cursor:
        for model in consulted_models():
            cursor.execute(_statement(_EMPTY, model))
        for kind, content in versions:
            model = apps.get_model(kind)
            cursor.execute(_statement(_RESTORE, model), [content])
        for model in apps.get_models():
            if issubclass(model, AppendOnly) and not issubclass(model, Consulted):
                view = _statement(_UNTIL, model, until=recorded_by)
                cursor.execute(view)
        try:
            yield
        finally:
            transaction.set_rollback(True)


def consulted_models() -> list[type[models.Model]]:
    """Every model whose rows decide something."""
    return [each for each in apps.get_models() if issubclass(each, Consulted)]


_EMPTY = "CREATE TEMPORARY TABLE {table} (LIKE public.{table}) ON COMMIT DROP"
_RESTORE = (
    "INSERT INTO pg_temp.{table} "
    "SELECT * FROM json_populate_record(NULL::public.{table}, %s)"
)


_UNTIL = (
    "CREATE TEMPORARY VIEW {table} AS "
    "SELECT * FROM public.{table} WHERE recorded_at <= {until}"
)


def _statement(words: str, model: type[models.Model], **values: datetime) -> str:
    table = sql.Identifier(model._meta.db_table)
    stated = {name: sql.Literal(value) for name, value in values.items()}
    whole = sql.SQL(words).format(table=table, **stated)
    return whole.as_string(connections["default"].connection)
