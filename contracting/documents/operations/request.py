"""Ask for a paper, in the transaction of what it documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.canonical import plain
from contracting.core.models import random_code
from contracting.core.subjects import Subject
from contracting.documents import tasks
from contracting.documents.models import Approval, Document
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.sign import place_approvals
from contracting.documents.queries import PARTY_OF_ROLE
from contracting.documents.refusals import UnknownKind
from contracting.documents.signing import orders
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
    order: str = "",
    approvals: Sequence[Approval] = (),
) -> Document:
    """Freeze what is to be printed; a worker prints it after the commit.

    The row is the outbox: should the message to the worker get lost, the sweep finds
    the row. The event of the verb that asks is the record, so none is written here.

    A paper that binds or goes out is signed, in its order, for the acts whose records
    are given. When none is given it is signed for ``by`` alone, who asks for it.

    :param context: plain values, quantities and instants; see the reference of papers
    :param order: a row of ``data/signature_orders.csv``, with ``approvals``
    :param approvals: of those who have signed so far, the first one first
    :raises UnknownKind: if no such paper exists
    :raises OutOfOrder: if the approvals do not follow the order
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
        parties=_parties(kind, order, by),
    )
    if document.parties:
        place_approvals(document, approvals or [_own(document, by, at)])
    transaction.on_commit(
        lambda: tasks.render_document.apply_async((document.pk,), retry=False),
        robust=True,
    )
    return document


def _parties(kind: str, order: str, by: Actor) -> list[str]:
    """Who signs the paper: as the order says, or whoever asks for it."""
    of_kind = orders.paper(kind)
    if not of_kind.is_sealed:
        return []
    if order:
        return list(orders.orders()[order])
    party = PARTY_OF_ROLE.get(by.role) if by.is_agency else None
    return [] if of_kind.order == orders.SEAL_ONLY or party is None else [str(party)]


def _own(document: Document, by: Actor, at: datetime) -> Approval:
    """The record of whoever asks for a paper that they alone sign."""
    return record_approval(
        action=f"issue_{document.kind}",
        party=document.parties[0],
        subject=document.subject,
        version=document.version,
        content_sha256=document.content_sha256,
        by=by,
        at=at,
    )
