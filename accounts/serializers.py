"""What the API says about a key, for its document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.states import OrganizationKind, Scope


class TenantSerializer(serializers.Serializer[Any]):
    """An organization by public id and name."""

    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)


class ThisKeySerializer(serializers.Serializer[Any]):
    """A key as it may know itself: never its secret."""

    id = serializers.CharField()
    label = serializers.CharField()
    organization = TenantSerializer()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    sources = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()
