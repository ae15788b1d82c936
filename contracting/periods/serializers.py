"""Accruals and late usage as machines read them: explicit lists of fields."""

from __future__ import annotations

from rest_framework import serializers

from contracting.solicitations.serializers import MoneySerializer


class AccrualSerializer(serializers.Serializer[object]):
    """One entry for the finance system; a reversal has the accounts exchanged."""

    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=["ACCRUED", "REVERSED"])
    basis = serializers.ChoiceField(choices=["METER", "SUSPENSE"])
    month = serializers.CharField()
    posted_on = serializers.DateField()
    order = serializers.CharField()
    order_piid = serializers.CharField()
    clin = serializers.CharField()
    acrn = serializers.CharField()
    debit_account = serializers.CharField()
    credit_account = serializers.CharField()
    amount = MoneySerializer()
    exact_amount = serializers.CharField()


class LateSerializer(serializers.Serializer[object]):
    """What came late for a closed period of one line, model, class and tier."""

    clin = serializers.CharField()
    model = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.CharField()
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    first_at = serializers.CharField()
    tokens = serializers.IntegerField()
    exact_amount = serializers.CharField()
    adjusts_invoice = serializers.CharField(allow_blank=True)
    tokens_asked = serializers.IntegerField()
    tokens_left = serializers.IntegerField()
    usd_per_million_tokens = serializers.CharField(allow_null=True)


class LateUsageSerializer(serializers.Serializer[object]):
    """What came late on an order."""

    data = LateSerializer(many=True)  # type: ignore[assignment]
