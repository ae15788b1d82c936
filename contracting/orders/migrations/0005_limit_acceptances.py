"""What a vendor accepts outside the limits of orders, and the words of its rules."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_availability_of_funds"),
        ("accounts", "0002_guards"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        append_only("orders_limitacceptance"),
        rule_words(
            "R-TO-03",
            "An order lies between the smallest and the largest order of the contract, or the vendor accepts it in writing.",
            "Let a signer of the vendor accept this version, or change the size of the order.",
            "FAR 52.216-19",
        ),
        rule_words(
            "R-TO-04",
            "An order placed in the ordering period performs no longer than the contract's outer date.",
            "End the period of performance earlier, or modify the contract first.",
            "FAR 52.216-22(d)",
        ),
    ]
