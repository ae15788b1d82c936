"""Ask for papers as one file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from accounts.states import Scope
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.models import Document
from contracting.documents.operations.start_operation import start_operation
from contracting.evidence import events, permissions, queries
from contracting.evidence.models import Archive
from contracting.evidence.refusals import (
    NothingToGather,
    PapersNotPrinted,
    TooManyArchives,
)
from contracting.evidence.states import MOST_PAPERS, WORK, ArchiveKind
from contracting.solicitations.models import Solicitation


@transaction.atomic
def bundle_documents(
    *, about: Contract | Solicitation, papers: Sequence[str], by: Actor, at: datetime
) -> Archive:
    """Have up to a hundred papers of a contract or a solicitation put into one ZIP.

    While the same is under way for the same organization, asking again leads to it.

    :param papers: public ids; each must be among those that ``by`` may read
    :raises NotAllowed: unless ``by`` is a person in a role
    :raises NothingToGather: if none is chosen, too many, or one that is not there
    :raises PapersNotPrinted: naming those that have no print
    :raises TooManyArchives: while others of the organization are under way
    """
    locked_organization(by)
    require(permissions.can_bundle_documents(by, about))
    chosen = _chosen(about, papers, by)
    number = about.piid or about.public_id
    archive = Archive(
        kind=ArchiveKind.BUNDLE,
        contract=about if isinstance(about, Contract) else None,
        solicitation=about if isinstance(about, Solicitation) else None,
        number=number,
        title=f"Papers of {number}"[:240],
        plan=queries.paper_entries(chosen),
        asked_at=at,
        asked_by_name=by.name,
    )
    same = queries.same_under_way(archive, by.own_organization_id)
    if same is not None:
        return same
    begin(archive, by=by, at=at)
    record_event(
        events.BUNDLE_ASKED,
        subject=about.subject,
        by=by,
        at=at,
        data={
            "archive": archive.public_id,
            "papers": [each.public_id for each in chosen],
        },
    )
    return archive


def locked_organization(by: Actor) -> Organization:
    """Who asks, one request after the other: two at once lead to one archive."""
    found: Organization = Organization.objects.locked().get(pk=by.own_organization_id)
    return found


def begin(archive: Archive, *, by: Actor, at: datetime) -> None:
    """Write the request down, with the operation that gathers it.

    :raises TooManyArchives: while as many of the organization are under way as may be
    """
    if queries.under_way(by.own_organization_id).count() >= queries.MOST_UNDER_WAY:
        message = (
            f"{queries.MOST_UNDER_WAY} archives of your organization are being "
            "gathered. Wait for one of them, or stop it."
        )
        raise TooManyArchives(message)
    archive.operation = start_operation(
        kind=WORK,
        title=archive.title,
        organization_id=by.own_organization_id,
        scope=Scope.DOCUMENTS_READ,
        total=len(archive.plan) + 1,
        unit="files",
        by=by,
        at=at,
    )
    archive.save()


def insist_on_prints(papers: Sequence[Document]) -> None:
    """:raises PapersNotPrinted: if one of them has no print, naming the first few"""
    missing = queries.unprinted(papers)
    if not missing:
        return
    named = "; ".join(f"{each.title} ({each.number})" for each in missing[:5])
    more = f"; and {len(missing) - 5} more" if len(missing) > 5 else ""
    message = (
        f"Not printed yet, or given up: {named}{more}. Wait until they are printed, or "
        "request those again that have failed: a part is never given as the whole."
    )
    raise PapersNotPrinted(message, papers=[each.public_id for each in missing[:20]])


def _chosen(
    about: Contract | Solicitation, papers: Sequence[str], by: Actor
) -> list[Document]:
    wanted = set(papers)
    if not wanted:
        message = "Choose at least one paper."
        raise NothingToGather(message, pointer="/papers")
    if len(wanted) > MOST_PAPERS:
        message = (
            f"A bundle has {MOST_PAPERS} papers at the most; {len(wanted)} are chosen."
        )
        raise NothingToGather(message, pointer="/papers")
    readable = queries.papers_of(about, by)
    chosen = [each for each in readable if each.public_id in wanted]
    if len(chosen) != len(wanted):
        message = "One of these papers is not there. Choose from the list."
        raise NothingToGather(message, pointer="/papers")
    insist_on_prints(chosen)
    return chosen
