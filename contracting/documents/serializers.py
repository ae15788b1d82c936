"""The shape of a paper in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.core.api import instant
from contracting.documents.models import Document


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
