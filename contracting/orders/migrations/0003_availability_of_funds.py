"""An order is signed subject to availability of funds, and waits for the notice."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("orders", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="taskorder",
            name="funds_clause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("52.232-18", "52.232-18 Availability of Funds"),
                    (
                        "52.232-19",
                        "52.232-19 Availability of Funds for the Next Fiscal Year",
                    ),
                ],
                help_text="Empty where funds are available at signature (FAR 32.703-2).",
                max_length=10,
                verbose_name="availability of funds",
            ),
        ),
        migrations.CreateModel(
            name="AvailabilityNotice",
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
                ("text", models.TextField()),
                (
                    "dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Obligated by the notice.",
                        max_digits=18,
                    ),
                ),
                ("noticed_at", models.DateTimeField()),
                (
                    "noticed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="availability_notice",
                        to="orders.taskorder",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        append_only("orders_availabilitynotice"),
        rule_words(
            "R-FND-06",
            "Orders on funds that are not yet available stay locked until their "
            "availability is recorded.",
            "A funds certifier certifies the funds, and the contracting officer "
            "records the notice of their availability on the order's page.",
            "FAR 32.703-2; FAR 52.232-18, 52.232-19",
        ),
    ]
