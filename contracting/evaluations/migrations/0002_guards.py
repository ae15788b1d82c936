"""What the database itself refuses about evaluations."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0001_initial"),
    ]

    operations = [
        append_only("evaluations_panelmember"),
        append_only("evaluations_declaration"),
        append_only("evaluations_rating"),
        append_only("evaluations_consensusrating"),
        append_only("evaluations_priceanalysis"),
        append_only("evaluations_selectiondecision"),
    ]
