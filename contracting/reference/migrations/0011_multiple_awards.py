"""The provision of solicitations that may result in several awards."""

from datetime import date

from django.db import migrations

START = date(2023, 10, 1)
NUMBER = "52.216-27"


def seed(apps, schema_editor):
    apps.get_model("reference", "Clause").objects.create(
        number=NUMBER,
        title="Single or Multiple Awards",
        summary="The Government may award one contract, or several of the same kind for the same supplies or services.",
        is_provision=True,
        required_for=[],
        regime="FAR",
        valid_from=START,
    )
    apps.get_model("reference", "Prescription").objects.create(
        clause_number=NUMBER,
        is_multiple_award=True,
        reason="it may result in several awards",
        citation="FAR 16.506(f)",
        regime="FAR",
        valid_from=START,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0010_funds_rules"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
