"""Who was asked about what is frozen when a route is opened; only its state moves."""

from django.db import migrations

from contracting.core.triggers import append_only, frozen_except


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_guards"),
    ]

    operations = [
        append_only("approvals_step"),
        frozen_except("approvals_route", "state", "closed_at", "void_reason"),
    ]
