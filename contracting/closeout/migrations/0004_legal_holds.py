"""Legal holds are only ever added, and the words of how long a file is kept."""

import datetime

from django.db import migrations

from contracting.core.triggers import append_only


def words(apps, schema_editor):
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-AUD-02",
        sentence="Records are kept six years after final payment, and a legal hold stops their disposal.",
        lift="Wait until the years are over; let the contracting officer or the administrator release the legal hold once its matter is settled.",
        citation="FAR 4.805; GRS 1.1, item 010",
        regime="FAR",
        valid_from=datetime.date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("closeout", "0003_claims_release"),
        ("reference", "0003_seed"),
        ("accounts", "0002_guards"),
        ("contracts", "0010_offered_awards"),
    ]

    operations = [
        append_only("closeout_legalhold"),
        append_only("closeout_legalholdrelease"),
        migrations.RunPython(words, migrations.RunPython.noop),
    ]
