"""Print a paper that was asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM
from contracting.core.models import ClockTimestamp
from contracting.documents import events, rendering
from contracting.documents.models import Document, DocumentQuerySet, Rendering
from contracting.documents.operations.store import store_blob
from contracting.documents.paperwork.memory import bounded_memory
from contracting.documents.signing.files import Made, make_file
from contracting.documents.signing.keys import SealMissing
from contracting.documents.states import DocumentState

MAX_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=10)
MISSING_WAIT = timedelta(seconds=60)
LEASE = timedelta(seconds=60)
RENEWED_EVERY_SECONDS = 15.0

_MEMORY = (
    "Printing it takes more than the {:,} megabytes that a paper may take. Put the "
    "long schedule into an attachment, or issue it for a shorter period."
)

_log = logging.getLogger(__name__)


def render_document(*, document_id: int) -> Document | None:
    """Print the paper, store the print under its hash, and say so.

    Three steps: claim the paper for a while, print it while no transaction is open, and
    record the print if the claim still holds. May run twice, and at once on two
    workers: one prints, the other finds nothing to do and returns ``None``.

    An attempt counts from the moment it is claimed, so that a paper which ends its
    worker is given up as visibly as one that raises. What goes wrong is written on the
    row; the sweep tries again, each time after a longer wait. A paper waits without
    limit, and without counting, while the machine lacks the libraries that print, or
    the seal that the paper needs. One that is too large for its kind fails at once.
    """
    document = _claim(document_id)
    if document is None or document.state == DocumentState.FAILED:
        return document
    try:
        with (
            _renewed(document),
            bounded_memory(settings.PAPER_MEGABYTES),
        ):
            made = make_file(document, lambda: rendering.render(_sheet(document)))
        if not connection.in_atomic_block:
            # A connection that has idled for minutes may be dead by now.
            connection.close_if_unusable_or_obsolete()
        return _record_print(document, made)
    except (rendering.LibrariesMissing, SealMissing) as missing:
        return _wait_for_equipment(document, str(missing))
    except rendering.TooLarge as too_large:
        return _record_failure(document, str(too_large), is_final=True)
    except MemoryError:
        _log.exception("Paper %s takes too much memory.", document.public_id)
        return _record_failure(document, _MEMORY.format(settings.PAPER_MEGABYTES))
    except Exception as error:  # noqa: BLE001 (written on the row, tried again)
        _log.exception("Paper %s was not printed.", document.public_id)
        return _record_failure(document, f"{type(error).__name__}: {error}")


@transaction.atomic
def _claim(document_id: int) -> Document | None:
    """The paper, leased to this attempt; failed when too many never came back."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=ClockTimestamp())
    document: Document | None = (
        Document.objects.waiting()
        .filter(free, pk=document_id)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("agency")
        .first()
    )
    if document is None:
        return None
    if document.leased_until is not None:
        _log.error("Paper %s lost its worker.", document.public_id)
        document.last_error = (
            f"Attempt {document.attempts} never came back: its worker ended, or took "
            "too long or too much memory."
        )
    if document.attempts >= MAX_ATTEMPTS:
        return _give_up(document, document.last_error)
    document.attempts += 1
    document.leased_until = ClockTimestamp() + LEASE
    document.save(update_fields=["attempts", "last_error", "leased_until"])
    return document


