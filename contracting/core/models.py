"""Abstract bases that every stage builds on."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from itertools import chain
from typing import Any, ClassVar, Literal, Self, TypeVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.db.models.base import ModelState
from psycopg import sql

from contracting.core.errors import Stale
from contracting.core.states import Moves, check_move

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 26


def new_public_id(prefix: str) -> str:
    """An opaque id such as ``ord_7k2m…``: 128 random bits in Crockford base32."""
    return f"{prefix}_{random_code()}"


def random_code() -> str:
    """128 random bits in Crockford base32: letters and digits that are told apart."""
    number = secrets.randbits(128)
    digits = [_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5)]
    return "".join(digits)


class ClockTimestamp(models.Func):
    """The database's wall clock, not the start of its transaction."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


_Row = TypeVar("_Row", bound=models.Model, covariant=True)


_ALONE = "pg_advisory_xact_lock"


class _Turn(models.Func):
    """Waits for its turn at a row, until the transaction ends.

    Who holds a row together with others lets still others join, so that whoever wants
    it alone could wait for ever. At an advisory lock all wait in the order in which
    they came.
    """

    template = "%(function)s(%(row_of)s, %(expressions)s::int)"
    output_field = models.TextField()


class LockingQuerySet(models.QuerySet[_Row]):
    """Rows that can be locked, in primary-key order so that two lockers never cross."""

    def locked(self) -> Self:
        """These rows, ``FOR UPDATE``, in primary-key order.

        A model whose ``KEEPS_ITS_KEY`` is set is held ``FOR NO KEY UPDATE``: rows that
        only name it are added meanwhile.
        """
        no_key: bool = getattr(self.model, "KEEPS_ITS_KEY", False)
        rows = self.select_for_update(of=("self",), no_key=no_key).order_by("pk")
        return rows._in_turn(_ALONE)

    def _in_turn(self, function: str) -> Self:
        """These rows, each when it is one's turn, where its model says so."""
        row_of: int = getattr(self.model, "IN_TURN", 0)
        if not row_of:
            return self
        return self.annotate(turn=_Turn("pk", function=function, row_of=row_of))

    def locked_shared(self, strength: _Strength) -> list[_Row]:
        """These rows, kept as they are by any number of transactions side by side.

        Django has no such lock. ``SHARE`` waits for whoever changes a row, and lets
        nobody change it; ``KEY SHARE`` does so only for those who lock it themselves
        (:meth:`locked`), not for a plain UPDATE. A row is as it is once it is locked.
        """
        asked = _shared(self._in_turn(f"{_ALONE}_shared"), strength)
        return [] if asked is None else list(self.raw(*asked))

    def keep_shared(self, strength: _Strength) -> None:
        """Lock these rows in the same way, and read none of them."""
        rows = self._in_turn(f"{_ALONE}_shared")
        asked = _shared(rows.values("pk", *rows.query.annotations), strength)
        if asked is not None:
            link = connections[self.db]
            with link.wrap_database_errors, link.cursor() as cursor:
                cursor.execute(*asked)


_Strength = Literal["SHARE", "KEY SHARE"]


