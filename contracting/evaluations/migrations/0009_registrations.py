"""Registrations and exclusions of vendors, as they were extracted."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0008_reading_is_logged"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("evaluations_registrationimport"),
        append_only("evaluations_registrationrecord"),
    ]
