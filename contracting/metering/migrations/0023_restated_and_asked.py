"""Names of sources within an agency; restated buckets; re-ratings in the background."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0019_tolerances"),
        ("documents", "0011_more_papers"),
        ("metering", "0022_reopened_usage"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="BucketReport",
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
                    "format",
                    models.CharField(
                        help_text="The adapter that read it.", max_length=40
                    ),
                ),
                (
                    "sent_sha256",
                    models.CharField(
                        help_text="Of the report as it was received, unpacked.",
                        max_length=64,
                    ),
                ),
                ("received", models.PositiveIntegerField()),
                (
                    "accepted",
                    models.PositiveIntegerField(
                        help_text="Of buckets never told before."
                    ),
                ),
                (
                    "restated",
                    models.PositiveIntegerField(
                        help_text="Told before, with other counts."
                    ),
                ),
                (
                    "duplicate",
                    models.PositiveIntegerField(
                        help_text="Told before, with these counts."
                    ),
                ),
                ("rejected", models.PositiveIntegerField()),
                (
                    "rejections",
                    models.JSONField(
                        default=list,
                        help_text="Of each rejected row its number, code and pointer.",
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("received_by", models.CharField(max_length=160)),
            ],
        ),
        migrations.CreateModel(
            name="RatingPart",
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
                ("position", models.PositiveIntegerField()),
                (
                    "until",
                    models.DateTimeField(help_text="Where the next part begins."),
                ),
                (
                    "lines",
                    models.PositiveIntegerField(
                        help_text="Rated lines that were looked at."
                    ),
                ),
                ("calls", models.PositiveIntegerField()),
                ("left", models.JSONField(default=list)),
                (
                    "sums",
                    models.JSONField(
                        default=list,
                        help_text="Rows of the report, each with its lines and tokens.",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RatingRequest",
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
                    "first_day",
                    models.DateField(help_text="In the contract's time zone."),
                ),
                ("last_day", models.DateField(help_text="Inclusive.")),
                ("reason", models.CharField(max_length=400)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReportedBucket",
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
                    "bucket_id",
                    models.CharField(
                        help_text="Composed of the interval and of every dimension.",
                        max_length=64,
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "model",
                    models.CharField(
                        help_text="As the provider calls it.", max_length=200
                    ),
                ),
                ("tier", models.CharField(max_length=20)),
                ("dimensions", models.JSONField(default=dict)),
                (
                    "lines",
                    models.JSONField(
                        default=list,
                        help_text="Tokens by the classes that are not told apart.",
                    ),
                ),
                ("tokens", models.BigIntegerField()),
                ("requests", models.BigIntegerField(blank=True, null=True)),
                (
                    "known_at",
                    models.DateTimeField(help_text="When this revision was received."),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="usagesource",
            name="code",
            field=models.CharField(
                help_text="CloudEvents source; another agency may have it too.",
                max_length=120,
            ),
        ),
        migrations.AddConstraint(
            model_name="usagesource",
            constraint=models.UniqueConstraint(
                fields=("agency", "code"), name="an_agency_has_one_source_of_a_name"
            ),
        ),
        migrations.AddField(
            model_name="bucketreport",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.organization"
            ),
        ),
        migrations.AddField(
            model_name="bucketreport",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bucket_reports",
                to="metering.usagesource",
            ),
        ),
        migrations.AddField(
            model_name="ratingrequest",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rating_requests",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="ratingrequest",
            name="operation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rating_request",
                to="documents.operation",
            ),
        ),
        migrations.AddField(
            model_name="ratingrequest",
            name="order",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: every order of the contract.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rating_requests",
                to="orders.taskorder",
            ),
        ),
        migrations.AddField(
            model_name="ratingpart",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="metering.ratingrequest",
            ),
        ),
        migrations.AddField(
            model_name="ratingrun",
            name="request",
            field=models.OneToOneField(
                blank=True,
                help_text="Empty: prepared while runs were worked out at once.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="run",
                to="metering.ratingrequest",
            ),
        ),
        migrations.AddField(
            model_name="reportedbucket",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buckets",
                to="metering.bucketreport",
            ),
        ),
        migrations.AddField(
            model_name="reportedbucket",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buckets",
                to="metering.usagesource",
            ),
        ),
        migrations.AddField(
            model_name="reportedbucket",
            name="supersedes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="metering.reportedbucket",
            ),
        ),
        migrations.AddIndex(
            model_name="bucketreport",
            index=models.Index(
                fields=["source", "-received_at"], name="bucket_reports_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="bucketreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "received",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("accepted"), "+", models.F("restated")
                                ),
                                "+",
                                models.F("duplicate"),
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    )
                ),
                name="every_bucket_received_has_one_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="who_asks_to_rate_anew_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_day__lte", models.F("last_day"))),
                name="the_days_to_rate_anew_are_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratingpart",
            constraint=models.UniqueConstraint(
                fields=("request", "position"),
                name="the_parts_of_a_rating_request_have_an_order",
            ),
        ),
        migrations.AddIndex(
            model_name="reportedbucket",
            index=models.Index(
                fields=["source", "period_start"], name="buckets_by_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedbucket",
            constraint=models.UniqueConstraint(
                fields=("source", "bucket_id", "revision"),
                name="a_bucket_has_each_revision_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedbucket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revision", 1), ("supersedes__isnull", True)),
                    models.Q(("revision__gt", 1), ("supersedes__isnull", False)),
                    _connector="OR",
                ),
                name="a_later_revision_supersedes_the_one_before",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedbucket",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_start__lt", models.F("period_end"))),
                name="a_bucket_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedbucket",
            constraint=models.CheckConstraint(
                condition=models.Q(("tokens__gte", 0)),
                name="a_bucket_counts_nothing_below_zero",
            ),
        ),
        append_only("metering_bucketreport"),
        append_only("metering_reportedbucket"),
        append_only("metering_ratingrequest"),
        append_only("metering_ratingpart"),
    ]