def _shared(
    rows: models.QuerySet[Any, Any], strength: _Strength
) -> tuple[str, tuple[Any, ...]] | None:
    """The statement that locks rows; none where no row can be meant."""
    link = connections[rows.db]
    try:
        text, parameters = rows.order_by("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    table = link.ops.quote_name(rows.model._meta.db_table)
    return f"{text} FOR {strength} OF {table}", parameters


class StreamedQuerySet(models.QuerySet[_Row]):
    """Rows that come by the thousand and are written as one stream."""

    def add_all(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add the rows by COPY, in the transaction that is open.

        Columns that are not named take the defaults of the database. The constraints
        of the table hold as for any other row.

        :param columns: names of columns; each row has its values in the same order
        """
        coming = iter(rows)
        first = next(coming, None)
        if first is None:
            return
        link = connections[self.db]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        table = sql.Identifier(self.model._meta.db_table)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
        with (
            link.wrap_database_errors,
            link.cursor() as cursor,
            cursor.copy(statement) as stream,
        ):
            for row in chain((first,), coming):
                stream.write_row(row)

    def next_pk(self) -> int:
        """The number that the next row may have, taken for it."""
        link, meta = connections[self.db], self.model._meta
        with link.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s))",
                [meta.db_table, meta.pk.column],
            )
            return int(cursor.fetchone()[0])


class Timestamped(models.Model):
    """When the database recorded the row."""

    recorded_at = models.DateTimeField(
        db_default=ClockTimestamp(),
        editable=False,
        help_text="When the database recorded the row, UTC.",
    )

    class Meta:
        abstract = True


class AppendOnly(Timestamped):
    """A row that is only ever added: the database refuses to change or remove it."""

    class Meta:
        abstract = True


class Addressed(models.Model):
    """A thing that has an address: an opaque public id beside its primary key."""

    PREFIX: ClassVar[str] = "obj"

    public_id = models.CharField(
        max_length=40,
        unique=True,
        editable=False,
        help_text="Opaque random id used in addresses.",
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.public_id:
            self.public_id = new_public_id(self.PREFIX)
        super().save(*args, **kwargs)


class Stateful(models.Model):
    """A thing with a state that moves along a table.

    A subclass sets ``MOVES`` and ``NOUN`` and declares its ``state`` field.
    """

    MOVES: ClassVar[Moves] = {}
    NOUN: ClassVar[str] = "object"
    state: Any

    class Meta:
        abstract = True

    def move_to(self, target: str) -> None:
        """Move to ``target`` and save the state column.

        :raises IllegalMove: if the table of moves does not allow it
        """
        check_move(self.MOVES, source=self.state, target=target, noun=self.NOUN)
        self.state = target
        changed = ["state"]
        self.save(update_fields=changed)


class Versioned(models.Model):
    """A thing whose terms are hashed, so that a decision names what it decided on."""

    version = models.PositiveIntegerField(
        default=1, help_text="Increases whenever the content changes."
    )
    content_sha256 = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the canonical content."
    )

    class Meta:
        abstract = True

    def require_version(self, seen_version: int) -> None:
        """Insist that the decision was taken on the version in force.

        :raises Stale: if the content has changed since it was read
        """
        if seen_version != self.version:
            message = (
                f"This has changed since you read it: you saw version {seen_version}, "
                f"version {self.version} is in force. Read it again, then decide."
            )
            raise Stale(message, seen=seen_version, current=self.version)


class StatedQuerySet(LockingQuerySet[_Row]):
    """Rows that say what holds from one instant to another, as known at an instant."""

    def known(self, at: datetime | None = None) -> Self:
        """Those that are held true now, or were at ``at``."""
        if at is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=at), stated_at__lte=at
        )

    def in_force(self, instant: datetime) -> Self:
        """Those that hold at that instant."""
        return self.filter(in_force__contains=instant)


class Stated(AppendOnly):
    """What somebody has said to hold for a while: in force × known, never rewritten.

    Only ``superseded_at`` may ever be set, once. What ends earlier than it said is
    another row.
    """

    in_force = DateTimeRangeField(help_text="[start, end) in UTC.")
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=160)
    says_so = models.CharField(
        max_length=200, help_text="The paper, the clause or the reason behind it."
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = StatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(
        self, *args: Any, among: StatedQuerySet[Any] | None = None, **kwargs: Any
    ) -> None:
        """Save the row; of those ``among`` which it meets only the rest still holds.

        :param among: what it may contradict, such as all rows on the same key
        """
        if among is not None:
            self._take_the_place(among)
        super().save(*args, **kwargs)

    def _take_the_place(self, among: StatedQuerySet[Any]) -> None:
        met = among.known().filter(in_force__overlap=self.in_force)
        for old in met.order_by("pk"):
            old.superseded_at = self.stated_at
            old.save(update_fields=["superseded_at"])
            for rest in _without(old.in_force, self.in_force):
                same = copy(old)
                same.pk, same.superseded_at, same.in_force = None, None, rest
                same.stated_at = self.stated_at
                if isinstance(same, Addressed):
                    same.public_id = ""
                same._state = ModelState()
                same.save(force_insert=True)


def _without(span: Any, taken: Any) -> list[Any]:
    """What is left of a half-open span; an end that is empty is open."""
    left = []
    if taken.lower is not None and (span.lower is None or span.lower < taken.lower):
        left.append(DateTimeTZRange(span.lower, taken.lower, "[)"))
    if taken.upper is not None and (span.upper is None or span.upper > taken.upper):
        left.append(DateTimeTZRange(taken.upper, span.upper, "[)"))
    return left
