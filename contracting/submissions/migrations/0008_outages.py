"""The health log, rulings on outages at a deadline, and what they mean for offers."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only, legal_moves, moves_of

MOVES = moves_of(
    {
        "SUBMITTED": ("WITHDRAWN", "OPENED"),
        "WITHDRAWN": ("SUBMITTED", "LATE"),
        "LATE": ("OPENED", "SUBMITTED"),
    }
)

A_PROOF_IS_OF_A_RECEIPT_IN_TIME = """
CREATE OR REPLACE FUNCTION submissions_inclusionproof_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN submissions_closing c ON c.solicitation_id = s.solicitation_id
    LEFT JOIN submissions_laterelief r ON r.version_id = v.id
    WHERE v.id = NEW.version_id AND c.id = NEW.closing_id
      AND (NOT v.is_late OR r.id IS NOT NULL)
  ) OR coalesce(array_length(NEW.path, 1), 0) < 12 THEN
    RAISE EXCEPTION 'a proof is of a receipt in time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_proof_is_of_a_receipt_in_time';
  END IF;
  RETURN NULL;
END $$;
"""

A_QUORUM_LAYS_AN_OFFER_OPEN = """
CREATE OR REPLACE FUNCTION submissions_openedoffer_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submission s
    JOIN submissions_submissionversion v ON v.id = NEW.version_id AND v.submission_id = s.id
    JOIN submissions_opening o ON o.solicitation_id = s.solicitation_id
    LEFT JOIN submissions_lateadmission a ON a.id = o.admission_id
    LEFT JOIN submissions_laterelief r ON r.version_id = v.id
    WHERE s.id = NEW.submission_id AND o.completed_at IS NOT NULL
      AND (o.purpose = 'OFFERS' AND (NOT v.is_late OR r.id IS NOT NULL)
        OR o.purpose = 'LATE' AND a.version_id = v.id)
  ) THEN
    RAISE EXCEPTION 'an offer is laid open by a quorum of its openers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_laid_open_by_a_quorum_of_its_openers';
  END IF;
  RETURN NULL;
END $$;
"""

A_RELIEF_IS_OF_A_CONFIRMED_OUTAGE = """
CREATE FUNCTION submissions_laterelief_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_outageruling r
    JOIN submissions_submissionversion v ON v.id = NEW.version_id
    JOIN submissions_submission s ON s.id = v.submission_id
    WHERE r.id = NEW.ruling_id AND r.is_confirmed AND r.solicitation_id = s.solicitation_id
      AND v.is_late AND v.received_at <= r.new_deadline
  ) THEN
    RAISE EXCEPTION 'a relief is of a confirmed outage'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_relief_is_of_a_confirmed_outage';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_laterelief_is_fit BEFORE INSERT ON submissions_laterelief
  FOR EACH ROW EXECUTE FUNCTION submissions_laterelief_fits();
"""


def say_rule(apps, schema_editor):
    """When an outage moves the deadline, and on whose word."""
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-SUB-08",
        sentence="An outage at the deadline moves it to the same time of the first "
        "working day after normal processing resumes.",
        lift="Wait for the end of the outage in the health log; then the contracting "
        "officer confirms or dismisses it.",
        citation="FAR 52.212-1(f)(4)",
        regime="FAR",
        valid_from=date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("solicitations", "0006_offer_validity"),
        ("submissions", "0007_final_revisions"),
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
                ("begun_at", models.DateTimeField()),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="begun_upload",
                        to="submissions.submissionversion",
                    ),
                ),
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
                ("old_deadline", models.DateTimeField()),
                (
                    "begun_at",
                    models.DateTimeField(help_text="Last beat before the outage."),
                ),
                ("resumed_at", models.DateTimeField(help_text="First beat after it.")),
                ("is_confirmed", models.BooleanField()),
                ("reason", models.TextField()),
                ("new_deadline", models.DateTimeField(blank=True, null=True)),
                ("ruled_at", models.DateTimeField()),
                (
                    "ruled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
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
            ],
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
        migrations.AddConstraint(
            model_name="outageruling",
            constraint=models.UniqueConstraint(
                fields=("solicitation", "old_deadline"),
                name="an_outage_at_a_deadline_is_ruled_on_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_confirmed", True),
                        ("new_deadline__gt", models.F("resumed_at")),
                    ),
                    models.Q(("is_confirmed", False), ("new_deadline__isnull", True)),
                    _connector="OR",
                ),
                name="a_confirmed_outage_moves_the_deadline_past_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("begun_at__lte", models.F("old_deadline")),
                    ("resumed_at__gt", models.F("old_deadline")),
                ),
                name="an_outage_covers_the_deadline_it_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="an_outage_is_ruled_on_with_a_reason",
            ),
        ),
        append_only("submissions_healthbeat"),
        append_only("submissions_outageruling"),
        append_only("submissions_laterelief"),
        append_only("submissions_begunupload"),
        legal_moves("submissions_submission", MOVES),
        migrations.RunSQL(A_RELIEF_IS_OF_A_CONFIRMED_OUTAGE, migrations.RunSQL.noop),
        migrations.RunSQL(A_QUORUM_LAYS_AN_OFFER_OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(A_PROOF_IS_OF_A_RECEIPT_IN_TIME, migrations.RunSQL.noop),
        migrations.RunPython(say_rule, migrations.RunPython.noop),
    ]
