"""A completion statement is only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("closeout", "0001_initial"),
    ]

    operations = [
        append_only("closeout_completionstatement"),
    ]
