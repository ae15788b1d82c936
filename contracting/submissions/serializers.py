"""What the API says of a vendor's own offers: receipts, never content."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.core.api import instant
from contracting.submissions.calculations import counts_as_late
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.states import SealingMode, SubmissionState


class PartSerializer(serializers.Serializer[Any]):
    """One part of an offer, as its receipt lists it."""

    name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """One received version."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    first_byte_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField()
    is_late = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=SealingMode.choices)
    content_sha256 = serializers.CharField()
    sealed_sha256 = serializers.CharField()
    acknowledged = serializers.ListField(child=serializers.CharField())
    files = PartSerializer(many=True)


class SubmissionSerializer(serializers.Serializer[Any]):
    """One submission of the key's own vendor, with its receipts."""

    id = serializers.CharField()
    solicitation = serializers.CharField()
    solicitation_piid = serializers.CharField()
    alternate = serializers.IntegerField()
    deadline = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=SubmissionState.choices)
    receipts = ReceiptSerializer(many=True)


def show_receipt(version: SubmissionVersion) -> dict[str, Any]:
    """A receipt as plain JSON values."""
    return {
        "id": version.public_id,
        "version": version.number,
        "first_byte_at": instant(version.first_byte_at),
        "received_at": instant(version.received_at),
        "is_late": counts_as_late(version),
        "mode": version.mode,
        "content_sha256": version.plain_sha256,
        "sealed_sha256": version.sealed_blob.sha256,
        "acknowledged": list(version.acknowledged),
        "files": version.files,
    }


def show_submission(submission: Submission) -> dict[str, Any]:
    """A submission as plain JSON values."""
    versions = sorted(submission.versions.all(), key=lambda version: -version.number)
    return {
        "id": submission.public_id,
        "solicitation": submission.solicitation.public_id,
        "solicitation_piid": submission.solicitation.piid,
        "alternate": submission.alternate,
        "deadline": instant(submission.solicitation.deadline),
        "state": submission.state,
        "receipts": [show_receipt(version) for version in versions],
    }
