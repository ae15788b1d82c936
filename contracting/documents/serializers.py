"""The shape of a paper in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.core.api import instant
from contracting.documents.models import Document, Operation, SignedCopy


class DocumentSerializer(serializers.Serializer[Document]):
    """A paper and, once it is printed, what came of it."""

    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    content_sha256 = serializers.CharField()
    state = serializers.CharField()
    is_public = serializers.BooleanField()
    requested_at = serializers.CharField()
    rendered_at = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    size_bytes = serializers.IntegerField(allow_null=True)
    media_type = serializers.CharField(allow_null=True)
    download = serializers.CharField(allow_null=True)


def show_document(document: Document) -> dict[str, Any]:
    """The paper as the API writes it."""
    made = document.rendering
    return {
        "id": document.public_id,
        "kind": document.kind,
        "title": document.title,
        "number": document.number,
        "version": document.version,
        "content_sha256": document.content_sha256,
        "state": document.state,
        "is_public": document.is_public,
        "requested_at": instant(document.requested_at),
        "rendered_at": instant(made.rendered_at) if made else None,
        "sha256": made.blob.sha256 if made else None,
        "size_bytes": made.blob.size_bytes if made else None,
        "media_type": made.blob.media_type if made else None,
        "download": (
            f"/api/v1/documents/{document.public_id}/download" if made else None
        ),
    }


class SignedCopySerializer(serializers.Serializer[SignedCopy]):
    """A copy that a party has signed with its own key, and what its check has found."""

    id = serializers.CharField()
    party = serializers.CharField()
    name = serializers.CharField()
    sha256 = serializers.CharField()
    received_at = serializers.CharField()
    received_by = serializers.CharField()
    result = serializers.ChoiceField(
        choices=["TRUSTED", "NOT_TRUSTED", "REFUSED"], allow_null=True
    )
    sentence = serializers.CharField(allow_null=True)
    signature = serializers.DictField(allow_null=True)
    operation = serializers.CharField()


def show_copy(copy: SignedCopy) -> dict[str, Any]:
    """A signed copy as the API writes it."""
    found = getattr(copy, "check_of_it", None)
    return {
        "id": copy.public_id,
        "party": copy.party,
        "name": copy.name,
        "sha256": copy.blob.sha256,
        "received_at": instant(copy.received_at),
        "received_by": copy.received_by,
        "result": found.result if found else None,
        "sentence": found.sentence if found else None,
        "signature": (found.signature or None) if found else None,
        "operation": copy.operation.public_id,
    }


class ProgressSerializer(serializers.Serializer[object]):
    """How much is done."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()
    unit = serializers.CharField()


class OperationSerializer(serializers.Serializer[Operation]):
    """Work that takes longer than a request, and where it stands."""

    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(
        choices=["queued", "running", "succeeded", "failed", "cancelled"]
    )
    progress = ProgressSerializer()
    phase = serializers.CharField()
    queued_at = serializers.CharField()
    started_at = serializers.CharField(allow_null=True)
    ended_at = serializers.CharField(allow_null=True)
    eta_seconds = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    result_href = serializers.CharField(allow_null=True)
    errors_href = serializers.CharField(allow_null=True)
    cancelable = serializers.BooleanField()


def show_operation(operation: Operation) -> dict[str, Any]:
    """The operation as the API writes it."""
    return {
        "id": operation.public_id,
        "kind": operation.kind,
        "title": operation.title,
        "status": operation.state.lower(),
        "progress": {
            "done": operation.done,
            "total": operation.total,
            "unit": operation.unit,
        },
        "phase": operation.phase,
        "queued_at": instant(operation.queued_at),
        "started_at": instant(operation.started_at),
        "ended_at": instant(operation.ended_at),
        "eta_seconds": operation.seconds_left,
        "error": operation.last_error or None,
        "result_href": _endpoint(operation.result_path),
        "errors_href": _endpoint(operation.errors_path),
        "cancelable": operation.is_open and operation.cancel_asked_at is None,
    }


def _endpoint(path: str) -> str | None:
    return f"/api/v1{path}" if path else None
