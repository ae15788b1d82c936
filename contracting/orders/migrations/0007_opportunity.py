"""An order may rest on a fair opportunity, or on an exception from one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fair_opportunity", "0002_guards"),
        ("orders", "0006_protestable"),
    ]

    operations = [
        migrations.AddField(
            model_name="taskorder",
            name="opportunity",
            field=models.ForeignKey(
                blank=True,
                help_text="The selection or exception that it rests on.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="fair_opportunity.opportunity",
            ),
        ),
    ]
