"""The offer keys of vendors, and the people who hold them under their passphrases."""

from django.db import migrations

from contracting.core.triggers import append_only

ONLY_A_ROTATION_DELETES = """
CREATE FUNCTION submissions_offerkeycopy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    SELECT max(k.id) INTO last FROM submissions_offerkey k
    JOIN submissions_offerkey o ON o.organization_id = k.organization_id
    WHERE o.id = OLD.offer_key_id;
    IF last > OLD.offer_key_id AND NOT EXISTS (
      SELECT 1 FROM submissions_offerkeycopy c
      JOIN submissions_holderkey h ON h.id = c.holder_key_id
      JOIN submissions_holderkey g ON g.user_id = h.user_id
      WHERE c.offer_key_id = last AND g.id = OLD.holder_key_id
    ) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'only a rotation takes a copy of an offer key away'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_a_rotation_takes_a_copy_of_an_offer_key_away';
END $$;
CREATE TRIGGER submissions_offerkeycopy_stays_row BEFORE UPDATE OR DELETE ON submissions_offerkeycopy
  FOR EACH ROW EXECUTE FUNCTION submissions_offerkeycopy_stays();
CREATE TRIGGER submissions_offerkeycopy_stays_table BEFORE TRUNCATE ON submissions_offerkeycopy
  FOR EACH STATEMENT EXECUTE FUNCTION submissions_offerkeycopy_stays();
"""
AN_OFFER_KEY_STAYS_WITHIN_ITS_VENDOR = """
CREATE FUNCTION submissions_offerkeycopy_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_offerkey k
    JOIN submissions_holderkey h ON h.organization_id = k.organization_id
    JOIN accounts_membership m ON m.organization_id = k.organization_id
    WHERE k.id = NEW.offer_key_id AND h.id = NEW.holder_key_id AND m.id = NEW.given_by_id
  ) THEN
    RAISE EXCEPTION 'an offer key stays within its vendor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_key_stays_within_its_vendor';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_offerkeycopy_is_fit AFTER INSERT ON submissions_offerkeycopy
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_offerkeycopy_fits();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0012_alternates"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("submissions_holderkey", may_set_once=["retired_at"]),
        append_only("submissions_offerkey"),
        migrations.RunSQL(ONLY_A_ROTATION_DELETES, migrations.RunSQL.noop),
        migrations.RunSQL(AN_OFFER_KEY_STAYS_WITHIN_ITS_VENDOR, migrations.RunSQL.noop),
    ]
