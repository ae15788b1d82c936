"""Requests for information as the API writes them, for its document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracting.market_research.states import QuestionKind, RfiState
from contracting.reference.serializers import CursorSerializer


class RfiSerializer(serializers.Serializer[Any]):
    """A request for information in a list."""

    id = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    agency = serializers.CharField()
    state = serializers.ChoiceField(choices=RfiState.choices)
    is_open = serializers.BooleanField()
    version = serializers.IntegerField()
    content_sha256 = serializers.CharField()
    released_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()


class RfiPageSerializer(serializers.Serializer[Any]):
    """A page of requests for information."""

    data = RfiSerializer(many=True)  # type: ignore[assignment]
    page = CursorSerializer()


class MarketQuestionSerializer(serializers.Serializer[Any]):
    """One question, and what an answer to it is."""

    id = serializers.CharField()
    position = serializers.IntegerField()
    text = serializers.CharField()
    help = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    options = serializers.ListField(child=serializers.CharField())
    unit = serializers.CharField(allow_blank=True)
    token_class = serializers.CharField(allow_null=True)
    is_required = serializers.BooleanField()


class WholeRfiSerializer(RfiSerializer):
    """A request for information with its questions; answers are no part of it."""

    purpose = serializers.CharField(allow_blank=True)
    cancel_reason = serializers.CharField(allow_blank=True)
    questions = MarketQuestionSerializer(many=True)
