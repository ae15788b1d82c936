"""What was paid comes back to its funds as a credit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_tolerated"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ALLOT", "allotment"),
                    ("COMMIT", "commitment"),
                    ("RELEASE", "release of a commitment"),
                    ("OBLIGATE", "obligation"),
                    ("DEOBLIGATE", "deobligation"),
                    ("CONSUME", "funded usage"),
                    ("UNFUNDED", "unfunded usage"),
                    ("ACCEPT", "acceptance"),
                    ("ROUND", "rounding to the cent"),
                    ("PAY", "payment"),
                    ("GIVE_UP", "usage given up by the vendor"),
                    ("TOLERATE", "accepted beyond our meter"),
                    ("CREDIT", "credit: paid, and taken back"),
                    ("REVERSE", "reversal"),
                ],
                max_length=10,
            ),
        ),
    ]
