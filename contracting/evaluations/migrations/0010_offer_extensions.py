"""Vendors keep their offers open, in writing."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0009_registrations"),
        ("accounts", "0002_guards"),
        ("solicitations", "0006_offer_validity"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        append_only("evaluations_offerextension"),
        rule_words(
            "R-SUB-09",
            "An offer that has expired is awarded only after the vendor extends it in "
            "writing.",
            "A signer of the vendor extends the offer on the page of its status.",
            "FAR 52.212-1(c)",
        ),
    ]
