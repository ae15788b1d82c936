"""Ask for a paper, in the transaction of what it documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.canonical import plain
from contracting.core.models import random_code
from contracting.core.subjects import Subject
from contracting.documents import tasks
from contracting.documents.models import Document
from contracting.documents.refusals import UnknownKind
from contracting.documents.states import DocumentKind


@transaction.atomic
def request_document(
    *,
    kind: str,
    subject: Subject,
    title: str,
    number: str,
    agency_id: int,
    vendor_id: int | None = None,
    is_public: bool = False,
    context: dict[str, Any],
    content_sha256: str,
    version: int,
    by: Actor,
    at: datetime,
) -> Document:
    """Freeze what is to be printed; a worker prints it after the commit.

    The row is the outbox: should the message to the worker get lost, the sweep finds
    the row. The event of the verb that asks is the record, so none is written here.

    :param context: plain values, quantities and instants; see the reference of papers
    :raises UnknownKind: if no such paper exists
    :raises TypeError: if the context holds a float or anything without a plain form
    """
    if kind not in DocumentKind.values:
        message = f"There is no paper of kind {kind!r}."
        raise UnknownKind(message, kind=kind)
    document = Document.objects.create(
        kind=kind,
        subject_kind=subject.kind,
        subject_id=subject.id,
        stream=subject.stream,
        title=title,
        number=number,
        agency_id=agency_id,
        vendor_id=vendor_id,
        is_public=is_public,
        context=plain(context),
        content_sha256=content_sha256,
        version=version,
        verification_code=random_code(),
        requested_at=at,
        requested_by_name=by.name,
    )
    transaction.on_commit(
        lambda: tasks.render_document.apply_async((document.pk,), retry=False),
        robust=True,
    )
    return document
