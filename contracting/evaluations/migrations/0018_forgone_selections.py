"""A selected offer that is not awarded after all: a row, only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0017_selected_offers"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("evaluations_forgoneselection"),
    ]
