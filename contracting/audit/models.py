"""One append-only table, hash-chained per stream, written with what it records."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models

from contracting.audit.events import known_event
from contracting.core.models import AppendOnly


class AuditHead(models.Model):
    """The last link of a stream's chain; locked last of all locks."""

    stream = models.CharField(max_length=80, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.stream} at {self.seq}"


class AuditEvent(AppendOnly):
    """What happened, by whom, on what; ``seq``, ``prev``, ``hash`` are the database's.

    ``payload`` is canonical JSON kept as text: what was hashed is what is stored.
    """

    stream = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    event = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=12)
    actor_user_id = models.BigIntegerField(null=True, blank=True)
    actor_membership_id = models.BigIntegerField(null=True, blank=True)
    actor_key_id = models.BigIntegerField(null=True, blank=True)
    actor_organization_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=160)
    actor_role = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(help_text="The business instant, UTC.")
    scheme = models.PositiveSmallIntegerField(
        db_default=1,
        editable=False,
        help_text="Of the hash: 2 covers recorded_at, 1 does not.",
    )
    payload = models.TextField()
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_stream_has_each_number_once", fields=["stream", "seq"]
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="audit_by_subject", fields=["subject_kind", "subject_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq} {self.event}"

    @property
    def sentence(self) -> str:
        known = known_event(self.event)
        return known.sentence if known else self.event

    @property
    def read(self) -> dict[str, Any]:
        """The payload, as it was given."""
        found: dict[str, Any] = json.loads(self.payload)
        return found


class RowVersion(AppendOnly):
    """A row that somebody decided by, as it was then: its hash names it (R-AUD-03).

    The events that rest on it name the hash in their payload, and so in the chain. Two
    transactions that meet may both keep the same version: neither waits for the other.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=60, help_text="The label of its model.")
    row_id = models.BigIntegerField()
    content = models.TextField(help_text="Its values by column, as canonical JSON.")

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} {self.sha256[:8]}"
