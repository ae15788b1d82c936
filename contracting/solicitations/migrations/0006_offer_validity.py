"""How long offers stay open: stated in the package, or as the rules say."""

from datetime import date
from decimal import Decimal

from django.db import migrations, models


def add_threshold(apps, schema_editor):
    """The days of an offer where the solicitation states none."""
    apps.get_model("reference", "Threshold").objects.create(
        code="OFFER_VALIDITY",
        label="Days that an offer stays open, where the solicitation states none",
        value=Decimal(30),
        unit="DAYS",
        valid_from=date(2020, 1, 1),
        regime="FAR",
        citation="FAR 52.212-1(c)",
        confidence="HIGH",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0003_seed"),
        ("solicitations", "0005_publication"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="offer_valid_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Days after the deadline that an offer stays open; empty: "
                "the rule's.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(offer_valid_days__isnull=True)
                | models.Q(offer_valid_days__gte=1),
                name="an_offer_stays_open_for_at_least_a_day",
            ),
        ),
        migrations.RunPython(add_threshold, migrations.RunPython.noop),
    ]
