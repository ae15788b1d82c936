"""A contract stands on an offer that was selected, and one alone on each."""

from django.db import migrations

_OWN_OFFER = """
CREATE OR REPLACE FUNCTION contracts_contract_accepts_its_offer() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM evaluations_selectedoffer chosen
      JOIN submissions_submission offer ON offer.id = chosen.submission_id
      WHERE chosen.id = NEW.selection_id
        AND chosen.decision_id = NEW.decision_id
        AND offer.solicitation_id = NEW.solicitation_id
        AND offer.vendor_id = NEW.vendor_id
  ) THEN
    RAISE EXCEPTION 'the selected offer is not one of this award'
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'a_contract_accepts_the_offer_that_was_selected_for_it';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contracts_contract_accepts_its_offer
  AFTER INSERT OR UPDATE OF selection_id, decision_id, solicitation_id
  ON contracts_contract
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION contracts_contract_accepts_its_offer();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0008_responsibility"),
        ("evaluations", "0017_selected_offers"),
    ]

    operations = [
        migrations.RunSQL(_OWN_OFFER, migrations.RunSQL.noop),
    ]
