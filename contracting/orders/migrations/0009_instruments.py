"""The own lines of a definitive contract, and the estimate behind an order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0016_instruments"),
        ("fair_opportunity", "0002_guards"),
        ("orders", "0008_pools"),
        ("requisitions", "0004_workload_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="taskorder",
            name="estimate_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="taskorder",
            name="estimate_version",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="taskorder",
            name="is_schedule",
            field=models.BooleanField(
                default=False, help_text="The own lines of a definitive contract."
            ),
        ),
        migrations.AddField(
            model_name="taskorder",
            name="requisition",
            field=models.ForeignKey(
                blank=True,
                help_text="The workload estimate that it starts from.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="requisitions.requisition",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_schedule", True)),
                fields=("contract",),
                name="a_definitive_contract_has_one_schedule",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_schedule", False),
                    models.Q(
                        ("funds_clause", ""),
                        ("issued_at__isnull", False),
                        ("opportunity__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_schedule_is_signed_with_its_contract",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("estimate_sha256", ""), ("requisition__isnull", True)),
                    models.Q(
                        ("estimate_version__isnull", False),
                        ("requisition__isnull", False),
                        models.Q(("estimate_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_estimate_behind_an_order_is_named_with_its_hash",
            ),
        ),
    ]
