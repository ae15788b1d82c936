import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("documents", "0001_initial"),
        ("reference", "0001_initial"),
        ("solicitations", "0001_initial"),
        ("submissions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RangeStanding",
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="range_standing",
                        to="submissions.submission",
                    ),
                ),
                ("is_kept", models.BooleanField()),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why it was left out, as its offeror is told.",
                    ),
                ),
                (
                    "determined_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("determined_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_kept", True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_offer_is_left_out_of_the_range_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Discussion",
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discussion",
                        to="submissions.submission",
                    ),
                ),
                (
                    "topics",
                    models.TextField(
                        help_text="Its own weaknesses and deficiencies alone."
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("topics", ""), _negated=True),
                        name="a_discussion_has_topics",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisionRequest",
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
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revision_request",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "cutoff",
                    models.DateTimeField(
                        help_text="Last instant for a final revision."
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cutoff__gt", models.F("requested_at"))),
                        name="final_revisions_are_due_after_they_are_requested",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FinalRevision",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="final_revisions",
                        to="submissions.submission",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.box",
                    ),
                ),
                (
                    "sealed_blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="documents.blob"
                    ),
                ),
                (
                    "wrapped_key",
                    models.BinaryField(help_text="Its key, encrypted to the box."),
                ),
                ("plain_sha256", models.CharField(max_length=64)),
                (
                    "files",
                    models.JSONField(help_text="[{name, size_bytes, sha256}, …]"),
                ),
                (
                    "received_at",
                    models.DateTimeField(help_text="Receipt completed, UTC."),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "number"),
                        name="a_final_revision_has_its_own_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisedOffer",
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revised_offer",
                        to="submissions.submission",
                    ),
                ),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="evaluations.finalrevision",
                    ),
                ),
                ("technical", models.TextField()),
                (
                    "files",
                    models.JSONField(
                        default=list, help_text="[{name, blob_sha256}, …]"
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RevisedRate",
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
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="evaluations.revisedoffer",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.solicitationline",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offer", "line"),
                        name="a_final_revision_prices_a_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="a_revised_price_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferExtension",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="submissions.submission",
                    ),
                ),
                (
                    "valid_until",
                    models.DateField(help_text="Last day on which it may be accepted."),
                ),
                ("words", models.TextField()),
                (
                    "extended_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("extended_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "valid_until"),
                        name="an_offer_is_extended_to_a_day_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="an_offer_is_extended_in_writing",
                    ),
                ],
            },
        ),
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registration_excuse",
                        to="submissions.submission",
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
                (
                    "excused_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("excused_at", models.DateTimeField()),
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
            name="NonresponsibilityFinding",
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nonresponsibility",
                        to="submissions.submission",
                    ),
                ),
                (
                    "is_small",
                    models.BooleanField(help_text="As the vendor represents itself."),
                ),
                (
                    "reason",
                    models.TextField(help_text="The element, and how its lack shows."),
                ),
                (
                    "found_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_vendor_is_found_not_responsible_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificateReferral",
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
                    "finding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral",
                        to="evaluations.nonresponsibilityfinding",
                    ),
                ),
                (
                    "office",
                    models.CharField(help_text="The area office.", max_length=120),
                ),
                (
                    "received_on",
                    models.DateField(help_text="When it had the whole referral."),
                ),
                (
                    "referred_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("referred_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CertificateOutcome",
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
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome",
                        to="evaluations.certificatereferral",
                    ),
                ),
                ("is_issued", models.BooleanField()),
                ("reference", models.CharField(max_length=60)),
                ("decided_on", models.DateField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("filed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OfferRejection",
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rejection",
                        to="submissions.submission",
                    ),
                ),
                ("reason", models.TextField(help_text="What the vendor was told.")),
                (
                    "rejected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("rejected_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="an_offer_is_rejected_for_a_reason",
                    )
                ],
            },
        ),
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
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel",
                        to="solicitations.solicitation",
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
                (
                    "designated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("designated_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("solicitation", "membership"),
                        name="a_person_is_designated_once_for_a_solicitation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "SOURCE_SELECTION_AUTHORITY")),
                        fields=("solicitation",),
                        name="a_solicitation_has_one_source_selection_authority",
                    ),
                ],
            },
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
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="evaluations.panelmember",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "parties",
                    models.JSONField(
                        blank=True,
                        help_text="Submissions it names; null where it was not kept.",
                        null=True,
                    ),
                ),
                (
                    "answers",
                    models.JSONField(default=dict, help_text="Question: whether yes."),
                ),
                ("has_conflict", models.BooleanField(default=False)),
                ("explanation", models.TextField(blank=True)),
                ("declared_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("has_conflict", False),
                            models.Q(("explanation", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_declared_conflict_is_explained",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictResolution",
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
                    "declaration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolution",
                        to="evaluations.declaration",
                    ),
                ),
                ("is_admitted", models.BooleanField()),
                ("reason", models.TextField()),
                (
                    "resolved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("resolved_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_conflict_is_resolved_for_a_reason",
                    )
                ],
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
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="submissions.submission",
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
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="evaluations.panelmember",
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
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why it was revised after it had been locked.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "factor", "panel_member", "revision"),
                        name="a_revision_of_a_rating_is_written_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RatingLock",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_locks",
                        to="submissions.submission",
                    ),
                ),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locks",
                        to="evaluations.panelmember",
                    ),
                ),
                ("locked_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "panel_member"),
                        name="an_evaluator_locks_the_ratings_of_an_offer_once",
                    )
                ],
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consensus_ratings",
                        to="submissions.submission",
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
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("agreed_at", models.DateTimeField()),
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
        migrations.CreateModel(
            name="AmendmentWaiver",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waivers",
                        to="submissions.submission",
                    ),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.amendment",
                    ),
                ),
                (
                    "memo",
                    models.TextField(help_text="Why the amendment is immaterial."),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("waived_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "amendment"),
                        name="an_amendment_is_waived_once_for_an_offer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("memo", ""), _negated=True),
                        name="a_waived_amendment_has_a_memo",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceRelease",
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
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_release",
                        to="solicitations.solicitation",
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("released_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="prices_are_released_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DissentNote",
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
                    "consensus",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dissents",
                        to="evaluations.consensusrating",
                    ),
                ),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dissents",
                        to="evaluations.panelmember",
                    ),
                ),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceQuestion",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_questions",
                        to="submissions.submission",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.solicitationline",
                    ),
                ),
                ("question", models.TextField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceAnswer",
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
                    "question",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="evaluations.pricequestion",
                    ),
                ),
                (
                    "is_meant",
                    models.BooleanField(help_text="Zero dollars is the price."),
                ),
                ("text", models.TextField()),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("answered_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceNormalisation",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_normalisations",
                        to="submissions.submission",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.solicitationline",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            (
                                "PUBLIC_LIST",
                                "the public list price of the offered model, of the same day",
                            ),
                            ("HIGHEST_OTHER", "the highest price of the other offers"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="Where the price comes from.", max_length=200
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "normalised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("normalised_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "line"),
                        name="a_line_of_an_offer_is_normalised_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_normalised_price_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gt", 0)),
                        name="a_normalised_price_is_above_zero",
                    ),
                ],
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
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_analyses",
                        to="solicitations.solicitation",
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
                    "usage",
                    models.JSONField(
                        default=dict,
                        help_text="Totals at P10, P50 and P90, and where offers change places.",
                    ),
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
                (
                    "analysed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("analysed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
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
                (
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection_decision",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "price_analysis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="evaluations.priceanalysis",
                    ),
                ),
                ("rationale", models.TextField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SelectedOffer",
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
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selections",
                        to="evaluations.selectiondecision",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection",
                        to="submissions.submission",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why this one; empty where the rationale says all.",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("decision", "position"),
                        name="two_selected_offers_never_have_one_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1)),
                        name="selected_offers_are_counted_from_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ForgoneSelection",
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
                    "selection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forgone",
                        to="evaluations.selectedoffer",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        help_text="Why; its vendor is told it in these words."
                    ),
                ),
                (
                    "forgone_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("forgone_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_selected_offer_is_forgone_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AllRejection",
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
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="all_rejection",
                        to="solicitations.solicitation",
                    ),
                ),
                ("reason", models.TextField(help_text="What everybody is told.")),
                ("rationale", models.TextField(help_text="For the file alone.")),
                (
                    "rejected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("rejected_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("rationale", ""), _negated=True),
                        ),
                        name="all_offers_are_rejected_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationImport",
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
                        to="accounts.organization",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "extracted_at",
                    models.DateTimeField(help_text="When the source said so."),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("imported_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "sha256", "extracted_at"),
                        name="an_extract_of_registrations_is_imported_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extracted_at__lte", models.F("imported_at"))
                        ),
                        name="an_extract_is_not_from_the_future",
                    ),
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="submissions.submission",
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
                (
                    "extract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="evaluations.registrationimport",
                    ),
                ),
                ("registered_until", models.DateField(blank=True, null=True)),
                ("exclusion", models.CharField(blank=True, max_length=200)),
                ("kept_at", models.DateTimeField()),
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
        migrations.CreateModel(
            name="RegistrationRecord",
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
                    "registration_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="evaluations.registrationimport",
                    ),
                ),
                ("uei", models.CharField(max_length=12, verbose_name="UEI")),
                ("legal_name", models.CharField(max_length=200)),
                ("registered_until", models.DateField()),
                (
                    "exclusion",
                    models.CharField(
                        blank=True,
                        help_text="Empty, or what the exclusion says.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("registration_import", "uei"),
                        name="a_vendor_stands_once_in_an_extract",
                    )
                ],
            },
        ),
    ]
