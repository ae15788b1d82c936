"""Comparisons, findings, their resolutions and acceptance are only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0001_initial"),
    ]

    operations = [
        append_only("reconciliation_reconciliationrun"),
        append_only("reconciliation_cell"),
        append_only("reconciliation_finding"),
        append_only("reconciliation_dispute"),
        append_only("reconciliation_resolution"),
        append_only("reconciliation_acceptance"),
        append_only("reconciliation_acceptedline"),
    ]
