"""The price reasonableness memorandum is a paper."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_seal"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("solicitation", "solicitation"),
                    ("contract", "contract"),
                    ("task_order", "task order"),
                    ("modification", "amendment or modification"),
                    ("reconciliation", "reconciliation statement"),
                    ("receiving_report", "receiving report"),
                    ("decision", "source selection decision"),
                    ("price_memo", "price reasonableness memorandum"),
                    ("receipt", "submission receipt"),
                    ("completion_statement", "contract completion statement"),
                ],
                max_length=40,
            ),
        ),
    ]
