"""Terms of the vendor, and which of them bind nobody."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words

CITATION = "FAR 52.232-39, 52.212-4(u)"
KINDS = [
    ("UNCAPPED_INDEMNITY", "The Government indemnifies without limit", CITATION),
    ("AUTOMATIC_RENEWAL", "It renews by itself", "31 USC 1341; " + CITATION),
    ("UNILATERAL_CHANGE", "The vendor changes terms alone", "FAR 52.212-4(c)"),
    ("CLICK_THROUGH", "A click binds the Government", "FAR 52.232-39(a), (b)"),
]


def add_kinds(apps, schema_editor):
    """The kinds of vendor terms that are struck, whatever anybody wants."""
    term = apps.get_model("contracts", "UnenforceableTerm")
    for code, words, citation in KINDS:
        term.objects.create(
            code=code, words=words, citation=citation, valid_from=date(2020, 1, 1)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("contracts", "0006_single_award"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnenforceableTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("words", models.CharField(max_length=200)),
                ("citation", models.CharField(max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VendorTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("passage", models.TextField()),
                ("reviewed_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vendor_terms",
                        to="contracts.contract",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "struck_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.unenforceableterm",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        append_only("contracts_vendorterm"),
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
        rule_words(
            "R-AWD-10",
            "Vendor terms that indemnify without limit, renew or change by themselves "
            "are struck.",
            "Strike the term; it is printed as unenforceable.",
            "FAR 52.232-39, 52.212-4(u)",
        ),
    ]