@contextmanager
def _renewed(document: Document) -> Iterator[None]:
    """Keep the lease while the press works: it ends soon after the worker does."""
    printed = threading.Event()

    def renew() -> None:
        try:
            while not printed.wait(RENEWED_EVERY_SECONDS):
                _leased(document).update(leased_until=ClockTimestamp() + LEASE)
        except DatabaseError:
            _log.exception("The lease of %s is not renewed.", document.public_id)
        finally:
            connection.close()

    renewing = threading.Thread(target=renew, name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        printed.set()
        renewing.join()


def _leased(document: Document) -> DocumentQuerySet:
    """The row, as long as it is still leased to this very attempt."""
    return Document.objects.waiting().filter(
        pk=document.pk, attempts=document.attempts, leased_until__isnull=False
    )


def _held(document: Document) -> Document | None:
    """The row under a lock, or nothing when another attempt has it by now."""
    held: Document | None = _leased(document).locked().first()
    if held is None:
        _log.warning("Paper %s was printed too late.", document.public_id)
    return held


def _sheet(document: Document) -> rendering.Sheet:
    return rendering.Sheet(
        kind=document.kind,
        title=document.title,
        number=document.number,
        version=document.version,
        content_sha256=document.content_sha256,
        context=document.context,
        author=document.agency.name,
        created_at=document.requested_at,
        verify_at=settings.SITE_URL + document.verify_path
        if document.verify_path
        else "",
    )


@transaction.atomic
def _record_print(claimed: Document, file: Made) -> Document | None:
    document = _held(claimed)
    if document is None:
        return None
    blob = store_blob(content=file.content, media_type="application/pdf")
    base, signed = file.base, file.signed
    template = rendering.template_sha256(document.kind)
    made = Rendering.objects.create(
        document=document,
        blob=blob,
        renderer=base.renderer if base else rendering.renderer(),
        template_sha256=base.template_sha256 if base else template,
        unsealed_sha256=signed.unsealed_sha256 if signed else "",
        seal_certificate_sha256=signed.certificate_sha256 if signed else "",
        base=base,
        revisions=list(signed.revisions) if signed else [],
        level=signed.level if signed else "",
    )
    made.refresh_from_db(fields=["rendered_at"])
    _release(document, why="")
    if made.signatures >= document.signatures.count():
        document.move_to(DocumentState.RENDERED)
    record_event(
        events.DOCUMENT_SIGNED if base else events.DOCUMENT_RENDERED,
        subject=document.as_subject,
        by=SYSTEM,
        at=made.rendered_at,
        data=_account(document, made),
    )
    return document


def _account(document: Document, made: Rendering) -> dict[str, Any]:
    """What the audit trail keeps of a file."""
    told = {
        "document": document.public_id,
        "kind": document.kind,
        "number": document.number,
        "version": document.version,
        "content_sha256": document.content_sha256,
        "sha256": made.blob.sha256,
        "size_bytes": made.blob.size_bytes,
        "renderer": made.renderer,
        "template_sha256": made.template_sha256,
    }
    if not made.is_sealed:
        return told
    placed = document.signatures.select_related("approval").order_by("place")
    return {
        **told,
        "unsealed_sha256": made.unsealed_sha256,
        "seal_certificate_sha256": made.seal_certificate_sha256,
        "level": made.level,
        "base_sha256": made.base.blob.sha256 if made.base else "",
        "approvals": [
            {"party": each.approval.party, "sha256": each.approval.sha256}
            for each in placed[: made.signatures]
        ],
    }


@transaction.atomic
def _record_failure(
    claimed: Document, why: str, *, is_final: bool = False
) -> Document | None:
    document = _held(claimed)
    if document is None:
        return None
    if is_final or document.attempts >= MAX_ATTEMPTS:
        return _give_up(document, why)
    _release(document, why=why, wait=FIRST_WAIT * 3 ** (document.attempts - 1))
    return document


@transaction.atomic
def _wait_for_equipment(claimed: Document, why: str) -> Document | None:
    document = _held(claimed)
    if document is None:
        return None
    document.attempts -= 1
    _release(document, why=why, wait=MISSING_WAIT)
    return document


def _give_up(document: Document, why: str) -> Document:
    _release(document, why=why)
    document.move_to(DocumentState.FAILED)
    record_event(
        events.DOCUMENT_FAILED,
        subject=document.as_subject,
        by=SYSTEM,
        at=_now(document),
        data={"document": document.public_id, "kind": document.kind, "why": why[:500]},
    )
    return document


def _release(document: Document, *, why: str, wait: timedelta | None = None) -> None:
    """End the lease; until ``wait`` is over the sweep leaves the paper alone."""
    document.leased_until = None
    document.last_error = why[:2000]
    document.next_attempt_at = _now(document) + wait if wait else None
    document.save(
        update_fields=["attempts", "leased_until", "last_error", "next_attempt_at"]
    )


def _now(document: Document) -> datetime:
    """The database's clock after the press has ended; the door's is older by then."""
    clock: datetime = Document.objects.values_list(ClockTimestamp(), flat=True).get(
        pk=document.pk
    )
    return clock
