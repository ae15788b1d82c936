"""A solicitation asks for proposals or for quotations; that stands from its release."""

from django.db import migrations

FROZEN = """
CREATE OR REPLACE FUNCTION solicitations_kind_is_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NOT NULL
     AND (NEW.kind, NEW.late_rule) IS DISTINCT FROM (OLD.kind, OLD.late_rule) THEN
    RAISE EXCEPTION 'what a released solicitation asks for is frozen'
      USING ERRCODE = 'restrict_violation',
      CONSTRAINT = 'what_a_released_solicitation_asks_for_is_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER solicitations_kind_is_frozen
  BEFORE UPDATE OF kind, late_rule ON solicitations_solicitation
  FOR EACH ROW EXECUTE FUNCTION solicitations_kind_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0009_templates"),
    ]

    operations = [
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
