"""A comparison and an acceptance have numbers below their order."""

from django.db import migrations, models

from contracting.core.triggers import number_below


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0011_moved_usage"),
        ("orders", "0011_letters_and_ratified_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="reconciliationrun",
            name="number",
            field=models.CharField(
                default="",
                help_text="75D30127F00001-REC1, by its order.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        number_below(
            "reconciliation_reconciliationrun",
            "REC",
            """SELECT reconciliation_reconciliationrun.id, coalesce(piid, orders_taskorder.public_id) AS piid
            FROM reconciliation_reconciliationrun JOIN orders_taskorder ON orders_taskorder.id = order_id""",
        ),
        migrations.AddConstraint(
            model_name="reconciliationrun",
            constraint=models.UniqueConstraint(
                fields=("number",), name="a_comparison_has_a_number_of_its_own"
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="number",
            field=models.CharField(
                default="",
                help_text="75D30127F00001-ACC1, by its order.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        number_below(
            "reconciliation_acceptance",
            "ACC",
            """SELECT reconciliation_acceptance.id,
              coalesce(piid, orders_taskorder.public_id) AS piid
            FROM reconciliation_acceptance
            JOIN billing_invoice ON billing_invoice.id = invoice_id
            JOIN orders_taskorder ON orders_taskorder.id = order_id""",
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.UniqueConstraint(
                fields=("number",), name="an_acceptance_has_a_number_of_its_own"
            ),
        ),
    ]
