"""The rules of paying on the right day and of what is paid too much."""

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)

RULES = (
    (
        "R-PAY-02",
        "Seven days after delivery acceptance is assumed for interest, unless a dispute is recorded.",
        "State a longer period in the contract with its reason before the delivery, or accept or dispute in time.",
        "FAR 32.904(b)(1)(ii), 52.232-25(a)(5)",
        "FAR",
    ),
    (
        "R-PAY-03",
        "Interest on late payment is computed and paid without being asked for, at the rate of the half-year.",
        "Load the rate of the half-year from the Bureau of the Fiscal Service, then record the payment.",
        "31 USC 3902; 5 CFR 1315.10, 1315.17",
        "STATUTE",
    ),
    (
        "R-PAY-04",
        "Nothing is paid more than seven days before it is due unless authorized.",
        "Wait until seven days before the due date, or let the chief financial officer's delegate authorize an early payment with a reason.",
        "5 CFR 1315.4(j)",
        "REGULATION",
    ),
    (
        "R-PAY-05",
        "A discount is taken only in time and when it is worth more than the current value of funds.",
        "Pay in full on the due date, or certify early enough for the discount.",
        "5 CFR 1315.7",
        "REGULATION",
    ),
    (
        "R-PAY-06",
        "An overpayment is reported, remitted and offset.",
        "Record what is owed back as a credit on its line and ACRN; take off no more than is open of it.",
        "FAR 52.212-4(i)(5)",
        "FAR",
    ),
)


def seed(apps, schema_editor):
    names = ("rule_id", "sentence", "lift", "citation", "regime")
    apps.get_model("reference", "Rule").objects.bulk_create(
        apps.get_model("reference", "Rule")(
            valid_from=START, **dict(zip(names, row, strict=True))
        )
        for row in RULES
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0016_billing_calendar"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
