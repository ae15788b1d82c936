"""A contract stands on an offer that was selected, and one alone on each."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

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


def name_selections(apps, schema_editor):
    """Each contract that stands accepts the one offer that its decision selected."""
    selected = apps.get_model("evaluations", "SelectedOffer")
    chosen = selected.objects.filter(decision=models.OuterRef("decision"))
    contracts = apps.get_model("contracts", "Contract")
    contracts.objects.update(selection=models.Subquery(chosen.values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0008_responsibility"),
        ("evaluations", "0017_selected_offers"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="selection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contracts",
                to="evaluations.selectedoffer",
            ),
        ),
        migrations.RunPython(name_selections, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="contract",
            name="selection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contracts",
                to="evaluations.selectedoffer",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="contract", name="a_solicitation_is_awarded_once"
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                condition=~Q(state="DISCARDED"),
                fields=("selection",),
                name="a_selected_offer_becomes_one_contract",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                condition=~Q(state="DISCARDED") & Q(fair_opportunity="single award"),
                fields=("solicitation",),
                name="a_single_award_stands_alone_on_its_solicitation",
            ),
        ),
        migrations.RunSQL(_OWN_OFFER, migrations.RunSQL.noop),
    ]
