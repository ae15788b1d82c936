"""The kinds of contract as dated rows: their numbers, and what each of them binds."""

from datetime import date

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

import contracting.core.models

START = date(2020, 1, 1)
ORDERING = ["52.216-18", "52.216-19", "52.216-22"]
ROWS = (
    {
        "code": "IDIQ",
        "piid_type": "D",
        "order_noun": "task order",
        "guarantees_minimum": True,
        "may_be_several": True,
        "limits_each_order": False,
        "without_clauses": [],
        "citation": "FAR 16.504",
    },
    {
        "code": "DEFINITIVE",
        "piid_type": "C",
        "order_noun": "",
        "guarantees_minimum": False,
        "may_be_several": False,
        "limits_each_order": False,
        "without_clauses": [*ORDERING, "52.216-27"],
        "citation": "FAR 2.101, 16.202",
    },
    {
        "code": "BPA",
        "piid_type": "A",
        "order_noun": "call",
        "guarantees_minimum": False,
        "may_be_several": True,
        "limits_each_order": True,
        "review_months": 12,
        "without_clauses": [*ORDERING, "52.216-27"],
        "citation": "FAR 13.303, 8.405-3",
    },
)


def seed(apps, schema_editor):
    Instrument = apps.get_model("reference", "Instrument")
    for row in ROWS:
        Instrument.objects.create(**row, regime="FAR", valid_from=START)


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0012_close_out_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Instrument",
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
                (
                    "code",
                    models.CharField(
                        choices=[
                            (
                                "IDIQ",
                                "indefinite-delivery, indefinite-quantity contract",
                            ),
                            ("DEFINITIVE", "definitive contract"),
                            ("BPA", "blanket purchase agreement"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "piid_type",
                    models.CharField(
                        help_text="Ninth character of its number (FAR 4.1603).",
                        max_length=1,
                    ),
                ),
                (
                    "order_noun",
                    models.CharField(
                        blank=True,
                        help_text="What is placed under it; empty: its own lines are performed.",
                        max_length=20,
                    ),
                ),
                (
                    "guarantees_minimum",
                    models.BooleanField(
                        help_text="It binds a minimum at award; if not, it states none."
                    ),
                ),
                (
                    "may_be_several",
                    models.BooleanField(
                        help_text="One solicitation may lead to several of them."
                    ),
                ),
                (
                    "limits_each_order",
                    models.BooleanField(
                        help_text="It states how large one order or call may be."
                    ),
                ),
                (
                    "review_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Months after which it is reviewed again; empty: never.",
                        null=True,
                    ),
                ),
                (
                    "without_clauses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Clauses that are prescribed for other kinds alone.",
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
                        name="a_kind_of_contract_has_one_meaning_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limits_each_order", False),
                            models.Q(("order_noun", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="only_orders_are_limited_one_by_one",
                    ),
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
