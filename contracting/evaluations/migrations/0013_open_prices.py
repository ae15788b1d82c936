"""Prices that an offer leaves open: asked, answered, put in by a stated rule."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0012_nonresponsibility"),
        ("accounts", "0002_guards"),
        ("solicitations", "0004_nominal_minimum"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        append_only("evaluations_pricequestion"),
        append_only("evaluations_priceanswer"),
        append_only("evaluations_pricenormalisation"),
    ]
