"""Orders as machines read them: explicit lists of fields."""

from __future__ import annotations

from rest_framework import serializers

from contracting.solicitations.serializers import MoneySerializer


class TaskOrderSummarySerializer(serializers.Serializer[object]):
    """One order in a list."""

    id = serializers.CharField()
    piid = serializers.CharField(allow_null=True)
    contract = serializers.CharField()
    contract_piid = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    state = serializers.CharField()
    period_start = serializers.CharField(help_text="First instant, UTC, included.")
    period_end = serializers.CharField(help_text="Last instant, UTC, not included.")
    time_zone = serializers.CharField()
    boundary = serializers.CharField()
    issued_at = serializers.CharField(allow_null=True)
    funds_clause = serializers.CharField(
        allow_blank=True,
        help_text="Clause under which it is signed before its funds are available.",
    )
    waits_for_funds = serializers.BooleanField(
        help_text="Signed subject to availability of funds that is not recorded yet."
    )
    version = serializers.IntegerField()
    content_sha256 = serializers.CharField()


class OrderRateSerializer(serializers.Serializer[object]):
    """One price of a line."""

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


class LiveLimitSerializer(serializers.Serializer[object]):
    """What a line may still use, in its three units; the tightest binds."""

    tokens_left = serializers.IntegerField()
    micro_acu_left = serializers.IntegerField(
        allow_null=True, help_text="Of a pool, in millionths of its unit (ACU)."
    )
    ceiling_left = MoneySerializer()
    funded_left = MoneySerializer()
    binding = serializers.ChoiceField(
        choices=["tokens", "ceiling", "funds", "pool"],
        allow_null=True,
        help_text="What ends first at the dearest class of the line.",
    )
    tokens_at_dearest_class = serializers.IntegerField(allow_null=True)


class FundingSerializer(serializers.Serializer[object]):
    """Funds of a line by ACRN, in the order of payment."""

    acrn = serializers.CharField()
    sequence = serializers.IntegerField()
    funded = MoneySerializer()
    ceiling = MoneySerializer()


class OrderUnitRateSerializer(serializers.Serializer[object]):
    """One price per unit of a line that is bought by the month, hour or piece."""

    usd_per_unit = serializers.CharField()
    effective_from = serializers.CharField()
    effective_to = serializers.CharField(allow_null=True)


class TaskOrderLineSerializer(serializers.Serializer[object]):
    """One line with its ceilings, prices, funds and live limit."""

    id = serializers.CharField()
    clin = serializers.CharField()
    description = serializers.CharField()
    unit = serializers.CharField()
    units = serializers.CharField()
    ceiling_tokens = serializers.IntegerField()
    ceiling_micro_acu = serializers.IntegerField(
        allow_null=True, help_text="Of a pool, in millionths of its unit (ACU)."
    )
    ceiling = MoneySerializer()
    consumed_tokens = serializers.IntegerField()
    consumed = MoneySerializer()
    unfunded_tokens = serializers.IntegerField()
    consumed_micro_acu = serializers.IntegerField()
    unfunded_micro_acu = serializers.IntegerField()
    funding = FundingSerializer(many=True)
    rates = OrderRateSerializer(many=True)
    unit_rates = OrderUnitRateSerializer(many=True)
    live_limit = LiveLimitSerializer()


class OrderModificationSerializer(serializers.Serializer[object]):
    """A signed modification of the order."""

    id = serializers.CharField()
    number = serializers.CharField()
    effective_on = serializers.DateField()
    issued_at = serializers.CharField(allow_null=True)


class TaskOrderSerializer(TaskOrderSummarySerializer):
    """One order as it reads today, signed modifications included."""

    lines = TaskOrderLineSerializer(many=True)
    modifications = OrderModificationSerializer(many=True)
