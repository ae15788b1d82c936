"""Keys with which people open offers."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0002_guards"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("submissions_openerkey", may_set_once=["retired_at"]),
    ]
