"""A letter to the vendor is a paper."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0009_designation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("solicitation", "solicitation"),
                    ("request_for_quotations", "request for quotations"),
                    ("contract", "contract"),
                    ("task_order", "task order"),
                    ("modification", "amendment or modification"),
                    ("reconciliation", "reconciliation statement"),
                    ("receiving_report", "receiving report"),
                    ("decision", "source selection decision"),
                    ("price_memo", "price reasonableness memorandum"),
                    ("receipt", "submission receipt"),
                    ("designation", "designation of a representative"),
                    ("letter", "letter to the vendor"),
                    ("completion_statement", "contract completion statement"),
                ],
                max_length=40,
            ),
        ),
    ]
