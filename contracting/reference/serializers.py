"""Reference data as the API writes it, for its document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.reference.states import (
    Boundary,
    CacheAction,
    CacheTtl,
    Direction,
    Modality,
    Phase,
    Tier,
)


class CursorSerializer(serializers.Serializer[Any]):
    """Where the next page and the one before begin."""

    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()


class AiModelSerializer(serializers.Serializer[Any]):
    """One snapshot of a model."""

    id = serializers.CharField()
    code = serializers.CharField()
    snapshot = serializers.CharField()
    provider = serializers.CharField()
    family = serializers.CharField()
    tokenizer = serializers.CharField()
    max_output_tokens = serializers.IntegerField()
    context_tokens = serializers.IntegerField()
    boundaries = serializers.ListField(
        child=serializers.ChoiceField(choices=Boundary.choices)
    )
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class AiModelPageSerializer(serializers.Serializer[Any]):
    """A page of snapshots."""

    data = AiModelSerializer(many=True)  # type: ignore[assignment]
    page = CursorSerializer()


class TokenClassSerializer(serializers.Serializer[Any]):
    """One class of the closed list, with its dimensions."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    direction = serializers.ChoiceField(choices=Direction.choices)
    cache_action = serializers.ChoiceField(choices=CacheAction.choices)
    cache_ttl = serializers.ChoiceField(choices=CacheTtl.choices)
    modality = serializers.ChoiceField(choices=Modality.choices)
    phase = serializers.ChoiceField(choices=Phase.choices)
    short_names = serializers.ListField(child=serializers.CharField())


class TokenClassPageSerializer(serializers.Serializer[Any]):
    """A page of token classes."""

    data = TokenClassSerializer(many=True)  # type: ignore[assignment]
    page = CursorSerializer()


class ListPriceSerializer(serializers.Serializer[Any]):
    """One public list price; US dollars per million tokens, as text."""

    model = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    above_input_tokens = serializers.IntegerField()
    usd_per_million_tokens = serializers.CharField()
    package_version = serializers.CharField()
    imported_on = serializers.DateField()


class ListPricePageSerializer(serializers.Serializer[Any]):
    """A page of list prices."""

    data = ListPriceSerializer(many=True)  # type: ignore[assignment]
    page = CursorSerializer()


class OnSerializer(serializers.Serializer[Any]):
    """As of which day a list is read, and for which model."""

    on = serializers.DateField(required=False)
    model = serializers.CharField(required=False)
