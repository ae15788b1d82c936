"""From when on usage that is not accepted has to be explained is a dated number."""

from datetime import date

from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.create(
        code="CLEARING_DAYS",
        label="Days after which usage that is not accepted is explained",
        value=90,
        unit="DAYS",
        valid_from=date(2020, 1, 1),
        regime="AGENCY",
        citation="Default of this software; an agency sets its own",
        confidence="LOW",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("periods", "0001_initial"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
