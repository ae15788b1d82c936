"""The papers of a case, as a reader may have them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.determinations.models import Posting
from contracting.disputes.models import DisputeCase
from contracting.documents.models import (
    A_PAPER,
    Document,
    DocumentQuerySet,
    Rendering,
)
from contracting.documents.queries import documents_of_stream, is_held_by
from contracting.documents.states import DocumentKind, DocumentState
from contracting.evaluations.queries import evaluations_visible_to
from contracting.evidence.models import ReleaseCopy
from contracting.orders.models import Modification, TaskOrder
from contracting.payments.models import PaymentCertification
from contracting.reconciliation.models import Acceptance
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState


def readable_papers(streams: Collection[str], actor: Actor) -> list[Document]:
    """The papers of these streams that the actor may read now, oldest first.

    A receipt names no reader: its vendor is known by the app that keeps it.
    """
    asked = Document.objects.filter(stream__in=streams).select_related("vendor")
    found = list(asked.visible_to(actor))
    if actor.is_vendor:
        receipts = asked.filter(kind=DocumentKind.RECEIPT)
        seen = {each.pk for each in found}
        found += [
            each for each in receipts if each.pk not in seen and is_held_by(actor, each)
        ]
    found += _memos(asked, actor)
    return sorted(found, key=lambda each: each.pk)


def _memos(asked: DocumentQuerySet, actor: Actor) -> list[Document]:
    """Price memos, for who may look at the evaluation that they are of."""
    memos = asked.filter(
        kind=DocumentKind.PRICE_MEMO, stream__startswith="solicitation:"
    )
    streams = {each.stream for each in memos}
    evaluated = evaluations_visible_to(actor).filter(
        pk__in=[int(each.rpartition(":")[2]) for each in streams]
    )
    theirs = {each.stream for each in evaluated}
    return [each for each in memos if each.stream in theirs]


def unreadable(documents: Iterable[int], actor: Actor) -> int:
    """How many of these papers the actor may not read now."""
    wanted = set(documents)
    rows = Document.objects.filter(pk__in=wanted)
    seen = set(rows.visible_to(actor).values_list("pk", flat=True))
    held = {each.pk for each in rows.exclude(pk__in=seen) if is_held_by(actor, each)}
    memos = {each.pk for each in _memos(rows, actor)}
    return len(wanted - seen - held - memos)


def get_paper_for(actor: Actor, public_id: str) -> Document:
    """A paper by its address, for those who may read it, price memos included.

    :raises NotVisible: for anybody else, and for an address that does not exist
    """
    asked = Document.objects.filter(public_id=public_id)
    found = asked.select_related("agency", "vendor").first()
    if found is None or unreadable([found.pk], actor):
        message = "There is no such paper."
        raise NotVisible(message)
    return found


def is_awarded(stream: str) -> bool:
    """Whether no competition hangs on papers of this stream any more."""
    root, _, key = stream.partition(":")
    if root == "solicitation":
        awarded = Solicitation.objects.filter(state=SolicitationState.AWARDED)
        return awarded.filter(pk=int(key)).exists()
    if root == "contract":
        return Contract.objects.filter(pk=int(key), awarded_at__isnull=False).exists()
    return True


def copies_released(document: Document) -> QuerySet[ReleaseCopy]:
    """The copies of a paper that were made for release, newest first."""
    found = ReleaseCopy.objects.filter(original=document)
    return found.select_related("document", "released_by__user").order_by("-pk")


def public_copies(actor: Actor) -> DocumentQuerySet:
    """The printed copies that everybody reads: those released, and justifications.

    Each row has ``posted_at_place`` or ``release_copy``, which say what is withheld and
    why; ``prints``, the newest last; and ``copied_from``, the id of the paper that it
    is a copy of, for a reader of its agency who may read that one (FAR 6.305, 24.202).
    """
    posting = Posting.objects.filter(determination=OuterRef("subject_id"))
    originals = Document.objects.visible_to(actor).filter(
        agency=actor.organization_id, pk=OuterRef("release_copy__original")
    )
    prints = Rendering.objects.select_related("blob").order_by("pk")
    posted = Q(kind=DocumentKind.JUSTIFICATION) & ~Q(subject_kind=A_PAPER)
    found: DocumentQuerySet = (
        Document.objects.filter(
            posted | Q(subject_kind=A_PAPER),
            is_public=True,
            state=DocumentState.RENDERED,
        )
        .select_related("agency", "release_copy")
        .prefetch_related(Prefetch("renderings", prints, to_attr="prints"))
        .annotate(
            posted_at_place=Case(
                When(posted, then=Subquery(posting.values("place")[:1]))
            ),
            posted_without=Case(
                When(posted, then=Subquery(posting.values("withheld")[:1]))
            ),
            copied_from=Subquery(originals.values("public_id")[:1]),
        )
    )
    return found


def papers_of(
    about: Contract | Solicitation, actor: Actor, *, with_solicitation: bool = False
) -> list[Document]:
    """What a reader may choose from, of a contract or of a solicitation."""
    streams = [about.stream]
    if with_solicitation and isinstance(about, Contract):
        streams.append(about.solicitation.stream)
    return readable_papers(streams, actor)


def withheld_papers(contract: Contract, seen: Collection[int]) -> list[Document]:
    """The papers of the contract itself that are not among those."""
    found = documents_of_stream(contract.stream).exclude(pk__in=seen)
    return list(found.order_by("pk"))


def narrowed(
    papers: Iterable[Document],
    *,
    contract: Contract,
    orders: Collection[TaskOrder],
    starts_on: date | None,
    ends_on: date | None,
) -> list[Document]:
    """Only those of the period, and none that is of another order alone.

    :param orders: those that are meant; all of the contract when empty
    """
    others = _of_other_orders(contract, orders) if orders else {}
    return [
        each
        for each in papers
        if _is_within(each, contract, starts_on, ends_on)
        and each.subject_id not in others.get(each.subject_kind, ())
    ]


def _is_within(
    paper: Document, contract: Contract, starts_on: date | None, ends_on: date | None
) -> bool:
    day = accounting_day(paper.requested_at, contract.time_zone)
    return (starts_on or day) <= day <= (ends_on or day)


def _of_other_orders(
    contract: Contract, orders: Collection[TaskOrder]
) -> dict[str, set[int]]:
    """What is of an order that is not meant, by the kind of its subject."""
    others = contract.orders.exclude(pk__in=[each.pk for each in orders])
    ids = list(others.values_list("pk", flat=True))
    of_orders = {
        "orders.modification": Modification.objects.filter(order__in=ids),
        "reconciliation.acceptance": Acceptance.objects.filter(invoice__order__in=ids),
        "payments.certification": PaymentCertification.objects.filter(
            invoice__order__in=ids
        ),
        "disputes.case": DisputeCase.objects.filter(order__in=ids),
    }
    return {
        "orders.task_order": set(ids),
        **{
            kind: set(rows.values_list("pk", flat=True))
            for kind, rows in of_orders.items()
        },
    }
