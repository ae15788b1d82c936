"""The deny list as machines read it: explicit lists of fields."""

from __future__ import annotations

from rest_framework import serializers


class DeniedSerializer(serializers.Serializer[object]):
    """Why something is turned away."""

    ban = serializers.CharField()
    reason = serializers.CharField()
    citation = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class DeniedVendorSerializer(DeniedSerializer):
    """A vendor."""

    id = serializers.CharField()
    name = serializers.CharField()


class DeniedModelSerializer(DeniedSerializer):
    """A model snapshot, and every name under which it is called."""

    snapshot = serializers.CharField()
    family = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField())


class DeniedOrderSerializer(serializers.Serializer[object]):
    """A signed order whose calls to these models are turned away."""

    id = serializers.CharField()
    piid = serializers.CharField()
    models = serializers.ListField(child=serializers.CharField())
    ban = serializers.CharField()


class DenyListSerializer(serializers.Serializer[object]):
    """Everything that is turned away now, and the hash of the list."""

    vendors = DeniedVendorSerializer(many=True)
    models = DeniedModelSerializer(many=True)
    orders = DeniedOrderSerializer(many=True)
    sha256 = serializers.CharField()
