"""Months of an order: explanations, words, the chain of closings, and accruals."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_guards"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignOff",
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
                    "month",
                    models.DateField(
                        help_text="The first day of the accounting month."
                    ),
                ),
                (
                    "cycle",
                    models.PositiveIntegerField(
                        help_text="How many links the month had; a month that is opened again has more."
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("REPRESENTATIVE", "representative"),
                            ("FINANCE", "finance"),
                        ],
                        max_length=14,
                    ),
                ),
                ("content_sha256", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_offs",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
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
                    "number",
                    models.PositiveIntegerField(
                        help_text="Its place in the order's chain."
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("CLOSED", "closed"), ("REOPENED", "opened again")],
                        max_length=8,
                    ),
                ),
                (
                    "month",
                    models.DateField(
                        help_text="The first day of the accounting month."
                    ),
                ),
                ("content", models.JSONField(default=dict)),
                ("content_sha256", models.CharField(max_length=64)),
                ("previous_sha256", models.CharField(blank=True, max_length=64)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was opened again."),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "finance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="periods.signoff",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="periods.signoff",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="Accrual",
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
                    "month",
                    models.DateField(
                        help_text="The first day of the month that it closes."
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("ACCRUED", "accrual"), ("REVERSED", "reversal")],
                        max_length=8,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("METER", "used and not accepted yet"),
                            ("SUSPENSE", "in suspense, at its reserve"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "acrn",
                    models.CharField(blank=True, max_length=2, verbose_name="ACRN"),
                ),
                ("dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                (
                    "cents",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Rounded half-up, for the export.",
                        max_digits=18,
                    ),
                ),
                (
                    "posted_on",
                    models.DateField(
                        help_text="The last day of the month; of a reversal the first of the next."
                    ),
                ),
                (
                    "known_at",
                    models.DateTimeField(help_text="Up to when usage was counted."),
                ),
                ("posted_by", models.CharField(max_length=160)),
                ("posted_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accruals",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: of usage in suspense, whose line nobody knows yet.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accruals",
                        to="orders.orderline",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="periods.accrual",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "ACCRUED")),
                        fields=("order", "month", "basis", "order_line", "acrn"),
                        name="a_line_and_acrn_is_accrued_once_for_a_month",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "ACCRUED"), ("reverses__isnull", True)),
                            models.Q(("kind", "REVERSED"), ("reverses__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_reversal_names_what_it_takes_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="a_month_is_accrued_by_its_first_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("basis", "SUSPENSE"), ("order_line__isnull", True)
                            ),
                            models.Q(("basis", "METER"), ("order_line__isnull", False)),
                            _connector="OR",
                        ),
                        name="usage_in_suspense_has_no_line",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
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
                    "month",
                    models.DateField(
                        help_text="The first day of the accounting month."
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("OVER", "the month is over"),
                            ("EARLIER", "every earlier month with usage is closed"),
                            ("WATERMARK", "every source has sent all of the month"),
                            ("GAPS", "no running number of a call is missing"),
                            ("SUSPENSE", "no call of the month is in suspense"),
                            ("REPORTS", "the vendor has reported every day of use"),
                            ("RATED", "what is priced by volume stands on its steps"),
                            (
                                "COMPARED",
                                "a comparison is younger than what it compares",
                            ),
                            (
                                "FINDINGS",
                                "every discrepancy is resolved, or carried by its owner",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                ("facts", models.TextField(help_text="What was found, in words.")),
                ("reason", models.TextField()),
                ("explained_at", models.DateTimeField()),
                (
                    "explained_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="explanations",
                        to="orders.taskorder",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("facts", ""), _negated=True),
                        ),
                        name="an_explanation_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="a_month_is_explained_by_its_first_day",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(
                fields=("order", "month", "cycle", "part", "content_sha256"),
                name="the_same_figures_of_a_month_are_signed_off_once_by_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)),
                name="a_month_is_signed_off_by_its_first_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("order", "number"), name="the_links_of_an_order_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("order", "previous_sha256"),
                name="the_chain_of_an_order_never_forks",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 1), ("previous_sha256", "")),
                    models.Q(
                        ("number__gt", 1),
                        models.Q(("previous_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_chain_begins_with_its_first_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finance__isnull", False),
                        ("kind", "CLOSED"),
                        ("reason", ""),
                        ("representative__isnull", False),
                        models.Q(
                            ("representative", models.F("finance")), _negated=True
                        ),
                    ),
                    models.Q(
                        ("finance__isnull", True),
                        ("kind", "REOPENED"),
                        ("representative__isnull", True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_month_is_closed_on_two_words_and_reopened_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)),
                name="a_link_names_a_month_by_its_first_day",
            ),
        ),
        append_only("periods_explanation"),
        append_only("periods_signoff"),
        append_only("periods_entry"),
        append_only("periods_accrual"),
    ]
