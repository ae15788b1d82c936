"""An immaterial amendment that an offer need not acknowledge, with its memo."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0002_guards"),
        ("accounts", "0002_guards"),
        ("solicitations", "0003_replaced_rows"),
        ("submissions", "0002_guards"),
    ]

    operations = [
        append_only("evaluations_amendmentwaiver"),
    ]
