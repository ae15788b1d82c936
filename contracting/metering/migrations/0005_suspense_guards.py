"""A held call is assigned or disposed of, never both, and both are only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only

_EXCLUDES = """
CREATE OR REPLACE FUNCTION {table}_excludes_{other}() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added JOIN {other} USING (agency_id, source_id, event_id)
  ) THEN
    RAISE EXCEPTION 'a held call is charged or disposed of, never both'
      USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_held_call_is_charged_or_disposed_of_never_both';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER {table}_excludes_{other} AFTER INSERT ON {table}
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_excludes_{other}();
"""


def _never_both(table: str, other: str) -> migrations.RunSQL:
    forward = _EXCLUDES.format(table=table, other=other)
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0002_guards"),
    ]

    operations = [
        append_only("metering_usageassignment"),
        append_only("metering_usagedisposal"),
        append_only("metering_suspensereminder"),
        _never_both("metering_usageattribution", "metering_usagedisposal"),
        _never_both("metering_usagedisposal", "metering_usageattribution"),
    ]
