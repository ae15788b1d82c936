"""A decision selects one offer or several: a row for each, only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only

_INTENDED = """
CREATE OR REPLACE FUNCTION evaluations_selectedoffer_is_intended() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE most integer; decided bigint; offered bigint;
BEGIN
  SELECT s.most_awards, s.id INTO most, decided
    FROM evaluations_selectiondecision d
    JOIN solicitations_solicitation s ON s.id = d.solicitation_id
    WHERE d.id = NEW.decision_id;
  SELECT solicitation_id INTO offered
    FROM submissions_submission WHERE id = NEW.submission_id;
  IF NEW.position > most THEN
    RAISE EXCEPTION 'solicitation % intends % awards', decided, most
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'no_more_offers_are_selected_than_awards_are_intended';
  END IF;
  IF offered IS DISTINCT FROM decided THEN
    RAISE EXCEPTION 'the offer answers another solicitation'
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'a_selected_offer_answers_the_solicitation_that_is_decided';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER evaluations_selectedoffer_is_intended
  AFTER INSERT ON evaluations_selectedoffer
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION evaluations_selectedoffer_is_intended();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0016_final_revisions"),
        ("solicitations", "0009_templates"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.RunSQL(_INTENDED, migrations.RunSQL.noop),
        append_only("evaluations_selectedoffer"),
    ]
