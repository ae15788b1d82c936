"""The words of the rule that every act keeps what it was decided by."""

import datetime

from django.db import migrations


def words(apps, schema_editor):
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-AUD-03",
        sentence="An action keeps the versions of clauses, thresholds and rules it used, so that it replays the same.",
        lift="Nothing lifts it: a version that was decided by is never changed. Decide anew under the rows in force today.",
        citation="FAR 1.4; FAR 4.802",
        regime="FAR",
        valid_from=datetime.date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [("reference", "0013_instruments")]

    operations = [migrations.RunPython(words, migrations.RunPython.noop)]
