"""A credit has a number below its order."""

from django.db import migrations, models

from contracting.core.triggers import number_below


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0013_claim_lines"),
        ("orders", "0011_letters_and_ratified_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="creditdue",
            name="number",
            field=models.CharField(
                default="", help_text="75D30127F00001-CR1, by its order.", max_length=40
            ),
            preserve_default=False,
        ),
        number_below(
            "billing_creditdue",
            "CR",
            """SELECT billing_creditdue.id, coalesce(piid, orders_taskorder.public_id) AS piid
            FROM billing_creditdue JOIN orders_taskorder ON orders_taskorder.id = order_id""",
        ),
        migrations.AddConstraint(
            model_name="creditdue",
            constraint=models.UniqueConstraint(
                fields=("number",), name="a_credit_has_a_number_of_its_own"
            ),
        ),
    ]
