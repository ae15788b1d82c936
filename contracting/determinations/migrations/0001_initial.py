import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Determination",
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
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="determinations",
                        to="accounts.organization",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RESPONSE_WINDOW", "memo on a short response time"),
                            ("RULE_OF_TWO", "finding on the rule of two"),
                            ("BRAND_NAME", "brand-name justification"),
                            (
                                "OTHER_THAN_FULL",
                                "justification for other than full and open competition",
                            ),
                            ("CIO_WAIVER", "waiver of the chief information officer"),
                            ("CANCELLATION", "memo on a cancellation"),
                            ("SINGLE_AWARD", "determination for a single award"),
                            (
                                "COMPELLING_REASON",
                                "compelling reason to award to an excluded vendor",
                            ),
                            ("BAN_WAIVER", "waiver of a ban by the agency's head"),
                            (
                                "FAIR_OPPORTUNITY",
                                "justification for an exception to fair opportunity",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("stream", models.CharField(max_length=80)),
                ("subject_title", models.CharField(max_length=250)),
                ("subject_path", models.CharField(max_length=300)),
                ("text", models.TextField()),
                (
                    "authority",
                    models.CharField(
                        blank=True,
                        help_text="What it rests on, such as 6.302-1.",
                        max_length=200,
                    ),
                ),
                (
                    "document_sha256",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the signed document, if any.",
                        max_length=64,
                    ),
                ),
                ("value_dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="determinations",
                        to="accounts.membership",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("IN_REVIEW", "in review"),
                            ("APPROVED", "approved"),
                            ("RETURNED", "returned"),
                        ],
                        default="IN_REVIEW",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["subject_kind", "subject_id", "kind"],
                        name="determinations_of_a_subject",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="a_determination_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["IN_REVIEW", "APPROVED", "RETURNED"])
                        ),
                        name="a_determination_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "kind__in",
                                    [
                                        "CIO_WAIVER",
                                        "SINGLE_AWARD",
                                        "COMPELLING_REASON",
                                        "BAN_WAIVER",
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(("document_sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_waiver_names_the_document_that_grants_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "IN_REVIEW"),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_determination_that_is_decided_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
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
                    "determination",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posting",
                        to="determinations.determination",
                    ),
                ),
                (
                    "place",
                    models.CharField(help_text="Notice id or address.", max_length=300),
                ),
                ("posted_on", models.DateField()),
                (
                    "posted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="accounts.membership",
                    ),
                ),
                ("posted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("place", ""), _negated=True),
                        name="a_posting_says_where",
                    )
                ],
            },
        ),
    ]
