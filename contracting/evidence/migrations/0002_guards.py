"""Archives, their parts and their files are only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
    ]

    operations = [
        append_only("evidence_archive"),
        append_only("evidence_archivepart"),
        append_only("evidence_archivefile"),
    ]
