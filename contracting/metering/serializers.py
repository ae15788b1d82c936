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


class CheckSerializer(serializers.Serializer[object]):
    """What each row of a batch would be answered; nothing was stored."""

    source = serializers.CharField()  # type: ignore[assignment]
    stored = serializers.BooleanField()
    verdicts = RowVerdictSerializer(many=True)


class SuspenseSerializer(serializers.Serializer[object]):
    """A group of held events that name one order."""

    reason = serializers.CharField()
    detail = serializers.CharField()
    order_ref = serializers.CharField()
    events = serializers.IntegerField()
    first_at = serializers.CharField()
    last_at = serializers.CharField()


class KnownUsageRowSerializer(serializers.Serializer[object]):
    """Tokens of a day, line, class and price, as they were known."""

    day = serializers.DateField()
    clin = serializers.CharField()
    model = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.CharField()
    slin = serializers.CharField()
    usd_per_million_tokens = serializers.CharField()
    tokens = serializers.IntegerField()
    amount_usd = serializers.CharField()


class KnownAdjustmentSerializer(serializers.Serializer[object]):
    """What a run changed of usage that was accepted before."""

    run = serializers.CharField()
    posted_at = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    tokens = serializers.IntegerField()
    amount_usd = serializers.CharField()


class KnownUsageSerializer(serializers.Serializer[object]):
    """What an order has cost, as it was known at an instant; amounts are exact."""

    order = serializers.CharField()
    known_on = serializers.CharField()
    tokens = serializers.IntegerField()
    rated_usd = serializers.CharField()
    trued_up_usd = serializers.CharField()
    adjusted_usd = serializers.CharField()
    amount_usd = serializers.CharField()
    usage = KnownUsageRowSerializer(many=True)
    adjustments = KnownAdjustmentSerializer(many=True)
