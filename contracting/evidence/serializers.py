"""The shape of an archive and of a public copy in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.core.actors import Actor
from contracting.core.api import instant, refuse_unknown_fields
from contracting.documents.models import Document
from contracting.evidence.models import Archive
from contracting.evidence.states import Level


class PackRequestSerializer(serializers.Serializer[object]):
    """For whom a pack is, and of what."""

    level = serializers.ChoiceField(choices=Level.choices)
    orders = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=500, required=False
    )
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class ArchiveSerializer(serializers.Serializer[Archive]):
    """An archive and, once it is whole, its hash."""

    id = serializers.CharField()
    kind = serializers.CharField()
    level = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    number = serializers.CharField()
    orders = serializers.ListField(child=serializers.CharField())
    starts_on = serializers.CharField(allow_null=True)
    ends_on = serializers.CharField(allow_null=True)
    asked_at = serializers.CharField()
    is_complete = serializers.BooleanField()
    operation = serializers.CharField()
    sha256 = serializers.CharField(allow_null=True)
    size_bytes = serializers.IntegerField(allow_null=True)
    files = serializers.IntegerField(allow_null=True)
    manifest_sha256 = serializers.CharField(allow_null=True)
    download = serializers.CharField(allow_null=True)


def show_archive(archive: Archive) -> dict[str, Any]:
    """The archive as the API writes it."""
    made = archive.file
    return {
        "id": archive.public_id,
        "kind": archive.kind,
        "level": archive.level or None,
        "title": archive.title,
        "number": archive.number,
        "orders": archive.orders,
        "starts_on": archive.starts_on.isoformat() if archive.starts_on else None,
        "ends_on": archive.ends_on.isoformat() if archive.ends_on else None,
        "asked_at": instant(archive.asked_at),
        "is_complete": made is not None,
        "operation": f"/api/v1{archive.operation.path}",
        "sha256": made.blob.sha256 if made else None,
        "size_bytes": made.blob.size_bytes if made else None,
        "files": made.files if made else None,
        "manifest_sha256": made.manifest_sha256 if made else None,
        "download": f"/api/v1{archive.path}/download" if made else None,
    }


def read_pack_request(body: Any) -> dict[str, Any]:
    """What is asked for, read strictly.

    :raises UnknownField: for a field that is not known
    :raises ValidationError: for a value that is not of its kind
    """
    refuse_unknown_fields(body, {"level", "orders", "starts_on", "ends_on"})
    read = PackRequestSerializer(data=body)
    read.is_valid(raise_exception=True)
    found: dict[str, Any] = dict(read.validated_data)
    return found


class WithheldSerializer(serializers.Serializer[object]):
    """A passage or a whole heading that a copy leaves out."""

    passage = serializers.CharField()
    exemption = serializers.CharField()
    is_heading = serializers.BooleanField()


class PublicCopySerializer(serializers.Serializer[Document]):
    """A copy that everybody reads; what it leaves out, for its agency alone."""

    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    agency = serializers.CharField()
    answers = serializers.CharField()
    released_at = serializers.CharField()
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    download = serializers.CharField()
    original = serializers.CharField(allow_null=True)
    withheld = WithheldSerializer(many=True, allow_null=True)


def show_public_copy(copy: Any, actor: Actor) -> dict[str, Any]:
    """A row of ``public_copies`` as the API writes it for this reader.

    What was withheld is told to the agency, and of a paper that the key may not read to
    nobody: it is part of that paper.
    """
    released = getattr(copy, "release_copy", None)
    cut = released.withheld if released else copy.posted_without
    may_read = copy.copied_from if released else actor.acts_for(copy.agency_id)
    blob = copy.prints[-1].blob
    return {
        "id": copy.public_id,
        "kind": copy.kind,
        "title": copy.title,
        "number": copy.number,
        "agency": copy.agency.name,
        "answers": released.request if released else copy.posted_at_place or "",
        "released_at": instant(copy.requested_at),
        "sha256": blob.sha256,
        "size_bytes": blob.size_bytes,
        "download": f"/api/v1/documents/{copy.public_id}/download",
        "original": copy.copied_from,
        "withheld": [_cut(each) for each in cut or []] if may_read else None,
    }


def _cut(kept: list[Any]) -> dict[str, Any]:
    """A passage as its row keeps it; of a justification no headings are withheld."""
    passage, exemption, *is_heading = kept
    return {
        "passage": passage,
        "exemption": exemption,
        "is_heading": any(is_heading),
    }
