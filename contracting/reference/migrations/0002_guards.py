"""Rows in force are never rewritten: a last day is set once, and a new row follows."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0001_initial"),
    ]

    operations = [
        append_only("reference_listprice"),
        append_only("reference_threshold", may_set_once=["valid_to"]),
        append_only("reference_clause", may_set_once=["valid_to"]),
        append_only("reference_rule", may_set_once=["valid_to"]),
        append_only("reference_modelalias", may_set_once=["valid_to"]),
        append_only("reference_tokenclass"),
    ]
