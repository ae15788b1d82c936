"""Legal holds are only ever added, and the words of how long a file is kept."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


def words(apps, schema_editor):
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-AUD-02",
        sentence="Records are kept six years after final payment, and a legal hold stops their disposal.",
        lift="Wait until the years are over; let the contracting officer or the administrator release the legal hold once its matter is settled.",
        citation="FAR 4.805; GRS 1.1, item 010",
        regime="FAR",
        valid_from=datetime.date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0003_seed"),
        ("accounts", "0003_review_fields"),
        ("closeout", "0003_claims_release"),
        ("contracts", "0010_offered_awards"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalHold",
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
                    "matter",
                    models.CharField(help_text="The case or inquiry.", max_length=200),
                ),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="contracts.contract",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LegalHoldRelease",
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
                ("reason", models.TextField()),
                ("released_at", models.DateTimeField()),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release",
                        to="closeout.legalhold",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("matter", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="a_legal_hold_names_its_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalholdrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_legal_hold_is_released_for_a_reason",
            ),
        ),
        append_only("closeout_legalhold"),
        append_only("closeout_legalholdrelease"),
        migrations.RunPython(words, migrations.RunPython.noop),
    ]
