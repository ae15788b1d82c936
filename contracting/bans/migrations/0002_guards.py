"""Bans and lifts are only ever added; the words of the rule that they enforce."""

import datetime

from django.db import migrations

from contracting.core.triggers import append_only


def words(apps, schema_editor):
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-AI-01",
        sentence="A banned vendor or model gets no new orders, options or rates, and its orders are listed at once.",
        lift="Buy from another vendor or of another model, or file the waiver that the agency's head signed on the contract or the order; once the authority no longer forbids it, lift the ban.",
        citation="FAR 9.405, subparts 4.21, 4.23 and 40.2",
        regime="FAR",
        valid_from=datetime.date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("bans", "0001_initial"),
    ]

    operations = [
        append_only("bans_ban"),
        append_only("bans_banlift"),
        migrations.RunPython(words, migrations.RunPython.noop),
    ]
