"""Receipts are closed with one root, and what the database refuses of that."""

from django.db import migrations

from contracting.core.triggers import append_only

NO_RECEIPT_IN_TIME_AFTER_THE_ROOT = """
CREATE FUNCTION submissions_submissionversion_not_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT NEW.is_late AND EXISTS (
    SELECT 1 FROM submissions_closing c
    JOIN submissions_submission s ON s.solicitation_id = c.solicitation_id
    WHERE s.id = NEW.submission_id AND c.recorded_at < NEW.recorded_at
  ) THEN
    RAISE EXCEPTION 'no receipt in time appears after the root'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_receipt_in_time_appears_after_the_root';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER submissions_submissionversion_is_not_closed AFTER INSERT ON submissions_submissionversion
  FOR EACH ROW EXECUTE FUNCTION submissions_submissionversion_not_closed();
"""
A_PROOF_IS_OF_A_RECEIPT_IN_TIME = """
CREATE FUNCTION submissions_inclusionproof_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN submissions_closing c ON c.solicitation_id = s.solicitation_id
    WHERE v.id = NEW.version_id AND c.id = NEW.closing_id AND NOT v.is_late
  ) OR coalesce(array_length(NEW.path, 1), 0) < 12 THEN
    RAISE EXCEPTION 'a proof is of a receipt in time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_proof_is_of_a_receipt_in_time';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_inclusionproof_is_fit AFTER INSERT ON submissions_inclusionproof
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_inclusionproof_fits();
"""
A_CLOSED_DEADLINE_NEVER_MOVES = """
CREATE FUNCTION submissions_closing_keeps_its_deadline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM submissions_closing c JOIN solicitations_solicitation s ON s.id = c.solicitation_id
    WHERE s.id = NEW.id AND s.deadline IS DISTINCT FROM c.deadline
  ) THEN
    RAISE EXCEPTION 'a deadline at which receipts were closed never moves'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_deadline_never_moves';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_closing_keeps_the_deadline
  AFTER UPDATE OF deadline ON solicitations_solicitation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.deadline IS DISTINCT FROM NEW.deadline)
  EXECUTE FUNCTION submissions_closing_keeps_its_deadline();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0005_sealed_to_boxes"),
        ("solicitations", "0004_nominal_minimum"),
    ]

    operations = [
        append_only("submissions_closing"),
        append_only("submissions_inclusionproof"),
        migrations.RunSQL(NO_RECEIPT_IN_TIME_AFTER_THE_ROOT, migrations.RunSQL.noop),
        migrations.RunSQL(A_PROOF_IS_OF_A_RECEIPT_IN_TIME, migrations.RunSQL.noop),
        migrations.RunSQL(A_CLOSED_DEADLINE_NEVER_MOVES, migrations.RunSQL.noop),
    ]
