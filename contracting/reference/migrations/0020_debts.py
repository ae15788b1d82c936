"""When a demanded debt is to be paid, and how much of one an agency may give up."""

from datetime import date
from decimal import Decimal

from django.db import migrations

ROWS = [
    (
        "DEMAND_FOR_PAYMENT",
        "Payment of a debt after the demand",
        Decimal(30),
        "DAYS",
        "FAR",
        "FAR 32.604(b); 52.232-17",
    ),
    (
        "DEBT_WAIVER",
        "Debt that an agency may give up by itself",
        Decimal(100_000),
        "USD",
        "STATUTE",
        "31 U.S.C. 3711(a)(2); FAR 32.610",
    ),
]


def seed(apps, schema_editor):
    for code, label, value, unit, regime, citation in ROWS:
        apps.get_model("reference", "Threshold").objects.create(
            code=code,
            label=label,
            value=value,
            unit=unit,
            valid_from=date(2020, 1, 1),
            regime=regime,
            citation=citation,
            confidence="MEDIUM",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0019_accelerated_payment"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
