"""Boxes that a quorum of openers opens, and what the database refuses of them."""

from django.db import migrations

from contracting.core.triggers import append_only

OPENER_OF_NO_VENDOR = """
CREATE FUNCTION submissions_boxshare_opener() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM accounts_membership WHERE user_id = NEW.user_id AND is_active
             AND recorded_at < NEW.recorded_at
             AND role IN ('VENDOR_MEMBER', 'VENDOR_SIGNER', 'VENDOR_ADMINISTRATOR')) THEN
    RAISE EXCEPTION 'an opener belongs to no vendor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_opener_belongs_to_no_vendor';
  END IF;
  IF NEW.position < 1 OR NEW.position > (SELECT people FROM submissions_box WHERE id = NEW.box_id)
     OR NEW.user_id <> (SELECT user_id FROM submissions_openerkey WHERE id = NEW.opener_key_id)
     OR NEW.user_id <> (SELECT user_id FROM accounts_membership WHERE id = NEW.membership_id) THEN
    RAISE EXCEPTION 'a share belongs to one opener of its box'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_share_belongs_to_one_opener_of_its_box';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_boxshare_opener_is_fit AFTER INSERT ON submissions_boxshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_boxshare_opener();
"""
A_SHARE_IS_GIVEN_BY_ITS_OPENER = """
CREATE FUNCTION submissions_givenshare_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_opening o
    JOIN submissions_box b ON b.id = o.box_id
    JOIN submissions_boxshare s ON s.box_id = b.id
    WHERE o.id = NEW.opening_id AND s.id = NEW.share_id AND s.user_id = NEW.user_id
      AND NEW.position BETWEEN 1 AND b.needed
  ) THEN
    RAISE EXCEPTION 'a share is given by its opener to an opening of its box'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_share_is_given_by_its_opener';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_givenshare_is_fit AFTER INSERT ON submissions_givenshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_givenshare_fits();
"""
A_QUORUM_COMPLETES_AN_OPENING = """
CREATE FUNCTION submissions_opening_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.completed_at IS NOT NULL AND (
    SELECT count(DISTINCT user_id) FROM submissions_givenshare WHERE opening_id = NEW.id
  ) <> (SELECT needed FROM submissions_box WHERE id = NEW.box_id) THEN
    RAISE EXCEPTION 'a quorum completes an opening'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_quorum_completes_an_opening';
  END IF;
  IF NEW.completed_at IS NOT NULL AND NEW.purpose <> 'REHEARSAL' AND NEW.completed_at <= (
    SELECT deadline FROM solicitations_solicitation WHERE id = NEW.solicitation_id
  ) THEN
    RAISE EXCEPTION 'no box of offers is opened before the deadline has passed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_box_of_offers_is_opened_before_the_deadline';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_opening_has_its_quorum AFTER INSERT OR UPDATE ON submissions_opening
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_opening_quorum();
"""
A_HELD_SHARE_NEVER_CHANGES = """
CREATE FUNCTION submissions_heldshare_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a held share never changes'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_held_share_never_changes';
END $$;
CREATE TRIGGER submissions_heldshare_never_changes BEFORE UPDATE ON submissions_heldshare
  FOR EACH ROW EXECUTE FUNCTION submissions_heldshare_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0003_openers"),
        ("accounts", "0002_guards"),
        ("solicitations", "0004_nominal_minimum"),
    ]

    operations = [
        append_only("submissions_box"),
        append_only("submissions_boxshare"),
        append_only("submissions_rehearsaloffer"),
        append_only("submissions_opening", may_set_once=["completed_at"]),
        append_only("submissions_givenshare"),
        migrations.RunSQL(OPENER_OF_NO_VENDOR, migrations.RunSQL.noop),
        migrations.RunSQL(A_SHARE_IS_GIVEN_BY_ITS_OPENER, migrations.RunSQL.noop),
        migrations.RunSQL(A_QUORUM_COMPLETES_AN_OPENING, migrations.RunSQL.noop),
        migrations.RunSQL(A_HELD_SHARE_NEVER_CHANGES, migrations.RunSQL.noop),
    ]
