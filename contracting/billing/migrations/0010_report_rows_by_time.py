"""The rows of a report are found by time, however many it has."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_adjustment_charges"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reportrow",
            name="report",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="billing.usagereport",
            ),
        ),
        migrations.AddIndex(
            model_name="reportrow",
            index=models.Index(
                fields=["report", "occurred_at"], name="report_row_by_time"
            ),
        ),
    ]
