"""Until the opening rows name a pseudonym, and the name lies sealed beside the key."""

from django.db import migrations

from contracting.core.triggers import append_only

ONLY_AN_OPENING_NAMES_A_VENDOR = """
CREATE FUNCTION submissions_submission_bearer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.pseudonym <> OLD.pseudonym OR NEW.solicitation_id <> OLD.solicitation_id
    OR OLD.vendor_id IS NOT NULL AND NEW.vendor_id IS DISTINCT FROM OLD.vendor_id THEN
    RAISE EXCEPTION 'an offer never changes hands'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'an_offer_never_changes_hands';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_submission_never_changes_hands BEFORE UPDATE ON submissions_submission
  FOR EACH ROW EXECUTE FUNCTION submissions_submission_bearer();
CREATE FUNCTION submissions_submission_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.vendor_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM submissions_opening
    WHERE solicitation_id = NEW.solicitation_id AND purpose = 'OFFERS' AND completed_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'only an opening names a vendor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_an_opening_names_a_vendor';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_submission_is_named AFTER INSERT OR UPDATE OF vendor_id ON submissions_submission
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_submission_named();
"""
AN_ATTRIBUTION_NAMES_THE_VENDOR_OF_ITS_OFFER = """
CREATE FUNCTION submissions_attribution_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN accounts_membership m ON m.id = NEW.submitted_by_id
    WHERE v.id = NEW.version_id AND s.vendor_id = NEW.vendor_id AND m.organization_id = NEW.vendor_id
  ) THEN
    RAISE EXCEPTION 'an attribution names the vendor of its offer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_attribution_names_the_vendor_of_its_offer';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_attribution_is_fit AFTER INSERT ON submissions_attribution
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_attribution_fits();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0008_outages"),
        ("accounts", "0002_guards"),
        ("solicitations", "0004_nominal_minimum"),
    ]

    operations = [
        append_only("submissions_attribution"),
        migrations.RunSQL(ONLY_AN_OPENING_NAMES_A_VENDOR, migrations.RunSQL.noop),
        migrations.RunSQL(
            AN_ATTRIBUTION_NAMES_THE_VENDOR_OF_ITS_OFFER, migrations.RunSQL.noop
        ),
    ]
