"""A notice of funds has a number below its order."""

from django.db import migrations, models

from contracting.core.triggers import number_below


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0023_restated_and_asked"),
        ("orders", "0011_letters_and_ratified_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="fundsnotice",
            name="number",
            field=models.CharField(
                default="", help_text="75D30127F00001-FN1, by its order.", max_length=40
            ),
            preserve_default=False,
        ),
        number_below(
            "metering_fundsnotice",
            "FN",
            """SELECT metering_fundsnotice.id, coalesce(piid, orders_taskorder.public_id) AS piid
            FROM metering_fundsnotice JOIN orders_taskorder ON orders_taskorder.id = order_id""",
        ),
        migrations.AddConstraint(
            model_name="fundsnotice",
            constraint=models.UniqueConstraint(
                fields=("number",), name="a_notice_of_funds_has_a_number_of_its_own"
            ),
        ),
    ]
