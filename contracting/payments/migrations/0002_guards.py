"""Certifications and payments are only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
    ]

    operations = [
        append_only("payments_paymentcertification"),
        append_only("payments_payment"),
    ]
