"""Work that takes longer than a request; bytes may be kept packed."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import frozen_except, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("documents", "0005_option_determinations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(help_text="What does its steps.", max_length=40),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "scope",
                    models.CharField(
                        help_text="The scope with which a machine may look at it.",
                        max_length=40,
                    ),
                ),
                ("by_name", models.CharField(max_length=160)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "waiting"),
                            ("RUNNING", "running"),
                            ("SUCCEEDED", "done"),
                            ("FAILED", "failed"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="QUEUED",
                        max_length=12,
                    ),
                ),
                ("phase", models.CharField(blank=True, max_length=80)),
                (
                    "unit",
                    models.CharField(
                        help_text="What is counted, such as rows.", max_length=20
                    ),
                ),
                ("total", models.PositiveBigIntegerField()),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("queued_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("stepped_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Begun on the present step."
                    ),
                ),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
                ("result_path", models.CharField(blank=True, max_length=300)),
                ("errors_path", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="blob",
            name="packing",
            field=models.CharField(
                blank=True,
                default="",
                help_text="How the bytes are packed in the storage; hash and size are of the bytes themselves.",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="blob",
            constraint=models.CheckConstraint(
                condition=models.Q(("packing__in", ("", "zstd"))),
                name="a_blob_is_packed_in_a_known_way",
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="by_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apikey",
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="by_membership",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="operations",
                to="accounts.organization",
            ),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("state__in", ("QUEUED", "RUNNING"))),
                fields=["id"],
                name="operations_not_ended_yet",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(("done__lte", models.F("total"))),
                name="an_operation_does_no_more_than_there_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "FAILED"), _negated=True),
                    models.Q(("last_error", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_failed_operation_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by_membership__isnull", True),
                    ("by_key__isnull", True),
                    _connector="OR",
                ),
                name="an_operation_is_a_persons_or_a_machines",
            ),
        ),
        legal_moves(
            "documents_operation",
            moves_of(
                {
                    "QUEUED": ("RUNNING", "FAILED", "CANCELLED"),
                    "RUNNING": ("SUCCEEDED", "FAILED", "CANCELLED"),
                    "SUCCEEDED": (),
                    "FAILED": (),
                    "CANCELLED": (),
                }
            ),
        ),
        frozen_except(
            "documents_operation",
            "state",
            "phase",
            "done",
            "started_at",
            "stepped_at",
            "ended_at",
            "cancel_asked_at",
            "attempts",
            "next_attempt_at",
            "last_error",
            "result_path",
            "errors_path",
        ),
    ]
