"""What was typed of a workload, and what owning was compared with, is only added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("requisitions", "0002_guards"),
    ]

    operations = [
        append_only("requisitions_workloadrow"),
        append_only("requisitions_ownershipcomparison"),
    ]
