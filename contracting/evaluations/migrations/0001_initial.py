import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_guards"),
        ("solicitations", "0002_guards"),
        ("submissions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PanelMember",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                        ],
                        max_length=30,
                    ),
                ),
                ("designated_at", models.DateTimeField()),
                (
                    "designated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Declaration",
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
                ("text", models.TextField()),
                ("declared_at", models.DateTimeField()),
                (
                    "panel_member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declaration",
                        to="evaluations.panelmember",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceAnalysis",
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
                    "rows",
                    models.JSONField(
                        help_text="Per offer and line: tokens, prices, amounts."
                    ),
                ),
                (
                    "totals",
                    models.JSONField(
                        help_text="Per offer: evaluated and list dollars."
                    ),
                ),
                (
                    "unbalanced",
                    models.JSONField(default=list, help_text="Flagged classes."),
                ),
                (
                    "method",
                    models.CharField(help_text="FAR 15.404-1(b)(2).", max_length=120),
                ),
                ("conclusion", models.TextField()),
                (
                    "unbalanced_memo",
                    models.TextField(
                        blank=True,
                        help_text="Why a flagged price is acceptable all the same.",
                    ),
                ),
                ("reasonable_submission_ids", models.JSONField(default=list)),
                ("content_sha256", models.CharField(max_length=64)),
                ("analysed_at", models.DateTimeField()),
                (
                    "analysed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_analyses",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Rating",
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
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "rating",
                    models.CharField(
                        choices=[
                            ("OUTSTANDING", "outstanding"),
                            ("GOOD", "good"),
                            ("ACCEPTABLE", "acceptable"),
                            ("MARGINAL", "marginal"),
                            ("UNACCEPTABLE", "unacceptable"),
                        ],
                        max_length=14,
                    ),
                ),
                ("strengths", models.TextField()),
                ("weaknesses", models.TextField()),
                ("rated_at", models.DateTimeField()),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.evaluationfactor",
                    ),
                ),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="evaluations.panelmember",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="submissions.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SelectionDecision",
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
                ("rationale", models.TextField()),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "price_analysis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="evaluations.priceanalysis",
                    ),
                ),
                (
                    "selected",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.submission",
                    ),
                ),
                (
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection_decision",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConsensusRating",
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
                    "rating",
                    models.CharField(
                        choices=[
                            ("OUTSTANDING", "outstanding"),
                            ("GOOD", "good"),
                            ("ACCEPTABLE", "acceptable"),
                            ("MARGINAL", "marginal"),
                            ("UNACCEPTABLE", "unacceptable"),
                        ],
                        max_length=14,
                    ),
                ),
                ("narrative", models.TextField()),
                ("agreed_at", models.DateTimeField()),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.evaluationfactor",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consensus_ratings",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "factor"),
                        name="an_offer_has_one_consensus_on_a_factor",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="panelmember",
            constraint=models.UniqueConstraint(
                fields=("solicitation", "membership"),
                name="a_person_is_designated_once_for_a_solicitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="panelmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "SOURCE_SELECTION_AUTHORITY")),
                fields=("solicitation",),
                name="a_solicitation_has_one_source_selection_authority",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(
                fields=("submission", "factor", "panel_member", "revision"),
                name="a_revision_of_a_rating_is_written_once",
            ),
        ),
    ]
