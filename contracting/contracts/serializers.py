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


class StepSerializer(serializers.Serializer[object]):
    """From which volume of its line on a class has another price, marginally."""

    from_tokens = serializers.IntegerField()
    usd_per_million_tokens = serializers.CharField()


class UnitRateSerializer(serializers.Serializer[object]):
    """The price of what is bought by the month, the hour or the piece."""

    id = serializers.CharField()
    clin = serializers.CharField()
    structure = serializers.CharField()
    unit = serializers.CharField()
    usd_per_unit = serializers.CharField()
    effective_from = serializers.CharField()
    effective_to = serializers.CharField(allow_null=True)


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
    usd_per_million_tokens = serializers.CharField(
        help_text="On a line by volume, what a call costs until its period is rated."
    )
    steps = StepSerializer(many=True)
    acu_per_million_tokens = serializers.CharField(
        allow_null=True, help_text="Of a pool: the units that its tokens burn."
    )
    usd_per_acu = serializers.CharField(allow_null=True)
    effective_from = serializers.CharField()
    effective_to = serializers.CharField(allow_null=True)


class ContractSerializer(ContractSummarySerializer):
    """One contract with its rate card."""

    rates = RateSerializer(many=True)
    unit_rates = UnitRateSerializer(many=True)
