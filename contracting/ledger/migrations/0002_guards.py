"""Transfers and accounts are only ever added; the database itself holds that."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        append_only("ledger_account"),
        append_only("ledger_transfer"),
    ]
