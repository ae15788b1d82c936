"""The health log, rulings on outages at a deadline, and what they mean for offers."""

from datetime import date

from django.db import migrations

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
        ("submissions", "0006_closings"),
        ("accounts", "0002_guards"),
        ("solicitations", "0006_offer_validity"),
    ]

    operations = [
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
