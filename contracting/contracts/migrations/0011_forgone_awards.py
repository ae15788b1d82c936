"""An offer whose award is forgone has no contract, whichever of both comes first."""

from django.db import migrations

_NONE = """
CREATE OR REPLACE FUNCTION contracts_award_is_not_forgone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM evaluations_forgoneselection gone
      JOIN contracts_contract award ON award.selection_id = gone.selection_id
      WHERE gone.selection_id = NEW.selection_id AND award.state <> 'DISCARDED'
  ) THEN
    RAISE EXCEPTION 'the award of this offer is forgone'
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'no_offer_is_awarded_whose_award_is_forgone';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contracts_award_is_not_forgone
  AFTER INSERT OR UPDATE OF selection_id, state ON contracts_contract
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION contracts_award_is_not_forgone();
CREATE CONSTRAINT TRIGGER evaluations_forgoneselection_has_no_award
  AFTER INSERT ON evaluations_forgoneselection
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION contracts_award_is_not_forgone();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0010_offered_awards"),
        ("evaluations", "0018_forgone_selections"),
    ]

    operations = [
        migrations.RunSQL(_NONE, migrations.RunSQL.noop),
    ]
