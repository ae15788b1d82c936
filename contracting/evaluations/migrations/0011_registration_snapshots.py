"""Registrations as they stood at submission and at award, and who is excused."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("evaluations", "0010_offer_extensions"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegistrationExcuse",
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
                    "code",
                    models.CharField(
                        choices=[
                            ("4.1102(a)(1)", "micro-purchase by purchase card"),
                            (
                                "4.1102(a)(2)",
                                "classified contract that registration could compromise",
                            ),
                            (
                                "4.1102(a)(3)",
                                "awarded in military or emergency operations",
                            ),
                            (
                                "4.1102(a)(4)",
                                "contract with an individual for performance abroad",
                            ),
                            (
                                "4.1102(a)(5)",
                                "unusual or compelling need (FAR 6.302-2)",
                            ),
                            (
                                "4.1102(a)(6)",
                                "small action with a foreign vendor, performed abroad",
                            ),
                            (
                                "4.1102(a)(7)",
                                "micro-purchase that is not paid by electronic transfer",
                            ),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(help_text="What shows that it applies.")),
                ("excused_at", models.DateTimeField()),
                (
                    "excused_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registration_excuse",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_vendor_is_excused_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationSnapshot",
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
                    "occasion",
                    models.CharField(
                        choices=[
                            ("SUBMISSION", "at submission"),
                            ("AWARD", "at award"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ACTIVE", "active"),
                            ("INACTIVE", "not active"),
                            ("NOT_CHECKED", "not checked, no extract was on record"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "as_of",
                    models.DateTimeField(
                        help_text="Of the receipt, or of the signature."
                    ),
                ),
                (
                    "uei",
                    models.CharField(blank=True, max_length=12, verbose_name="UEI"),
                ),
                ("registered_until", models.DateField(blank=True, null=True)),
                ("exclusion", models.CharField(blank=True, max_length=200)),
                ("kept_at", models.DateTimeField()),
                (
                    "extract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="evaluations.registrationimport",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "occasion"),
                        name="a_registration_is_kept_once_on_each_occasion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "ACTIVE"), _negated=True),
                            ("extract__isnull", False),
                            _connector="OR",
                        ),
                        name="a_registration_is_active_by_an_extract_only",
                    ),
                ],
            },
        ),
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
