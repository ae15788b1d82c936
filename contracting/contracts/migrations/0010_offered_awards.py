"""An award on a quotation is offered, and in force once its vendor has accepted."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of
from contracting.evaluations.migrations._words import rule_words

ACCEPTED = """
CREATE OR REPLACE FUNCTION contracts_quotation_is_accepted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'AWARDED' AND OLD.state <> 'AWARDED'
     AND EXISTS (SELECT FROM solicitations_solicitation s
       WHERE s.id = NEW.solicitation_id AND s.kind = 'RFQ')
     AND NOT EXISTS (SELECT FROM contracts_awardoffer o
       JOIN contracts_awardanswer a ON a.offer_id = o.id
       WHERE o.contract_id = NEW.id AND a.is_accepted
         AND a.answered_at <= o.accept_by) THEN
    RAISE EXCEPTION 'an award on a quotation is in force once it is accepted in time'
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'an_award_on_a_quotation_is_accepted_in_time';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contracts_quotation_is_accepted
  BEFORE UPDATE OF state ON contracts_contract
  FOR EACH ROW EXECUTE FUNCTION contracts_quotation_is_accepted();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0009_selected_offers"),
        ("accounts", "0002_guards"),
        ("evaluations", "0016_final_revisions"),
        ("reference", "0003_seed"),
        ("solicitations", "0012_quotations"),
    ]

    operations = [
        append_only("contracts_awardoffer"),
        append_only("contracts_awardanswer"),
        legal_moves(
            "contracts_contract",
            moves_of(
                {
                    "DRAFT": ["OFFERED", "AWARDED", "DISCARDED"],
                    "OFFERED": ["AWARDED", "DISCARDED"],
                    "AWARDED": ["COMPLETED"],
                    "COMPLETED": ["CLOSED"],
                }
            ),
        ),
        migrations.RunSQL(ACCEPTED, migrations.RunSQL.noop),
        rule_words(
            "R-SUB-11",
            "A quotation is not an offer: an award on it is the Government's offer and "
            "needs the vendor's acceptance.",
            "Let the vendor's signer accept the award in time. Late quotations are "
            "considered where the request does not exclude them, before an award.",
            "FAR 13.004",
        ),
    ]
