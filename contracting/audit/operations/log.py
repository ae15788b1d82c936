"""Log that somebody read source selection information."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit import events
from contracting.audit.models import AuditEvent
from contracting.audit.operations.record import record_event
from contracting.audit.queries import stream_of_reads
from contracting.core.actors import Actor
from contracting.core.subjects import Subject


@transaction.atomic
def log_reading(
    *, subject: Subject, what: str, how: str, by: Actor, at: datetime
) -> AuditEvent:
    """Write down who saw what, in a chain of its own beside the subject's.

    A page calls it after it has permitted the reading and before it answers, so that
    nothing is shown that is not logged (41 USC 2101-2107, FAR 3.104; R-EVL-10). A page
    that is printed was read; a paper that is printed was downloaded.

    :param what: the address of what was read
    :param how: ``"read"``, or ``"download"`` for what leaves the site as a file
    """
    reads = Subject(
        f"{subject.kind}.reads", subject.id, stream_of_reads(subject.stream)
    )
    return record_event(
        events.SOURCE_SELECTION_READ,
        subject=reads,
        by=by,
        at=at,
        data={"what": what, "how": how},
    )
