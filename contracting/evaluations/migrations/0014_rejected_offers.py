"""The decision to accept no offer."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0013_open_prices"),
        ("accounts", "0002_guards"),
        ("solicitations", "0007_no_award"),
    ]

    operations = [
        append_only("evaluations_allrejection"),
    ]
