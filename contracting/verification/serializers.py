"""What the API says about a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from contracting.core.api import instant
from contracting.verification.queries import Verified
from contracting.verification.states import Answer, Status


class SignerSerializer(serializers.Serializer[Any]):
    """A signature that the paper prints."""

    name = serializers.CharField(help_text="Empty while that party has not signed.")
    capacity = serializers.CharField()
    signed_at = serializers.CharField(help_text="As the paper prints it.")
    version = serializers.IntegerField(
        allow_null=True, help_text="The version that was signed, if a record names it."
    )
    record_sha256 = serializers.CharField(help_text="Of the approval record, or empty.")


class StandingSerializer(serializers.Serializer[Any]):
    """How the paper stands today."""

    status = serializers.ChoiceField(choices=Status.choices)
    words = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    by = serializers.CharField(help_text="The number of what came after it.")


class VerifiedPaperSerializer(serializers.Serializer[Any]):
    """The paper, for those who may read it."""

    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    issued_at = serializers.DateTimeField()
    issued_by = serializers.CharField()
    sha256 = serializers.CharField(help_text="Of the print of record.")
    seal_certificate_sha256 = serializers.CharField(help_text="Empty without a seal.")
    signers = SignerSerializer(many=True)
    standing = StandingSerializer()


class VerificationSerializer(serializers.Serializer[Any]):
    """The answer, and the paper for those who may read it."""

    answer = serializers.ChoiceField(choices=Answer.choices)
    is_refused = serializers.BooleanField(help_text="It is not to be relied on.")
    words = serializers.CharField()
    paper = VerifiedPaperSerializer(allow_null=True)


def show_verification(found: Verified) -> dict[str, Any]:
    """The answer in plain values."""
    return {
        "answer": str(found.answer),
        "is_refused": found.is_refused,
        "words": found.words,
        "paper": _paper(found) if found.document else None,
    }


def _paper(found: Verified) -> dict[str, Any]:
    document, rendering, standing = found.document, found.rendering, found.standing
    if document is None or rendering is None or standing is None:
        message = "A paper that is read has a print and a standing."
        raise ValueError(message)
    return {
        "id": document.public_id,
        "kind": document.kind,
        "title": document.title,
        "number": document.number,
        "version": document.version,
        "issued_at": instant(document.requested_at),
        "issued_by": document.agency.name,
        "sha256": rendering.blob.sha256,
        "seal_certificate_sha256": rendering.seal_certificate_sha256,
        "signers": [asdict(each) for each in found.signers],
        "standing": {
            "status": str(standing.status),
            "words": standing.words,
            "since": standing.since.isoformat() if standing.since else None,
            "by": standing.by,
        },
    }
