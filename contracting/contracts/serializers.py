"""Contracts as machines read them: explicit lists of fields."""

from __future__ import annotations

from rest_framework import serializers

from contracting.reference.states import InstrumentKind
from contracting.solicitations.serializers import MoneySerializer


class ContractSummarySerializer(serializers.Serializer[object]):
    """One contract in a list."""

    id = serializers.CharField()
    piid = serializers.CharField(allow_null=True)
    instrument = serializers.ChoiceField(choices=InstrumentKind.choices)
    title = serializers.CharField()
    state = serializers.CharField()
    vendor = serializers.CharField()
    ceiling = MoneySerializer()
    ceiling_tokens = serializers.IntegerField()
    ordering_start = serializers.DateField()
    ordering_end = serializers.DateField()


class RateSerializer(serializers.Serializer[object]):
    """One row of the rate card."""

    id = serializers.CharField()
    clin = serializers.CharField()
    slin = serializers.CharField()
    model = serializers.CharField()
    tokenizer = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.CharField()
    context_band = serializers.CharField()
    boundary = serializers.CharField()
    usd_per_million_tokens = serializers.CharField()
    effective_from = serializers.CharField()
    effective_to = serializers.CharField(allow_null=True)


class ContractSerializer(ContractSummarySerializer):
    """One contract with its rate card."""

    rates = RateSerializer(many=True)
