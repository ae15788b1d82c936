"""What the file of a contract holds, as dated rows (FAR 4.803)."""

from datetime import date

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

import contracting.core.models

ROWS = (
    # code, stage, title, required, above, kinds, citation
    (
        "REQUISITION",
        "PRE_AWARD",
        "Purchase request and need",
        True,
        "",
        [],
        "FAR 4.803(a)(1)",
    ),
    (
        "ESTIMATE",
        "PRE_AWARD",
        "Independent estimate",
        True,
        "SAT",
        [],
        "FAR 4.803(a)(7)",
    ),
    ("MARKET", "PRE_AWARD", "Market research", True, "SAT", [], "FAR 10.002(e)"),
    (
        "SYNOPSIS",
        "PRE_AWARD",
        "Synopsis, or the exception from one",
        True,
        "SYNOPSIS",
        [],
        "FAR 4.803(a)(4)",
    ),
    (
        "SET_ASIDE",
        "PRE_AWARD",
        "Decision on a set-aside",
        True,
        "MPT",
        [],
        "FAR 4.803(a)(6)",
    ),
    (
        "JUSTIFICATION",
        "PRE_AWARD",
        "Justifications of limited competition",
        True,
        "",
        [],
        "FAR 4.803(a)(2)",
    ),
    (
        "DETERMINATIONS",
        "PRE_AWARD",
        "Other determinations",
        False,
        "",
        [],
        "FAR 4.803(a)(2)",
    ),
    (
        "SOLICITATION",
        "PRE_AWARD",
        "Solicitation and its amendments",
        True,
        "",
        [],
        "FAR 4.803(a)(8)",
    ),
    (
        "OFFERS",
        "PRE_AWARD",
        "Offers and their evaluation",
        True,
        "",
        [],
        "FAR 4.803(a)(10), (13)",
    ),
    ("PRICE", "PRE_AWARD", "Price analysis", True, "", [], "FAR 4.803(a)(19)"),
    (
        "RESPONSIBILITY",
        "PRE_AWARD",
        "Responsibility of the vendor",
        True,
        "",
        [],
        "FAR 4.803(a)(14)",
    ),
    (
        "SELECTION",
        "PRE_AWARD",
        "Source selection decision",
        True,
        "",
        [],
        "FAR 4.803(a)(13)",
    ),
    (
        "FUNDS",
        "AWARD",
        "Certification of funds",
        True,
        "",
        [],
        "FAR 4.803(a)(3), 32.702",
    ),
    ("CONTRACT", "AWARD", "Signed contract", True, "", [], "FAR 4.803(a)(26)"),
    (
        "NOTICES",
        "AWARD",
        "Notices to unsuccessful offerors",
        False,
        "",
        [],
        "FAR 4.803(a)(28), 15.503(b)",
    ),
    (
        "ACTION_REPORT",
        "AWARD",
        "Contract action report",
        True,
        "MPT",
        [],
        "FAR 4.603, 4.604",
    ),
    ("PROTESTS", "AWARD", "Protests", False, "", [], "FAR 33.104"),
    (
        "REPRESENTATIVE",
        "ADMIN",
        "Designation of a representative",
        True,
        "",
        [],
        "FAR 1.602-2(d), 1.604",
    ),
    (
        "ORDERS",
        "ADMIN",
        "Orders and calls",
        False,
        "",
        ["IDIQ", "BPA"],
        "FAR 4.803(a)(26), 16.505",
    ),
    (
        "AGREEMENT_REVIEW",
        "ADMIN",
        "Yearly reviews of the agreement",
        False,
        "",
        ["BPA"],
        "FAR 13.303-6",
    ),
    (
        "MODIFICATIONS",
        "ADMIN",
        "Modifications",
        False,
        "",
        [],
        "FAR 4.803(a)(26), (33)",
    ),
    ("REPORTS", "ADMIN", "Usage reports", False, "", [], "FAR 4.803(b)"),
    ("INVOICES", "ADMIN", "Invoices", False, "", [], "FAR 4.803(c)(2)"),
    ("ACCEPTANCE", "ADMIN", "Acceptance", False, "", [], "FAR 4.803(b)"),
    ("PAYMENTS", "ADMIN", "Payments", False, "", [], "FAR 4.803(c)(3)"),
    ("INCIDENTS", "ADMIN", "Incidents", False, "", [], "contract, AI terms"),
    (
        "LETTERS",
        "ADMIN",
        "Letters and notices",
        False,
        "",
        [],
        "FAR 4.803(a)(32), (38)",
    ),
    ("RELEASES", "CLOSING", "Releases of claims", False, "", [], "FAR 4.804-5(a)"),
    (
        "CLOSE_OUT",
        "CLOSING",
        "Completion statement",
        True,
        "",
        [],
        "FAR 4.803(a)(37), 4.804-5(b)",
    ),
)


def seed(apps, schema_editor):
    FileItem = apps.get_model("contracts", "FileItem")
    for position, row in enumerate(ROWS, start=1):
        code, stage, title, required, above, kinds, citation = row
        FileItem.objects.create(
            code=code,
            position=position,
            stage=stage,
            title=title,
            is_required=required,
            above=above,
            instruments=kinds,
            citation=citation,
            regime="FAR",
            valid_from=date(2020, 1, 1),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0016_instruments"),
    ]

    operations = [
        migrations.CreateModel(
            name="FileItem",
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
                (
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("PRE_AWARD", "before the award"),
                            ("AWARD", "award"),
                            ("ADMIN", "administration and payment"),
                            ("CLOSING", "close-out"),
                            ("OTHER", "other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "is_required",
                    models.BooleanField(
                        help_text="Missing until it is there; else it is listed where it is."
                    ),
                ),
                (
                    "above",
                    models.CharField(
                        blank=True,
                        help_text="Code of the threshold above which it is required; empty: any value.",
                        max_length=60,
                    ),
                ),
                (
                    "instruments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        help_text="Kinds of contract that have it; empty: all of them.",
                        size=None,
                    ),
                ),
                ("citation", models.CharField(max_length=200)),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("FAR", "Federal Acquisition Regulation"),
                            ("RFO", "Revolutionary FAR Overhaul, deviation text"),
                            ("STATUTE", "statute"),
                            ("REGULATION", "regulation other than the FAR"),
                            ("AGENCY", "agency policy"),
                            ("CONTRACT", "contract term"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="an_item_of_the_file_has_one_meaning_at_a_time",
                    )
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
