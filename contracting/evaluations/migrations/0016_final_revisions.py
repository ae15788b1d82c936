"""Final revisions, sealed to the box of the offers and opened by its quorum."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0015_exchanges"),
        ("accounts", "0002_guards"),
        ("documents", "0004_file_check"),
        ("reference", "0009_earlier_amounts"),
        ("solicitations", "0007_no_award"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        append_only("evaluations_finalrevision"),
        append_only("evaluations_revisedoffer"),
        append_only("evaluations_revisedrate"),
    ]
