"""A contract with a paid invoice, its papers printed, and archives of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from unittest.mock import patch

from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.documents import rendering
from contracting.documents.models import Document, Rendering
from contracting.documents.operations.render import render_document
from contracting.documents.operations.work_operation import work_operation
from contracting.documents.signing import orders
from contracting.evidence.models import Archive, ArchiveFile
from contracting.evidence.operations.build import build_pack
from contracting.evidence.operations.bundle import bundle_documents
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.evidence.queries import papers_of
from tests.builders_settlement import paid_invoice
from tests.cast import actor


def printed() -> None:
    """Every paper that waits is printed unsealed, on a press that takes no time."""
    plain = orders.Paper("any", is_sealed=False, order="", why="")
    with (
        patch.object(rendering, "render", _pressed),
        patch.object(orders, "paper", lambda kind: plain),
        patch.object(Rendering, "signatures", 99),
    ):
        for pk in Document.objects.waiting().values_list("pk", flat=True):
            render_document(document_id=pk)


def _pressed(sheet: rendering.Sheet) -> bytes:
    return f"%PDF-1.7 {sheet.kind} {sheet.number}".encode()


def paid_contract() -> Contract:
    """An awarded contract with an order whose invoice is paid; every paper printed."""
    invoice = paid_invoice().certification.invoice
    printed()
    return Contract.objects.get(pk=invoice.order.contract_id)


def pack(contract: Contract, *, by: str = "auditor", level: str = "FULL", **more: Any):
    """A pack that was asked for, and is not gathered yet."""
    return build_pack(
        contract_id=contract.pk, level=level, by=actor(by), at=clock.now(), **more
    )


def bundle(contract: Contract, *, by: str = "cor", papers: list[str] | None = None):
    """A bundle of all that this reader may read, or of some."""
    found = [each.public_id for each in papers_of(contract, actor(by))]
    chosen = found if papers is None else papers
    return bundle_documents(about=contract, papers=chosen, by=actor(by), at=clock.now())


def gathered(archive: Archive) -> Archive:
    """The archive after a worker has worked on it."""
    work_operation(operation_id=archive.operation_id)
    return Archive.objects.get(pk=archive.pk)


def file_of(archive: Archive) -> ArchiveFile:
    """The whole of it, which must be there."""
    made = archive.file
    assert made is not None
    return made


def unpacked(archive: Archive, by: str) -> dict[str, bytes]:
    """Its files by name, as this reader is handed them."""
    _, whole = hand_over_archive(archive_id=archive.pk, by=actor(by), at=clock.now())
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def manifest_of(files: dict[str, bytes]) -> dict[str, Any]:
    """What the archive says of itself."""
    found: dict[str, Any] = json.loads(files["manifest.json"])
    return found
