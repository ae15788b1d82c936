"""The words of R-SUB-12: what is said of a file that is not taken."""

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)
WORDS = {
    "sentence": "A file is checked for malware, size, type and readability at upload and its vendor is told at once.",
    "lift": "Mend the file as its message says, then hand it in again before the deadline.",
    "citation": "FAR 15.207(c), 52.212-1(b); solicitation terms",
    "regime": "FAR",
}


def add(apps, schema_editor):
    Rule = apps.get_model("reference", "Rule")
    if not Rule.objects.filter(rule_id="R-SUB-12").exists():
        Rule.objects.create(rule_id="R-SUB-12", valid_from=START, **WORDS)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_lease"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
