import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("documents", "0001_initial"),
        ("reference", "0001_initial"),
        ("solicitations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HealthBeat",
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
                ("beat_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OutageRuling",
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
                        related_name="outage_rulings",
                        to="solicitations.solicitation",
                    ),
                ),
                ("old_deadline", models.DateTimeField()),
                (
                    "begun_at",
                    models.DateTimeField(help_text="Last beat before the outage."),
                ),
                ("resumed_at", models.DateTimeField(help_text="First beat after it.")),
                ("is_confirmed", models.BooleanField()),
                ("reason", models.TextField()),
                ("new_deadline", models.DateTimeField(blank=True, null=True)),
                (
                    "ruled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("ruled_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("solicitation", "old_deadline"),
                        name="an_outage_at_a_deadline_is_ruled_on_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_confirmed", True),
                                ("new_deadline__gt", models.F("resumed_at")),
                            ),
                            models.Q(
                                ("is_confirmed", False), ("new_deadline__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="a_confirmed_outage_moves_the_deadline_past_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begun_at__lte", models.F("old_deadline")),
                            ("resumed_at__gt", models.F("old_deadline")),
                        ),
                        name="an_outage_covers_the_deadline_it_moves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="an_outage_is_ruled_on_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenerKey",
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
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                (
                    "wrapped_private_key",
                    models.BinaryField(
                        help_text="The private half, encrypted under the passphrase."
                    ),
                ),
                ("salt", models.BinaryField()),
                (
                    "iterations",
                    models.PositiveIntegerField(
                        help_text="Of PBKDF2-HMAC-SHA-256, as they were at enrolment."
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opener_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enrolled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("enrolled_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Replaced by a later enrolment.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("user",),
                        name="an_opener_has_one_key_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("iterations__gt", 0)),
                        name="an_opener_s_key_is_stretched",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Box",
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
                        related_name="boxes",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("REHEARSAL", "rehearsal"), ("OFFERS", "offers")],
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                        default="SERVER",
                        max_length=10,
                    ),
                ),
                (
                    "needed",
                    models.PositiveSmallIntegerField(
                        help_text="k: so many shares open it."
                    ),
                ),
                (
                    "people",
                    models.PositiveSmallIntegerField(
                        help_text="n: so many hold a share."
                    ),
                ),
                (
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "amendment",
                    models.OneToOneField(
                        blank=True,
                        help_text="With which it replaced the box before; none at the release.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="box",
                        to="solicitations.amendment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("amendment__isnull", True), ("purpose", "OFFERS")
                        ),
                        fields=("solicitation",),
                        name="a_release_makes_one_box_of_offers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose", "OFFERS"),
                            ("amendment__isnull", True),
                            _connector="OR",
                        ),
                        name="only_a_box_of_offers_comes_with_an_amendment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 2)),
                        name="nobody_opens_a_box_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "people__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("needed"), "*", models.Value(2)
                                    ),
                                    "-",
                                    models.Value(1),
                                ),
                            )
                        ),
                        name="a_box_has_at_least_2k_minus_1_openers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxShare",
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
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="submissions.box",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "opener_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.openerkey",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("sealed_share", models.BinaryField()),
                (
                    "commitment",
                    models.CharField(
                        help_text="Published hash: it tells an altered share.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("box", "user"), name="a_person_holds_one_share_of_a_box"
                    ),
                    models.UniqueConstraint(
                        fields=("box", "position"), name="a_share_has_its_own_position"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RehearsalOffer",
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
                    "box",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sample",
                        to="submissions.box",
                    ),
                ),
                ("sealed", models.BinaryField()),
                (
                    "wrapped_key",
                    models.BinaryField(help_text="Its key, encrypted to the box."),
                ),
                ("plain_sha256", models.CharField(max_length=64)),
                (
                    "prepared",
                    models.JSONField(help_text="The box for the offers.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HolderKey",
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
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                (
                    "wrapped_private_key",
                    models.BinaryField(
                        help_text="The private half, encrypted under the passphrase."
                    ),
                ),
                ("salt", models.BinaryField()),
                (
                    "iterations",
                    models.PositiveIntegerField(
                        help_text="Of PBKDF2-HMAC-SHA-256, as they were at enrolment."
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holder_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("chosen_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Replaced by a later passphrase.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("user", "organization"),
                        name="a_holder_has_one_key_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("iterations__gt", 0)),
                        name="a_holder_s_key_is_stretched",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferKey",
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                        max_length=10,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OfferKeyCopy",
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
                    "offer_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="submissions.offerkey",
                    ),
                ),
                (
                    "holder_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="submissions.holderkey",
                    ),
                ),
                ("wrapped", models.BinaryField()),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offer_key", "holder_key"),
                        name="a_holder_has_one_copy_of_an_offer_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
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
                        related_name="submissions",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "pseudonym",
                    models.CharField(
                        help_text="Stands for the vendor on this solicitation alone.",
                        max_length=64,
                    ),
                ),
                (
                    "alternate",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="0: the base offer; else which alternate.",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        help_text="Named by the opening; empty before, and for good where withdrawn.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="accounts.organization",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "submitted"),
                            ("WITHDRAWN", "withdrawn"),
                            ("LATE", "received late, in quarantine"),
                            ("OPENED", "opened"),
                        ],
                        default="SUBMITTED",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("solicitation", "vendor", "alternate"),
                        name="a_vendor_has_each_offer_number_once_on_a_solicitation",
                    ),
                    models.UniqueConstraint(
                        fields=("solicitation", "pseudonym", "alternate"),
                        name="a_pseudonym_has_each_offer_number_once_on_a_solicitation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "OPENED"), _negated=True),
                            ("vendor__isnull", False),
                            _connector="OR",
                        ),
                        name="an_opened_offer_names_its_vendor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "WITHDRAWN"), _negated=True),
                            ("vendor__isnull", True),
                            _connector="OR",
                        ),
                        name="a_withdrawn_offer_names_no_vendor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubmissionVersion",
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
                        related_name="versions",
                        to="submissions.submission",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "sealed_blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="documents.blob"
                    ),
                ),
                (
                    "plain_sha256",
                    models.CharField(
                        help_text="SHA-256 of the content before it was sealed.",
                        max_length=64,
                    ),
                ),
                (
                    "files",
                    models.JSONField(help_text="[{name, size_bytes, sha256}, …]"),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                        db_default="SERVER",
                        default="SERVER",
                        help_text="Where it was encrypted.",
                        max_length=10,
                    ),
                ),
                (
                    "acknowledged",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4),
                        default=list,
                        help_text="Amendment numbers.",
                        size=None,
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(help_text="Receipt completed, UTC."),
                ),
                ("is_late", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "number"),
                        name="a_submission_version_has_its_own_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LateRelief",
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
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relief",
                        to="submissions.submissionversion",
                    ),
                ),
                (
                    "ruling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reliefs",
                        to="submissions.outageruling",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BegunUpload",
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
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="begun_upload",
                        to="submissions.submissionversion",
                    ),
                ),
                ("begun_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Attribution",
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
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attribution",
                        to="submissions.submissionversion",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "registration",
                    models.JSONField(help_text="Registration status at submission."),
                ),
                ("attributed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContentKeyWrap",
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
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_wrap",
                        to="submissions.submissionversion",
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_wraps",
                        to="submissions.box",
                    ),
                ),
                ("wrapped_key", models.BinaryField()),
                (
                    "sealed_offeror",
                    models.BinaryField(
                        help_text="Who handed it in, encrypted to the box."
                    ),
                ),
                (
                    "wrapped_for_vendor",
                    models.BinaryField(
                        help_text="The key of the version, encrypted to the vendor's offer key, or as many bytes that nobody opens.",
                        null=True,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Resealing",
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
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resealings",
                        to="submissions.submissionversion",
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resealings",
                        to="submissions.box",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                        help_text="Where it was done.",
                        max_length=10,
                    ),
                ),
                (
                    "wrapped_key_sha256",
                    models.CharField(
                        help_text="Of its key as it is encrypted to the box.",
                        max_length=64,
                    ),
                ),
                ("resealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "box"),
                        name="a_version_is_sealed_anew_once_to_a_box",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Closing",
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
                        related_name="closing",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "deadline",
                    models.DateTimeField(help_text="In force when receiving ended."),
                ),
                (
                    "root",
                    models.CharField(
                        help_text="Of the tree over the receipts.", max_length=64
                    ),
                ),
                ("closed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closed_at__gt", models.F("deadline"))),
                        name="receipts_are_closed_after_the_deadline",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InclusionProof",
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
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="submissions.closing",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proof",
                        to="submissions.submissionversion",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(help_text="Its place, at random."),
                ),
                (
                    "path",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        help_text="From leaf to root.",
                        size=None,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LateAdmission",
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
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admission",
                        to="submissions.submissionversion",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            (
                                "ENTRY_POINT",
                                "received electronically at the Government's entry point by 5 p.m. one working day before",
                            ),
                            (
                                "GOVERNMENT_CONTROL",
                                "received at the installation and under the Government's control in time",
                            ),
                            ("ONLY_PROPOSAL", "the only proposal received"),
                            (
                                "NOT_EXCLUDED",
                                "a late quotation that its request does not exclude (FAR 13.004)",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "evidence",
                    models.TextField(
                        help_text="What shows that the exception applies."
                    ),
                ),
                (
                    "admitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("admitted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("evidence", ""), _negated=True),
                        name="a_late_offer_is_admitted_on_evidence",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
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
                        related_name="openings",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="submissions.box",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("REHEARSAL", "rehearsal"),
                            ("OFFERS", "offers in time"),
                            ("LATE", "an admitted late offer"),
                            ("REVISIONS", "final revisions"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "admission",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening",
                        to="submissions.lateadmission",
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                (
                    "completed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the last share that was needed came.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("purpose", "LATE"), _negated=True),
                        fields=("box", "purpose"),
                        name="a_box_is_opened_once_for_a_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("admission__isnull", False), ("purpose", "LATE")),
                            models.Q(
                                models.Q(("purpose", "LATE"), _negated=True),
                                ("admission__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_late_opening_is_of_an_admitted_offer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivenShare",
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
                    "opening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_shares",
                        to="submissions.opening",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="First, second and so on."
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.boxshare",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("given_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opening", "user"), name="different_people_open_a_box"
                    ),
                    models.UniqueConstraint(
                        fields=("opening", "position"),
                        name="each_opener_has_a_place_in_an_opening",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldShare",
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
                    "given",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held",
                        to="submissions.givenshare",
                    ),
                ),
                ("wrapped", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OpenedOffer",
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
                        related_name="opened_offer",
                        to="submissions.submission",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.submissionversion",
                    ),
                ),
                ("technical", models.TextField()),
                (
                    "files",
                    models.JSONField(
                        default=list, help_text="[{name, blob_sha256}, …]"
                    ),
                ),
                (
                    "flaws",
                    models.JSONField(
                        db_default=[],
                        default=list,
                        help_text="What is wrong with it, each in a sentence.",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OfferedRate",
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
                        to="submissions.openedoffer",
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
                        fields=("offer", "line"), name="an_offer_prices_a_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="an_offered_price_is_never_negative",
                    ),
                ],
            },
        ),
    ]
