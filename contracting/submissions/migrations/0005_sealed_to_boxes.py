"""Offers are sealed to boxes; the tables of the scheme before stay as they are."""

from datetime import date

from django.db import migrations

from contracting.core.triggers import append_only, moves_of

MOVES = moves_of(
    {
        "SUBMITTED": ("WITHDRAWN", "OPENED"),
        "WITHDRAWN": ("SUBMITTED", "LATE"),
        "LATE": ("OPENED",),
    }
)
ONLY_A_WITHDRAWAL_DELETES = """
CREATE FUNCTION submissions_contentkeywrap_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    WHERE v.id = OLD.version_id AND s.state = 'WITHDRAWN'
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'only a withdrawal deletes the key of a version'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_a_withdrawal_deletes_the_key_of_a_version';
END $$;
CREATE TRIGGER submissions_contentkeywrap_stays_row BEFORE UPDATE OR DELETE ON submissions_contentkeywrap
  FOR EACH ROW EXECUTE FUNCTION submissions_contentkeywrap_stays();
CREATE TRIGGER submissions_contentkeywrap_stays_table BEFORE TRUNCATE ON submissions_contentkeywrap
  FOR EACH STATEMENT EXECUTE FUNCTION submissions_contentkeywrap_stays();
"""
A_KEY_BELONGS_TO_ITS_BOX = """
CREATE FUNCTION submissions_contentkeywrap_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN submissions_box b ON b.solicitation_id = s.solicitation_id
    WHERE v.id = NEW.version_id AND b.id = NEW.box_id AND b.purpose = 'OFFERS'
  ) THEN
    RAISE EXCEPTION 'an offer is sealed to the box of its solicitation'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_sealed_to_the_box_of_its_solicitation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_contentkeywrap_is_fit AFTER INSERT ON submissions_contentkeywrap
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_contentkeywrap_fits();
"""
A_QUORUM_LAYS_AN_OFFER_OPEN = """
CREATE FUNCTION submissions_openedoffer_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submission s
    JOIN submissions_submissionversion v ON v.id = NEW.version_id AND v.submission_id = s.id
    JOIN submissions_opening o ON o.solicitation_id = s.solicitation_id
    LEFT JOIN submissions_lateadmission a ON a.id = o.admission_id
    WHERE s.id = NEW.submission_id AND o.completed_at IS NOT NULL
      AND (o.purpose = 'OFFERS' AND NOT v.is_late OR o.purpose = 'LATE' AND a.version_id = v.id)
  ) THEN
    RAISE EXCEPTION 'an offer is laid open by a quorum of its openers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_laid_open_by_a_quorum_of_its_openers';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_openedoffer_has_its_quorum AFTER INSERT ON submissions_openedoffer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_openedoffer_quorum();
"""
ONLY_A_LATE_OFFER_IS_ADMITTED = """
CREATE FUNCTION submissions_lateadmission_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM submissions_submissionversion WHERE id = NEW.version_id AND is_late) THEN
    RAISE EXCEPTION 'only a late offer is admitted'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_a_late_offer_is_admitted';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_lateadmission_is_late AFTER INSERT ON submissions_lateadmission
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_lateadmission_late();
"""
FROM = date(2026, 1, 1)


def say_rules(apps, schema_editor):
    """How a late offer is admitted, and who opens offers since there are boxes."""
    Rule = apps.get_model("reference", "Rule")
    before = Rule.objects.filter(rule_id="R-SUB-03", valid_to__isnull=True)
    before.update(valid_to=date(2025, 12, 31))
    Rule.objects.create(
        rule_id="R-SUB-03",
        sentence="Before the deadline nobody in the Government can read an offer, its prices or who made it, administrators included.",
        lift="Wait for the deadline; then as many of the named openers as their box needs give their shares.",
        citation="FAR 14.401, 3.104-4",
        regime="FAR",
        valid_from=FROM,
    )
    Rule.objects.create(
        rule_id="R-SUB-02",
        sentence="A late offer is quarantined unopened and admitted only under a coded exception with its evidence.",
        lift="Let the contracting officer name the exception that applies, with the evidence for it; then a quorum opens the offer.",
        citation="FAR 52.212-1(f)(2)",
        regime="FAR",
        valid_from=FROM,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0004_boxes"),
        ("accounts", "0002_guards"),
        ("reference", "0003_seed"),
        ("solicitations", "0004_nominal_minimum"),
    ]

    operations = [
        append_only("submissions_lateadmission"),
        migrations.RunSQL(ONLY_A_WITHDRAWAL_DELETES, migrations.RunSQL.noop),
        migrations.RunSQL(A_KEY_BELONGS_TO_ITS_BOX, migrations.RunSQL.noop),
        migrations.RunSQL(A_QUORUM_LAYS_AN_OFFER_OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_A_LATE_OFFER_IS_ADMITTED, migrations.RunSQL.noop),
        migrations.RunPython(say_rules, migrations.RunPython.noop),
    ]
