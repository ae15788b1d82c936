"""A vendor's roles are held in a vendor, an agency's in an agency: the database insists."""

from django.db import migrations

ROLE_FITS = """
CREATE OR REPLACE FUNCTION accounts_membership_role_fits() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE side text;
BEGIN
  SELECT kind INTO side FROM accounts_organization WHERE id = NEW.organization_id;
  IF (NEW.role LIKE 'VENDOR\\_%') IS DISTINCT FROM (side = 'VENDOR') THEN
    RAISE EXCEPTION 'the role % is not held in this kind of organization', NEW.role
      USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_role_is_held_in_its_own_kind_of_organization';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_membership_role_fits
  BEFORE INSERT OR UPDATE OF role, organization_id ON accounts_membership
  FOR EACH ROW EXECUTE FUNCTION accounts_membership_role_fits();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ROLE_FITS, migrations.RunSQL.noop),
    ]
