"""Disputes and claims as machines read them."""

from __future__ import annotations

from rest_framework import serializers

from contracting.solicitations.serializers import MoneySerializer


class DisputeSummarySerializer(serializers.Serializer[object]):
    """A dispute in a list; the amount is exact and unrounded."""

    id = serializers.CharField()
    number = serializers.CharField()
    order = serializers.CharField()
    state = serializers.CharField()
    question = serializers.CharField()
    findings = serializers.ListField(child=serializers.CharField())
    amount = MoneySerializer()
    opened_at = serializers.CharField()
    answer_due_on = serializers.DateField()


class AnswerSerializer(serializers.Serializer[object]):
    """What the vendor said."""

    stance = serializers.CharField()
    text = serializers.CharField()
    calls = serializers.ListField(child=serializers.JSONField())
    answered_at = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[object]):
    """The frozen rows behind it, by hash."""

    id = serializers.CharField()
    sha256 = serializers.CharField()
    rows = serializers.DictField(child=serializers.IntegerField())
    frozen_at = serializers.CharField()


class DisputeDecisionSerializer(serializers.Serializer[object]):
    """How it was settled; the code of each difference stands on the difference."""

    text = serializers.CharField()
    payable = MoneySerializer()
    decided_at = serializers.CharField()


class DisputeCaseSerializer(DisputeSummarySerializer):
    """A dispute with its answers, evidence and decision."""

    answers = AnswerSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    decision = DisputeDecisionSerializer(allow_null=True)


class ClaimSerializer(serializers.Serializer[object]):
    """A claim, with the final decision on it."""

    id = serializers.CharField()
    number = serializers.CharField()
    contract = serializers.CharField()
    dispute = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    claimed = MoneySerializer()
    text = serializers.CharField()
    is_certified = serializers.BooleanField()
    received_at = serializers.CharField()
    decision_due_on = serializers.DateField()
    allowed = MoneySerializer(allow_null=True)
    decided_at = serializers.CharField(allow_null=True)
