"""Which outcomes are charged by default, and the rules of single calls."""

from datetime import date

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

import contracting.core.models

START = date(2020, 1, 1)

OUTCOMES = (
    ("COMPLETE", "answered completely", True, True),
    ("REFUSAL", "answered with a refusal that was generated", True, True),
    ("CANCELLED", "cancelled by the client; output up to then", True, True),
    ("VENDOR_FAULT", "failed or cut off by the vendor's fault", False, False),
    ("NOT_ACCEPTED", "refused before anything was generated", False, False),
    ("RETRIED", "failed, and tried again by itself", False, False),
    ("TIMED_OUT", "longer than the agreed latency", False, False),
)

RULES = (
    (
        "R-MET-03",
        "A count says whether it was reported, measured or estimated, and an estimate is never billable.",
        "Let the contracting officer release it by the decision of a dispute, or dispose of it.",
        "Contract terms on metering",
        "CONTRACT",
    ),
    (
        "R-MET-06",
        "Counts beyond the model's output, context or rate limits wait in suspense.",
        "Let the COR look at the calls, and release or dispose of them with a reason.",
        "Contract terms on metering",
        "CONTRACT",
    ),
    (
        "R-MET-07",
        "Whether an outcome is chargeable follows the contract's table.",
        "Change the table by a modification that is signed, and name it.",
        "Contract terms on metering; FAR 43.103",
        "CONTRACT",
    ),
    (
        "R-AI-02",
        "When an authorization lapses its orders are flagged and usage on the boundary is held.",
        "Record the authorization that is in force; the authorizing official may release usage of the time between.",
        "FedRAMP; FAR 39.1; OMB Circular A-130",
        "REGULATION",
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
    apps.get_model("reference", "OutcomeDefault").objects.bulk_create(
        apps.get_model("reference", "OutcomeDefault")(
            outcome=outcome,
            label=label,
            charges_input=of_input,
            charges_output=of_output,
            citation="Contract default on chargeable outcomes",
            valid_from=START,
        )
        for outcome, label, of_input, of_output in OUTCOMES
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0014_decided_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutcomeDefault",
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
                ("outcome", models.CharField(max_length=20)),
                ("label", models.CharField(max_length=120)),
                ("charges_input", models.BooleanField()),
                ("charges_output", models.BooleanField()),
                ("citation", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("outcome", "="),
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
                        name="an_outcome_has_one_default_at_a_time",
                    )
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
