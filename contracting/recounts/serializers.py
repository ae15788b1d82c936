"""The audit of the count as machines write and read it; nothing else is taken."""

from __future__ import annotations

from rest_framework import serializers

from contracting.recounts.states import MOST_AT_ONCE, Verdict

SAMPLE = frozenset(
    {"position", "request_id", "token_class", "reported", "recounted", "proof"}
)
"""All that a sample may say. Content has no field."""


class RecountSampleSerializer(serializers.Serializer[object]):
    """One drawn call: its place, its id, two counts and the proof that it was drawn."""

    position = serializers.IntegerField(min_value=1)
    request_id = serializers.RegexField(r"^[A-Za-z0-9._:/+=@-]{1,200}\Z")
    token_class = serializers.CharField(max_length=30)
    reported = serializers.IntegerField(min_value=0, max_value=10**12)
    recounted = serializers.IntegerField(
        min_value=0,
        max_value=10**12,
        allow_null=True,
        help_text="Null where the text is lost.",
    )
    proof = serializers.RegexField(r"^[0-9a-f]{64}\Z")


class RecountsSerializer(serializers.Serializer[object]):
    """Samples of one plan, counted by one tokenizer file."""

    tokenizer_sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z")
    samples = serializers.ListField(
        child=RecountSampleSerializer(), min_length=1, max_length=MOST_AT_ONCE
    )


class RecountsReceiptSerializer(serializers.Serializer[object]):
    """How far the test has come."""

    received = serializers.IntegerField()
    next_position = serializers.IntegerField()


class RecountPlanSerializer(serializers.Serializer[object]):
    """A plan, and what its samples say so far."""

    id = serializers.CharField()
    contract = serializers.CharField()
    model = serializers.CharField()
    token_class = serializers.CharField()
    key_commitment = serializers.CharField()
    rate = serializers.CharField()
    risk = serializers.CharField()
    allowance = serializers.CharField(allow_null=True)
    tokenizer_name = serializers.CharField()
    tokenizer_sha256 = serializers.CharField()
    adopted_at = serializers.CharField()
    ended_at = serializers.CharField(allow_null=True)
    revealed_key = serializers.CharField(allow_null=True)
    next_position = serializers.IntegerField()
    wealth = serializers.FloatField(allow_null=True)
    flagged_at_sample = serializers.IntegerField(allow_null=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
