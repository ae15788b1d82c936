"""Lines and factors are replaced and never rewritten; what stands in one package."""

from django.db import migrations


def replaced_only(table: str) -> migrations.RunSQL:
    """Refuse every change of a row but its end: a later row follows it."""
    return migrations.RunSQL(
        f"""
CREATE OR REPLACE FUNCTION {table}_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE as_it_was {table}%ROWTYPE;
BEGIN
  as_it_was := NEW;
  as_it_was.is_removed := OLD.is_removed;
  as_it_was.until_version := OLD.until_version;
  IF as_it_was IS DISTINCT FROM OLD OR OLD.is_removed THEN
    RAISE EXCEPTION 'rows of % are replaced and never rewritten', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'what_an_offer_prices_is_never_rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {table}_is_replaced_only BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_replaced();
""",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0002_guards"),
        ("accounts", "0002_guards"),
        ("reference", "0003_seed"),
    ]

    operations = [
        replaced_only("solicitations_solicitationline"),
        replaced_only("solicitations_evaluationfactor"),
    ]
