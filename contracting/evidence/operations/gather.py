"""Take the next step of an archive: some of its files, or at last the ZIP."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from contracting.audit.operations.record import record_event
from contracting.contracts.calculations import content
from contracting.contracts.queries.file import index_of
from contracting.core.actors import SYSTEM, Actor
from contracting.core.canonical import canonical_json
from contracting.core.permissions import require
from contracting.core.plots.tables import Value, rows_as_csv
from contracting.documents.models import Document, Operation, Rendering
from contracting.documents.operations.store import store_blob
from contracting.documents.queries import Progress, file_name, read_blob
from contracting.evidence import events, paperwork, permissions, queries
from contracting.evidence.models import Archive, ArchiveFile, ArchivePart
from contracting.evidence.queries import chains, papers, tables
from contracting.evidence.refusals import ArchiveTooLarge, HoldsMore
from contracting.evidence.states import MOST_BYTES, Level, PartKind

PAPERS_AT_ONCE: Final = 10


@transaction.atomic
def gather(*, operation: Operation, by: Actor, at: datetime) -> Progress:
    """Gather the next files of an archive; after the last one, make the ZIP.

    A step and its account are one transaction: a worker that ends in the middle has
    gathered its files or not, and the next one goes on behind the last that is there.
    Nothing of an archive can be had before its ZIP is whole.

    :raises NotAllowed: if whoever asked may no longer ask
    :raises HoldsMore: if they may no longer read one of the papers
    :raises Damaged: if a stored paper is not what was hashed
    :raises ArchiveTooLarge: if the files are more than an archive may hold
    """
    archive = Archive.objects.select_related(
        "contract__agency", "contract__vendor", "contract__solicitation", "solicitation"
    ).get(operation=operation)
    require(permissions.can_gather(by, archive))
    have = archive.parts.count()
    ahead = archive.plan[have : have + PAPERS_AT_ONCE]
    if ahead and "paper" in ahead[0]:
        taken = [entry for entry in ahead if "paper" in entry]
        _take_papers(archive, have, taken, by)
    else:
        taken = archive.plan[have:] if ahead else []
        for position, entry in enumerate(taken, start=have):
            _take_record(archive, position, entry, by)
    if taken:
        _insist_on_size(archive)
        left = len(archive.plan) - have - len(taken)
        return Progress(len(taken), phase=f"{left} left" if left else "the whole")
    operation.result_path = archive.path
    made = _finish(archive, by, at)
    return Progress(1, phase=f"{made.files} files in one", is_last=True)


def _take_papers(
    archive: Archive, first: int, entries: list[dict[str, Any]], by: Actor
) -> None:
    if papers.unreadable([entry["paper"] for entry in entries], by):
        message = (
            "One of its papers may not be read any more by whoever asked. Ask again "
            "for what may be read now."
        )
        raise HoldsMore(message)
    documents = Document.objects.in_bulk([entry["paper"] for entry in entries])
    prints = Rendering.objects.select_related("blob").in_bulk(
        [entry["rendering"] for entry in entries]
    )
    for position, entry in enumerate(entries, start=first):
        document, made = documents[entry["paper"]], prints[entry["rendering"]]
        read_blob(made.blob)
        ArchivePart.objects.create(
            archive=archive,
            position=position,
            name=f"papers/{position + 1:04}-{file_name(document)}"[:160],
            kind=PartKind.PAPER,
            title=f"{document.get_kind_display().capitalize()}: {document.title}"[:240],
            number=document.number,
            version=document.version,
            content_sha256=document.content_sha256,
            document=document,
            blob=made.blob,
        )


def _take_record(
    archive: Archive, position: int, entry: dict[str, Any], by: Actor
) -> None:
    ((what, which),) = entry.items()
    name, kind, title, number, made, media_type = _TAKE[what](archive, which, by)
    ArchivePart.objects.create(
        archive=archive,
        position=position,
        name=name,
        kind=kind,
        title=title,
        number=number,
        blob=store_blob(content=made, media_type=media_type, packed=True),
    )


_Taken = tuple[str, PartKind, str, str, bytes, str]


def _table(archive: Archive, name: str, by: Actor) -> _Taken:
    table = tables.table_named(name)
    made, rows = tables.as_csv(table, queries.scope_of(archive, by))
    title = f"{table.title}: {rows} row{'' if rows == 1 else 's'}"
    return f"records/{name}.csv", PartKind.TABLE, title, "", made, "text/csv"


def _facts(archive: Archive, _: str, by: Actor) -> _Taken:
    contract = queries.scope_of(archive, by).contract
    said: dict[str, Any] = {
        "number": contract.piid,
        "title": contract.title,
        "agency": contract.agency.name,
        "vendor": contract.vendor.name,
        "instrument": contract.instrument,
        "state": contract.state,
        "awarded_at": contract.awarded_at,
        "time_zone": contract.time_zone,
        "version": contract.version,
        "content_sha256": contract.content_sha256,
    }
    if archive.level != Level.RELEASE:
        said["content"] = content(contract)
    made = (canonical_json(said) + "\n").encode()
    title = "The contract: its parties, dates and terms"
    name, media_type = "records/contract.json", "application/json"
    return name, PartKind.TABLE, title, "", made, media_type


def _index(archive: Archive, _: str, by: Actor) -> _Taken:
    contract = queries.scope_of(archive, by).contract
    rows: list[list[Value]] = [
        [
            stage,
            entry.title,
            entry.state,
            each.title if each else "; ".join(entry.reasons),
            each.on if each else None,
            each.path if each else "",
            entry.item.citation if entry.item else "",
        ]
        for stage, entries in index_of(contract, by, archive.asked_at)
        for entry in entries
        for each in (*entry.filed, *([] if entry.filed else [None]))
    ]
    head = ["stage", "item", "state", "what or why not", "on", "address", "basis"]
    made = "".join(rows_as_csv(head, rows)).encode()
    title = "The index of the contract's file (FAR 4.803)"
    return "file_index.csv", PartKind.INDEX, title, "", made, "text/csv"


def _withheld(archive: Archive, _: str, by: Actor) -> _Taken:
    contract = queries.scope_of(archive, by).contract
    inside = archive.parts.exclude(document=None).values_list("document", flat=True)
    rows: list[list[Value]] = [
        [each.get_kind_display(), each.number, each.requested_at, "It is not public."]
        for each in papers.withheld_papers(contract, set(inside))
    ]
    head = ["kind", "number", "requested_at", "why"]
    made = "".join(rows_as_csv(head, rows)).encode()
    title = f"Papers of the contract that are withheld: {len(rows)}"
    return "withheld_papers.csv", PartKind.INDEX, title, "", made, "text/csv"


def _chain(archive: Archive, stream: str, by: Actor) -> _Taken:
    made, links = chains.chain_lines(stream, archive.level, by)
    kind = stream.partition(":")[0]
    title = f"The chain of events of the {kind}: {links} links"
    name = f"chain-{kind}.jsonl"
    return name, PartKind.CHAIN, title, stream, made, "application/x-ndjson"


_TAKE: Final[dict[str, Callable[[Archive, str, Actor], _Taken]]] = {
    "table": _table,
    "facts": _facts,
    "index": _index,
    "withheld": _withheld,
    "chain": _chain,
}


def _insist_on_size(archive: Archive) -> None:
    size = archive.parts.aggregate(sum=Sum("blob__size_bytes"))["sum"] or 0
    if size > MOST_BYTES:
        message = (
            f"Its files have {size:,} bytes; an archive holds {MOST_BYTES:,} at the "
            "most. Choose fewer papers, fewer orders or a shorter period."
        )
        raise ArchiveTooLarge(message)


def _finish(archive: Archive, by: Actor, at: datetime) -> ArchiveFile:
    """Put the parts together, and keep the whole under its hash."""
    require(permissions.can_hand_over(by, archive))
    parts = archive.parts.select_related("blob").order_by("position")
    members = [paperwork.member_of(each, read_blob(each.blob)) for each in parts]
    members += paperwork.guides(archive, members)
    manifest = paperwork.manifest_of(archive, members)
    whole = paperwork.zip_of(members, manifest)
    made = ArchiveFile.objects.create(
        archive=archive,
        blob=store_blob(content=whole, media_type="application/zip"),
        files=len(members) + 2,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
    )
    record_event(
        events.ARCHIVE_GATHERED,
        subject=archive.about.subject,
        by=SYSTEM,
        at=at,
        data={
            "archive": archive.public_id,
            "sha256": made.blob.sha256,
            "size_bytes": made.blob.size_bytes,
            "files": made.files,
            "manifest_sha256": made.manifest_sha256,
        },
    )
    return made
