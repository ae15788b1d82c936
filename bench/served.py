"""What the bench's web server serves: the site, a null view, and a plain DRF door.

The plain door is how a usage endpoint is commonly written: a nested serializer that
checks each row, then ``bulk_create`` of the calls and of their lines in a transaction.
It has the site's keys and nothing else: no price, no funds, no hash, no verdict.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import models, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from contracting import urls  # noqa: E402

TABLES = """
DROP TABLE IF EXISTS bench_plainline, bench_plaincall;
CREATE TABLE bench_plaincall (id bigserial PRIMARY KEY, source text NOT NULL,
  event_id text NOT NULL, occurred_at timestamptz NOT NULL, order_ref text NOT NULL,
  model text NOT NULL, operation_id text NOT NULL, UNIQUE (source, event_id));
CREATE TABLE bench_plainline (id bigserial PRIMARY KEY, source text NOT NULL,
  event_id text NOT NULL, token_class text NOT NULL, tokens bigint NOT NULL,
  UNIQUE (source, event_id, token_class));
"""


class PlainCall(models.Model):
    """A call, once for each source and id."""

    source = models.TextField()
    event_id = models.TextField()
    occurred_at = models.DateTimeField()
    order_ref = models.TextField()
    model = models.TextField()
    operation_id = models.TextField()

    class Meta:
        app_label = "metering"
        db_table = "bench_plaincall"
        managed = False

    def __str__(self) -> str:
        return str(self.event_id)


class PlainLine(models.Model):
    """Tokens of one class of a call."""

    source = models.TextField()
    event_id = models.TextField()
    token_class = models.TextField()
    tokens = models.BigIntegerField()

    class Meta:
        app_label = "metering"
        db_table = "bench_plainline"
        managed = False

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class}"


class LineSerializer(serializers.Serializer):
    token_class = serializers.CharField(max_length=30)
    tokens = serializers.IntegerField(min_value=0, max_value=10**12)


class CallSerializer(serializers.Serializer):
    id = serializers.CharField(max_length=200)
    source = serializers.CharField(max_length=120)
    time = serializers.DateTimeField()
    order_id = serializers.CharField(max_length=60)
    model = serializers.CharField(max_length=120)
    operation_id = serializers.CharField(max_length=200)
    lines = LineSerializer(many=True)


class PlainDoor(APIView):
    """A list of calls, checked and added."""

    throttle_classes = ()

    def post(self, request):
        checked = CallSerializer(data=request.data, many=True)
        checked.is_valid(raise_exception=True)
        rows = checked.validated_data
        calls = [
            PlainCall(
                source=row["source"],
                event_id=row["id"],
                occurred_at=row["time"],
                order_ref=row["order_id"],
                model=row["model"],
                operation_id=row["operation_id"],
            )
            for row in rows
        ]
        lines = [
            PlainLine(source=row["source"], event_id=row["id"], **line)
            for row in rows
            for line in row["lines"]
        ]
        with transaction.atomic():
            PlainCall.objects.bulk_create(calls, ignore_conflicts=True)
            PlainLine.objects.bulk_create(lines, ignore_conflicts=True)
        return Response({"received": len(rows)})


@csrf_exempt
def null(_request):
    """The least that this server answers."""
    return HttpResponse(b"{}", content_type="application/json")


urls.urlpatterns[:0] = [
    path("bench/null", null),
    path("bench/plain", PlainDoor.as_view()),
]

from contracting.asgi import application as gate  # noqa: E402
from contracting.wsgi import application  # noqa: E402

__all__ = ["application", "gate"]
