"""What the ingest endpoint answers."""

from __future__ import annotations

from rest_framework import serializers


class RowVerdictSerializer(serializers.Serializer[object]):
    """The verdict of one row."""

    index = serializers.IntegerField()
    id = serializers.CharField()
    status = serializers.ChoiceField(
        choices=["accepted", "held", "duplicate", "conflict", "rejected"]
    )
    code = serializers.CharField(required=False)
    pointer = serializers.CharField(required=False)


class BatchSerializer(serializers.Serializer[object]):
    """A batch with its counts; the counts sum to ``received``."""

    id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    received_at = serializers.CharField()
    received = serializers.IntegerField()
    accepted = serializers.IntegerField()
    held = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    conflict = serializers.IntegerField()
    rejected = serializers.IntegerField()
    payload_sha256 = serializers.CharField()


class BatchReceiptSerializer(BatchSerializer):
    """The batch and one verdict per row, in the order of the rows."""

    verdicts = RowVerdictSerializer(many=True)


class SuspenseSerializer(serializers.Serializer[object]):
    """A group of held events that name one order."""

    reason = serializers.CharField()
    detail = serializers.CharField()
    order_ref = serializers.CharField()
    events = serializers.IntegerField()
    first_at = serializers.CharField()
    last_at = serializers.CharField()
