"""A certifier permits expired funds for an adjustment; the rows are only added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_usage_given_up"),
    ]

    operations = [
        append_only("ledger_expiredadjustment"),
    ]
