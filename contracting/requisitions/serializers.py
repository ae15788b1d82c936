"""Requisitions as machines read them: explicit lists of fields."""

from __future__ import annotations

from rest_framework import serializers


class PlannedSerializer(serializers.Serializer[object]):
    """An amount of money, as text."""

    amount = serializers.CharField()
    currency = serializers.ChoiceField(choices=["USD"])


class RequisitionSummarySerializer(serializers.Serializer[object]):
    """One requisition in a list."""

    id = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    content_sha256 = serializers.CharField()
    planned = PlannedSerializer()


class EstimateRowSerializer(serializers.Serializer[object]):
    """Expected tokens of one class of one model in one month."""

    model = serializers.CharField()
    token_class = serializers.CharField()
    month = serializers.DateField()
    p10_tokens = serializers.IntegerField()
    p50_tokens = serializers.IntegerField()
    p90_tokens = serializers.IntegerField()


class RequisitionSerializer(RequisitionSummarySerializer):
    """One requisition with its need and its estimate."""

    need = serializers.CharField()
    estimate = EstimateRowSerializer(many=True)
