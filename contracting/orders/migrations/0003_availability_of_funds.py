"""An order is signed subject to availability of funds, and waits for the notice."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_guards"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("orders_availabilitynotice"),
        rule_words(
            "R-FND-06",
            "Orders on funds that are not yet available stay locked until their "
            "availability is recorded.",
            "A funds certifier certifies the funds, and the contracting officer "
            "records the notice of their availability on the order's page.",
            "FAR 32.703-2; FAR 52.232-18, 52.232-19",
        ),
    ]
