"""Other openers come with a box of their own, to which vendors seal anew."""

from django.db import migrations

from contracting.core.triggers import append_only

A_BOX_COMES_WITH_AN_AMENDMENT_OF_ITS_SOLICITATION = """
CREATE FUNCTION submissions_box_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amendment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM solicitations_amendment
    WHERE id = NEW.amendment_id AND solicitation_id = NEW.solicitation_id
  ) THEN
    RAISE EXCEPTION 'a box comes with an amendment of its solicitation'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_box_comes_with_an_amendment_of_its_solicitation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_box_amendment_is_its_own AFTER INSERT ON submissions_box
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_box_amendment();
"""
EACH_BOX_IS_OPENED_BY_ITS_OWN_QUORUM = """
CREATE OR REPLACE FUNCTION submissions_openedoffer_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submission s
    JOIN submissions_submissionversion v ON v.id = NEW.version_id AND v.submission_id = s.id
    JOIN submissions_contentkeywrap w ON w.version_id = v.id
    JOIN submissions_opening o ON o.solicitation_id = s.solicitation_id AND o.box_id = w.box_id
    LEFT JOIN submissions_lateadmission a ON a.id = o.admission_id
    WHERE s.id = NEW.submission_id AND o.completed_at IS NOT NULL
      AND (
        o.purpose = 'OFFERS' AND (
          NOT v.is_late OR EXISTS (SELECT 1 FROM submissions_laterelief WHERE version_id = v.id)
        )
        OR o.purpose = 'LATE' AND a.version_id = v.id
      )
  ) THEN
    RAISE EXCEPTION 'an offer is laid open by a quorum of its openers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_laid_open_by_a_quorum_of_its_openers';
  END IF;
  RETURN NULL;
END $$;
"""
IT_IS_SEALED_ANEW_TO_A_LATER_BOX = """
CREATE FUNCTION submissions_resealing_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN solicitations_solicitation o ON o.id = s.solicitation_id
    JOIN submissions_box b ON b.solicitation_id = o.id
    WHERE v.id = NEW.version_id AND b.id = NEW.box_id
      AND b.purpose = 'OFFERS' AND b.amendment_id IS NOT NULL
      AND NEW.resealed_at <= o.deadline
  ) THEN
    RAISE EXCEPTION 'an offer is sealed anew to a box of an amendment, in time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_sealed_anew_in_time_to_a_box_of_an_amendment';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_resealing_is_fit BEFORE INSERT ON submissions_resealing
  FOR EACH ROW EXECUTE FUNCTION submissions_resealing_fits();
"""
ONLY_A_RESEALING_CHANGES_A_KEY = """
CREATE OR REPLACE FUNCTION submissions_contentkeywrap_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    WHERE v.id = OLD.version_id AND s.state = 'WITHDRAWN'
  ) THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.version_id = OLD.version_id
    AND NEW.recorded_at = OLD.recorded_at AND NEW.box_id > OLD.box_id
    AND NEW.wrapped_for_vendor IS NOT DISTINCT FROM OLD.wrapped_for_vendor
    AND EXISTS (
      SELECT 1 FROM submissions_resealing
      WHERE version_id = NEW.version_id AND box_id = NEW.box_id
        AND wrapped_key_sha256 = encode(sha256(NEW.wrapped_key), 'hex')
    ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'only a withdrawal deletes the key of a version, and only a resealing changes it'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_a_withdrawal_deletes_the_key_of_a_version';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0013_offer_keys"),
        ("solicitations", "0012_quotations"),
    ]

    operations = [
        migrations.RunSQL(
            A_BOX_COMES_WITH_AN_AMENDMENT_OF_ITS_SOLICITATION, migrations.RunSQL.noop
        ),
        migrations.RunSQL(EACH_BOX_IS_OPENED_BY_ITS_OWN_QUORUM, migrations.RunSQL.noop),
        append_only("submissions_resealing"),
        migrations.RunSQL(IT_IS_SEALED_ANEW_TO_A_LATER_BOX, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_A_RESEALING_CHANGES_A_KEY, migrations.RunSQL.noop),
    ]
