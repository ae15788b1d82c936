"""A release of claims is only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("closeout", "0002_guards"),
        ("accounts", "0002_guards"),
        ("contracts", "0002_guards"),
        ("orders", "0002_guards"),
    ]

    operations = [
        append_only("closeout_claimsrelease"),
    ]
