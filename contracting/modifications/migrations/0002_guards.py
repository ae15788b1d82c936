"""What is signed or given up stays as it is; requests for changes are only added."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of

FROZEN_ONCE_SIGNED = """
CREATE OR REPLACE FUNCTION modifications_contractmodification_frozen()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'DRAFT' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a modification that is signed or given up stays as it is'
    USING ERRCODE = 'restrict_violation',
      CONSTRAINT = 'a_signed_contract_modification_stays_as_it_is';
END $$;
CREATE TRIGGER modifications_contractmodification_is_frozen_once_signed
  BEFORE UPDATE OR DELETE ON modifications_contractmodification
  FOR EACH ROW EXECUTE FUNCTION modifications_contractmodification_frozen();
CREATE TRIGGER modifications_contractmodification_is_frozen_truncate
  BEFORE TRUNCATE ON modifications_contractmodification
  FOR EACH STATEMENT EXECUTE FUNCTION modifications_contractmodification_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("modifications", "0001_initial"),
    ]

    operations = [
        append_only("modifications_changerequest"),
        legal_moves(
            "modifications_contractmodification",
            moves_of({"DRAFT": ["ISSUED", "DISCARDED"]}),
        ),
        migrations.RunSQL(FROZEN_ONCE_SIGNED, migrations.RunSQL.noop),
    ]
