"""An immaterial amendment that an offer need not acknowledge, with its memo."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("evaluations", "0002_guards"),
        ("solicitations", "0003_replaced_rows"),
        ("submissions", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="AmendmentWaiver",
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
                    "memo",
                    models.TextField(help_text="Why the amendment is immaterial."),
                ),
                ("waived_at", models.DateTimeField()),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.amendment",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waivers",
                        to="submissions.submission",
                    ),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "amendment"),
                        name="an_amendment_is_waived_once_for_an_offer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("memo", ""), _negated=True),
                        name="a_waived_amendment_has_a_memo",
                    ),
                ],
            },
        ),
        append_only("evaluations_amendmentwaiver"),
    ]
