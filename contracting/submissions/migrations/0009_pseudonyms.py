"""Until the opening rows name a pseudonym, and the name lies sealed beside the key.

Offers of before are told anew: opened ones, and late ones of an opening, keep their
vendor; of all others the vendor is sealed to the box, where there is one, and taken off
the row. What was printed, posted and recorded of them stays as it was.
"""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

NAMED = """
  s.state = 'OPENED' OR s.state = 'LATE' AND (
    o.state IN ('OPENED', 'AWARDED') OR EXISTS (
      SELECT 1 FROM submissions_opening p
      WHERE p.solicitation_id = o.id AND p.purpose = 'OFFERS' AND p.completed_at IS NOT NULL
    )
  )
"""
ATTRIBUTE = f"""
INSERT INTO submissions_attribution (version_id, vendor_id, submitted_by_id, registration, attributed_at)
SELECT v.id, s.vendor_id, v.submitted_by_id, v.registration, v.received_at
FROM submissions_submissionversion v
JOIN submissions_submission s ON s.id = v.submission_id
JOIN solicitations_solicitation o ON o.id = s.solicitation_id
WHERE {NAMED};
UPDATE submissions_submission SET vendor_id = NULL WHERE id NOT IN (
  SELECT s.id FROM submissions_submission s
  JOIN solicitations_solicitation o ON o.id = s.solicitation_id
  WHERE {NAMED}
);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
MAY_CHANGE = """
ALTER TABLE submissions_contentkeywrap DISABLE TRIGGER submissions_contentkeywrap_stays_row;
"""
STAYS = """
ALTER TABLE submissions_contentkeywrap ENABLE TRIGGER submissions_contentkeywrap_stays_row;
"""
ONLY_AN_OPENING_NAMES_A_VENDOR = """
CREATE FUNCTION submissions_submission_bearer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.pseudonym <> OLD.pseudonym OR NEW.solicitation_id <> OLD.solicitation_id
    OR OLD.vendor_id IS NOT NULL AND NEW.vendor_id IS DISTINCT FROM OLD.vendor_id THEN
    RAISE EXCEPTION 'an offer never changes hands'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'an_offer_never_changes_hands';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_submission_never_changes_hands BEFORE UPDATE ON submissions_submission
  FOR EACH ROW EXECUTE FUNCTION submissions_submission_bearer();
CREATE FUNCTION submissions_submission_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.vendor_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM submissions_opening
    WHERE solicitation_id = NEW.solicitation_id AND purpose = 'OFFERS' AND completed_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'only an opening names a vendor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_an_opening_names_a_vendor';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_submission_is_named AFTER INSERT OR UPDATE OF vendor_id ON submissions_submission
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_submission_named();
"""
AN_ATTRIBUTION_NAMES_THE_VENDOR_OF_ITS_OFFER = """
CREATE FUNCTION submissions_attribution_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN accounts_membership m ON m.id = NEW.submitted_by_id
    WHERE v.id = NEW.version_id AND s.vendor_id = NEW.vendor_id AND m.organization_id = NEW.vendor_id
  ) THEN
    RAISE EXCEPTION 'an attribution names the vendor of its offer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_attribution_names_the_vendor_of_its_offer';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_attribution_is_fit AFTER INSERT ON submissions_attribution
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_attribution_fits();
"""


def give_pseudonyms(apps, schema_editor):
    """As the site does when an offer is received."""
    from contracting.submissions.sealing.offerors import pseudonym_of

    Submission = apps.get_model("submissions", "Submission")
    for row in Submission.objects.select_related("solicitation"):
        row.pseudonym = pseudonym_of(row.solicitation.public_id, row.vendor_id)
        row.save(update_fields=["pseudonym"])


def seal_offerors(apps, schema_editor):
    """To the box that the key of the version is sealed to."""
    from contracting.submissions.sealing.offerors import Offeror, seal_offeror

    ContentKeyWrap = apps.get_model("submissions", "ContentKeyWrap")
    for wrap in ContentKeyWrap.objects.select_related(
        "box", "version__submission__solicitation"
    ):
        version, submission = wrap.version, wrap.version.submission
        place = f"{submission.solicitation.public_id}/{submission.public_id}/{version.number}"
        offeror = Offeror(
            organization=submission.vendor_id,
            membership=version.submitted_by_id,
            registration=version.registration,
        )
        wrap.sealed_offeror = seal_offeror(
            offeror,
            public=bytes(wrap.box.public_key),
            binding=f"drawdown/v1/offeror/{place}",
        )
        wrap.save(update_fields=["sealed_offeror"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("solicitations", "0005_publication"),
        ("submissions", "0008_outages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attribution",
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
                    "registration",
                    models.JSONField(help_text="Registration status at submission."),
                ),
                ("attributed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="attribution",
            name="submitted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="attribution",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.organization"
            ),
        ),
        migrations.AddField(
            model_name="attribution",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attribution",
                to="submissions.submissionversion",
            ),
        ),
        migrations.AddField(
            model_name="contentkeywrap",
            name="sealed_offeror",
            field=models.BinaryField(
                default=b"", help_text="Who handed it in, encrypted to the box."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="submission",
            name="pseudonym",
            field=models.CharField(
                default="",
                help_text="Stands for the vendor on this solicitation alone.",
                max_length=64,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="submission",
            name="vendor",
            field=models.ForeignKey(
                blank=True,
                help_text="Named by the opening; empty before, and for good where withdrawn.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submissions",
                to="accounts.organization",
            ),
        ),
        migrations.RunPython(give_pseudonyms, migrations.RunPython.noop),
        migrations.RunSQL(MAY_CHANGE, migrations.RunSQL.noop),
        migrations.RunPython(seal_offerors, migrations.RunPython.noop),
        migrations.RunSQL(STAYS, migrations.RunSQL.noop),
        migrations.RunSQL(ATTRIBUTE, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="submissionversion",
            name="registration",
        ),
        migrations.RemoveField(
            model_name="submissionversion",
            name="submitted_by",
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("solicitation", "pseudonym"),
                name="a_pseudonym_has_one_submission_on_a_solicitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "OPENED"), _negated=True),
                    ("vendor__isnull", False),
                    _connector="OR",
                ),
                name="an_opened_offer_names_its_vendor",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "WITHDRAWN"), _negated=True),
                    ("vendor__isnull", True),
                    _connector="OR",
                ),
                name="a_withdrawn_offer_names_no_vendor",
            ),
        ),
        append_only("submissions_attribution"),
        migrations.RunSQL(ONLY_AN_OPENING_NAMES_A_VENDOR, migrations.RunSQL.noop),
        migrations.RunSQL(
            AN_ATTRIBUTION_NAMES_THE_VENDOR_OF_ITS_OFFER, migrations.RunSQL.noop
        ),
    ]
