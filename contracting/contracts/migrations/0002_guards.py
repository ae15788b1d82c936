"""Rate rows are only ever added, and a contract moves along its table."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_initial"),
    ]

    operations = [
        append_only("contracts_raterow", may_set_once=["superseded_at"]),
    ]
