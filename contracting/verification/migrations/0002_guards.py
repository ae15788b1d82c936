"""What was signed is never changed and never removed."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0001_initial"),
    ]

    operations = [
        append_only("verification_statuslist"),
    ]
