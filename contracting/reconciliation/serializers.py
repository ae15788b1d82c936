"""Comparisons and discrepancies as machines read them."""

from __future__ import annotations

from rest_framework import serializers

from contracting.solicitations.serializers import MoneySerializer


class CellSerializer(serializers.Serializer[object]):
    """One key of a comparison with its three counts."""

    clin = serializers.CharField()
    model = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.CharField()
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    metered_tokens = serializers.IntegerField()
    reported_tokens = serializers.IntegerField()
    invoiced_tokens = serializers.IntegerField(allow_null=True)
    contract_usd_per_million_tokens = serializers.CharField(allow_null=True)
    invoiced_usd_per_million_tokens = serializers.CharField(allow_null=True)
    agrees = serializers.BooleanField()


class RunSummarySerializer(serializers.Serializer[object]):
    """A comparison in a list."""

    id = serializers.CharField()
    number = serializers.CharField()
    order = serializers.CharField()
    invoice = serializers.CharField(allow_null=True)
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    metered_tokens = serializers.IntegerField()
    reported_tokens = serializers.IntegerField()
    invoiced_tokens = serializers.IntegerField()
    inputs_sha256 = serializers.CharField()
    result_sha256 = serializers.CharField()
    ran_at = serializers.CharField()
    ran_by = serializers.CharField()


class RunSerializer(RunSummarySerializer):
    """A comparison with every key."""

    cells = CellSerializer(many=True)


class DisputeSerializer(serializers.Serializer[object]):
    """What the vendor is asked."""

    reason = serializers.CharField()
    withheld = MoneySerializer()
    disputed_at = serializers.CharField()


class ResolutionSerializer(serializers.Serializer[object]):
    """How a discrepancy was settled."""

    code = serializers.CharField()
    reason = serializers.CharField()
    payable_change = MoneySerializer()
    capped = MoneySerializer()
    moved_tokens = serializers.IntegerField()
    reassigned_to = serializers.CharField(allow_null=True)
    resolved_at = serializers.CharField()


class FindingSummarySerializer(serializers.Serializer[object]):
    """A discrepancy in a list; the amount is exact and unrounded."""

    id = serializers.CharField()
    code = serializers.CharField()
    order = serializers.CharField()
    invoice = serializers.CharField(allow_null=True)
    clin = serializers.CharField()
    token_classes = serializers.ListField(child=serializers.CharField())
    tokens = serializers.IntegerField()
    amount = MoneySerializer()
    level = serializers.CharField()
    tolerance_tier = serializers.IntegerField()
    state = serializers.CharField()
    due_on = serializers.DateField()
    found_at = serializers.CharField()
    dispute = DisputeSerializer(allow_null=True)
    resolution = ResolutionSerializer(allow_null=True)


class FindingSerializer(FindingSummarySerializer):
    """A discrepancy with the keys behind it."""

    evidence = serializers.JSONField()


class FocusSerializer(serializers.Serializer[object]):
    """What is accepted of a month; a row has the columns of FOCUS 1.2."""

    version = serializers.CharField()
    month = serializers.CharField()
    billed = MoneySerializer()
    rows = serializers.ListField(child=serializers.DictField())
