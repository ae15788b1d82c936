"""Solicitations as the API writes them, for its document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.reference.serializers import CursorSerializer
from contracting.reference.states import InstrumentKind
from contracting.solicitations.states import (
    SetAside,
    SolicitationKind,
    SolicitationState,
)


class MoneySerializer(serializers.Serializer[Any]):
    """A decimal amount as text; the currency is always USD."""

    amount = serializers.CharField()
    currency = serializers.ChoiceField(choices=["USD"])


class SolicitationSerializer(serializers.Serializer[Any]):
    """A solicitation in a list."""

    id = serializers.CharField()
    piid = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=SolicitationKind.choices)
    instrument = serializers.ChoiceField(choices=InstrumentKind.choices)
    title = serializers.CharField()
    agency = serializers.CharField()
    state = serializers.ChoiceField(choices=SolicitationState.choices)
    version = serializers.IntegerField()
    content_sha256 = serializers.CharField()
    released_at = serializers.DateTimeField(allow_null=True)
    deadline = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()


class SolicitationPageSerializer(serializers.Serializer[Any]):
    """A page of solicitations."""

    data = SolicitationSerializer(many=True)  # type: ignore[assignment]
    page = CursorSerializer()


class LineSerializer(serializers.Serializer[Any]):
    """A row of the price schedule."""

    id = serializers.CharField()
    clin = serializers.CharField()
    slin = serializers.CharField()
    description = serializers.CharField()
    token_class = serializers.CharField(
        allow_blank=True, help_text="Blank where a unit is priced."
    )
    tier = serializers.CharField()
    context_band = serializers.CharField()
    boundary = serializers.CharField()
    structure = serializers.CharField(help_text="How its CLIN is priced.")
    quote = serializers.CharField(
        help_text="What the figure is that an offer puts to it: USD_PER_MTOK, "
        "USD_PER_ACU, ACU_PER_MTOK or USD_PER_UNIT."
    )
    unit = serializers.CharField()
    from_tokens = serializers.IntegerField(
        help_text="Of tiers: the volume of the CLIN from which its price holds."
    )
    counted_over = serializers.CharField(allow_null=True)
    counted_per = serializers.CharField(allow_null=True)
    part_months = serializers.CharField(allow_null=True)
    workload_tokens = serializers.IntegerField()
    workload_quantity = serializers.IntegerField()
    workload_periods = serializers.IntegerField()


class FactorSerializer(serializers.Serializer[Any]):
    """An evaluation factor."""

    id = serializers.CharField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    is_price = serializers.BooleanField()


class ChangeSerializer(serializers.Serializer[Any]):
    """A term before and after an amendment."""

    term = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


class AmendmentSerializer(serializers.Serializer[Any]):
    """An amendment."""

    id = serializers.CharField()
    number = serializers.CharField()
    summary = serializers.CharField()
    changes = ChangeSerializer(many=True)
    issued_at = serializers.DateTimeField()
    new_deadline = serializers.DateTimeField()
    version = serializers.IntegerField()


class LimitsSerializer(serializers.Serializer[Any]):
    """What one offer may hold at most; pages of PDF files may be unlimited."""

    characters = serializers.IntegerField()
    files = serializers.IntegerField()
    bytes = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    kinds = serializers.ListField(child=serializers.CharField())


class AnsweredQuestionSerializer(serializers.Serializer[Any]):
    """A question and its released answer; who asked is not part of it."""

    id = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField()
    released_at = serializers.DateTimeField()


class WholeSolicitationSerializer(SolicitationSerializer):
    """A solicitation with everything that a vendor prices and reads."""

    statement_of_objectives = serializers.CharField()
    naics = serializers.CharField()
    size_standard = serializers.CharField()
    psc = serializers.CharField()
    late_rule = serializers.BooleanField()
    set_aside = serializers.ChoiceField(choices=SetAside.choices)
    importance = serializers.CharField()
    ai_terms = serializers.CharField()
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()
    minimum = MoneySerializer()
    maximum = MoneySerializer()
    maximum_tokens = serializers.IntegerField()
    most_awards = serializers.IntegerField()
    alternates_taken = serializers.IntegerField()
    limits = LimitsSerializer()
    ordering_start = serializers.DateField(allow_null=True)
    ordering_end = serializers.DateField(allow_null=True)
    workload_sha256 = serializers.CharField()
    lines = LineSerializer(many=True)
    factors = FactorSerializer(many=True)
    clauses = serializers.ListField(child=serializers.CharField())
    amendments = AmendmentSerializer(many=True)
    questions = AnsweredQuestionSerializer(many=True)


class ReleaseSerializer(serializers.Serializer[Any]):
    """The version whose release is asked for."""

    version = serializers.IntegerField(min_value=1)
