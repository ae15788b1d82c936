"""A solicitation asks for proposals or for quotations; that stands from its release."""

from django.db import migrations, models

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
    dependencies = [("solicitations", "0011_awards_intended")]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RFP", "request for proposals"),
                    ("RFQ", "request for quotations"),
                ],
                default="RFP",
                max_length=3,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="late_rule",
            field=models.BooleanField(
                default=False,
                help_text="Late quotations are not considered; an RFQ's alone.",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "RFQ"), ("late_rule", False), _connector="OR"
                ),
                name="only_a_request_for_quotations_says_whether_lateness_binds",
            ),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
