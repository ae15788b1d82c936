"""Authorizations to operate at a data boundary."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0018_options"),
        ("incidents", "0003_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authorization",
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
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=160)),
                (
                    "says_so",
                    models.CharField(
                        help_text="The paper, the clause or the reason behind it.",
                        max_length=200,
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "boundary",
                    models.CharField(
                        choices=[
                            ("COMMERCIAL", "commercial"),
                            ("FEDRAMP_MOD", "FedRAMP Moderate"),
                            ("FEDRAMP_HIGH", "FedRAMP High"),
                            ("IL5", "Impact Level 5"),
                            ("ONPREM", "on premises"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[
                            ("contract", "="),
                            ("boundary", "="),
                            ("in_force", "&&"),
                        ],
                        name="a_boundary_is_authorized_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_force__endswith__isnull", False)),
                        name="an_authorization_ends",
                    ),
                ],
            },
        ),
        append_only("incidents_authorization", may_set_once=["superseded_at"]),
    ]
