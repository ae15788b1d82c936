"""Beside its base offer a vendor hands in numbered alternates, where they are taken."""

from datetime import date

from django.db import migrations

AN_ALTERNATE_STAYS_ITS_NUMBER = """
CREATE OR REPLACE FUNCTION submissions_submission_bearer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.pseudonym <> OLD.pseudonym OR NEW.solicitation_id <> OLD.solicitation_id
    OR OLD.vendor_id IS NOT NULL AND NEW.vendor_id IS DISTINCT FROM OLD.vendor_id THEN
    RAISE EXCEPTION 'an offer never changes hands'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'an_offer_never_changes_hands';
  END IF;
  IF NEW.alternate <> OLD.alternate THEN
    RAISE EXCEPTION 'an offer never changes its number'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'an_offer_never_changes_its_number';
  END IF;
  RETURN NEW;
END $$;
"""
AN_ALTERNATE_IS_HANDED_IN_WHERE_IT_IS_TAKEN = """
CREATE FUNCTION submissions_submission_is_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.alternate > (
    SELECT alternates_taken FROM solicitations_solicitation WHERE id = NEW.solicitation_id
  ) THEN
    RAISE EXCEPTION 'an alternate is handed in where it is taken'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_alternate_is_handed_in_where_it_is_taken';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_submission_is_taken BEFORE INSERT ON submissions_submission
  FOR EACH ROW EXECUTE FUNCTION submissions_submission_is_taken();
"""


def say_rule(apps, schema_editor):
    """What an offeror hands in beside its base offer, and who says how many."""
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-SUB-10",
        sentence="Alternate offers are numbered and evaluated each by itself.",
        lift="The contracting officer sets how many alternates the solicitation takes, "
        "by an amendment once it is released.",
        citation="FAR 52.212-1(e)",
        regime="FAR",
        valid_from=date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0009_pseudonyms"),
        ("reference", "0003_seed"),
        ("solicitations", "0007_no_award"),
    ]

    operations = [
        migrations.RunSQL(AN_ALTERNATE_STAYS_ITS_NUMBER, migrations.RunSQL.noop),
        migrations.RunSQL(
            AN_ALTERNATE_IS_HANDED_IN_WHERE_IT_IS_TAKEN, migrations.RunSQL.noop
        ),
        migrations.RunPython(say_rule, migrations.RunPython.noop),
    ]
