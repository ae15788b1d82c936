"""Offers are sealed to boxes; the tables of the scheme before stay as they are."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only, legal_moves, moves_of

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
        ("accounts", "0002_guards"),
        ("reference", "0003_seed"),
        ("solicitations", "0004_nominal_minimum"),
        ("submissions", "0004_boxes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContentKeyWrap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("wrapped_key", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LateAdmission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            (
                                "ENTRY_POINT",
                                "received electronically at the Government's entry point by 5 p.m. one working day before",
                            ),
                            (
                                "GOVERNMENT_CONTROL",
                                "received at the installation and under the Government's control in time",
                            ),
                            ("ONLY_PROPOSAL", "the only proposal received"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "evidence",
                    models.TextField(
                        help_text="What shows that the exception applies."
                    ),
                ),
                ("admitted_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="opening",
            name="a_box_is_opened_once_for_a_purpose",
        ),
        migrations.AddField(
            model_name="submissionversion",
            name="mode",
            field=models.CharField(
                choices=[("SERVER", "server mode")],
                db_default="SERVER",
                default="SERVER",
                help_text="Where it was encrypted.",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="opening",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("REHEARSAL", "rehearsal"),
                    ("OFFERS", "offers in time"),
                    ("LATE", "an admitted late offer"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="contentkeywrap",
            name="box",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="key_wraps",
                to="submissions.box",
            ),
        ),
        migrations.AddField(
            model_name="contentkeywrap",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="key_wrap",
                to="submissions.submissionversion",
            ),
        ),
        migrations.AddField(
            model_name="lateadmission",
            name="admitted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="lateadmission",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="admission",
                to="submissions.submissionversion",
            ),
        ),
        migrations.AddField(
            model_name="opening",
            name="admission",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opening",
                to="submissions.lateadmission",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "LATE"), _negated=True),
                fields=("box", "purpose"),
                name="a_box_is_opened_once_for_a_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("admission__isnull", False), ("purpose", "LATE")),
                    models.Q(
                        models.Q(("purpose", "LATE"), _negated=True),
                        ("admission__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_late_opening_is_of_an_admitted_offer",
            ),
        ),
        migrations.AddConstraint(
            model_name="lateadmission",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True),
                name="a_late_offer_is_admitted_on_evidence",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="OpeningConsent"),
                migrations.DeleteModel(name="SealingKey"),
            ]
        ),
        legal_moves("submissions_submission", MOVES),
        append_only("submissions_lateadmission"),
        migrations.RunSQL(ONLY_A_WITHDRAWAL_DELETES, migrations.RunSQL.noop),
        migrations.RunSQL(A_KEY_BELONGS_TO_ITS_BOX, migrations.RunSQL.noop),
        migrations.RunSQL(A_QUORUM_LAYS_AN_OFFER_OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_A_LATE_OFFER_IS_ADMITTED, migrations.RunSQL.noop),
        migrations.RunPython(say_rules, migrations.RunPython.noop),
    ]
