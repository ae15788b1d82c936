"""Registrations as they stood at submission and at award, and who is excused."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0010_offer_extensions"),
        ("accounts", "0002_guards"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        append_only("evaluations_registrationsnapshot"),
        append_only("evaluations_registrationexcuse"),
        rule_words(
            "R-SUB-06",
            "The vendor's registration is active at submission and at award, and its "
            "status is kept both times.",
            "Import an extract in which the vendor is registered, or record the "
            "exception of the regulation that applies.",
            "FAR 4.1102, 52.204-7",
        ),
    ]
