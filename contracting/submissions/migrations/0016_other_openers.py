"""Other openers come with a box of their own, to which vendors seal anew."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

A_BOX_COMES_WITH_AN_AMENDMENT_OF_ITS_SOLICITATION = """
CREATE FUNCTION submissions_box_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amendment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM solicitations_amendment
    WHERE id = NEW.amendment_id AND solicitation_id = NEW.solicitation_id
  ) THEN
    RAISE EXCEPTION 'a box comes with an amendment of its solicitation'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_box_comes_with_an_amendment_of_its_solicitation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_box_amendment_is_its_own AFTER INSERT ON submissions_box
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_box_amendment();
"""
EACH_BOX_IS_OPENED_BY_ITS_OWN_QUORUM = """
CREATE OR REPLACE FUNCTION submissions_openedoffer_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submission s
    JOIN submissions_submissionversion v ON v.id = NEW.version_id AND v.submission_id = s.id
    JOIN submissions_contentkeywrap w ON w.version_id = v.id
    JOIN submissions_opening o ON o.solicitation_id = s.solicitation_id AND o.box_id = w.box_id
    LEFT JOIN submissions_lateadmission a ON a.id = o.admission_id
    WHERE s.id = NEW.submission_id AND o.completed_at IS NOT NULL
      AND (
        o.purpose = 'OFFERS' AND (
          NOT v.is_late OR EXISTS (SELECT 1 FROM submissions_laterelief WHERE version_id = v.id)
        )
        OR o.purpose = 'LATE' AND a.version_id = v.id
      )
  ) THEN
    RAISE EXCEPTION 'an offer is laid open by a quorum of its openers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_laid_open_by_a_quorum_of_its_openers';
  END IF;
  RETURN NULL;
END $$;
"""
IT_IS_SEALED_ANEW_TO_A_LATER_BOX = """
CREATE FUNCTION submissions_resealing_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    JOIN solicitations_solicitation o ON o.id = s.solicitation_id
    JOIN submissions_box b ON b.solicitation_id = o.id
    WHERE v.id = NEW.version_id AND b.id = NEW.box_id
      AND b.purpose = 'OFFERS' AND b.amendment_id IS NOT NULL
      AND NEW.resealed_at <= o.deadline
  ) THEN
    RAISE EXCEPTION 'an offer is sealed anew to a box of an amendment, in time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_is_sealed_anew_in_time_to_a_box_of_an_amendment';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_resealing_is_fit BEFORE INSERT ON submissions_resealing
  FOR EACH ROW EXECUTE FUNCTION submissions_resealing_fits();
"""
ONLY_A_RESEALING_CHANGES_A_KEY = """
CREATE OR REPLACE FUNCTION submissions_contentkeywrap_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    JOIN submissions_submission s ON s.id = v.submission_id
    WHERE v.id = OLD.version_id AND s.state = 'WITHDRAWN'
  ) THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.version_id = OLD.version_id
    AND NEW.recorded_at = OLD.recorded_at AND NEW.box_id > OLD.box_id
    AND NEW.wrapped_for_vendor IS NOT DISTINCT FROM OLD.wrapped_for_vendor
    AND EXISTS (
      SELECT 1 FROM submissions_resealing
      WHERE version_id = NEW.version_id AND box_id = NEW.box_id
        AND wrapped_key_sha256 = encode(sha256(NEW.wrapped_key), 'hex')
    ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'only a withdrawal deletes the key of a version, and only a resealing changes it'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_a_withdrawal_deletes_the_key_of_a_version';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0012_quotations"),
        ("submissions", "0015_late_quotations"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="box",
            name="a_solicitation_has_one_box_of_offers",
        ),
        migrations.AddField(
            model_name="box",
            name="amendment",
            field=models.OneToOneField(
                blank=True,
                help_text="With which it replaced the box before; none at the release.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="box",
                to="solicitations.amendment",
            ),
        ),
        migrations.AddConstraint(
            model_name="box",
            constraint=models.UniqueConstraint(
                condition=models.Q(("amendment__isnull", True), ("purpose", "OFFERS")),
                fields=("solicitation",),
                name="a_release_makes_one_box_of_offers",
            ),
        ),
        migrations.AddConstraint(
            model_name="box",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purpose", "OFFERS"),
                    ("amendment__isnull", True),
                    _connector="OR",
                ),
                name="only_a_box_of_offers_comes_with_an_amendment",
            ),
        ),
        migrations.RunSQL(
            A_BOX_COMES_WITH_AN_AMENDMENT_OF_ITS_SOLICITATION, migrations.RunSQL.noop
        ),
        migrations.RunSQL(EACH_BOX_IS_OPENED_BY_ITS_OWN_QUORUM, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Resealing",
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
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                        help_text="Where it was done.",
                        max_length=10,
                    ),
                ),
                (
                    "wrapped_key_sha256",
                    models.CharField(
                        help_text="Of its key as it is encrypted to the box.",
                        max_length=64,
                    ),
                ),
                ("resealed_at", models.DateTimeField()),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resealings",
                        to="submissions.box",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resealings",
                        to="submissions.submissionversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "box"),
                        name="a_version_is_sealed_anew_once_to_a_box",
                    )
                ],
            },
        ),
        append_only("submissions_resealing"),
        migrations.RunSQL(IT_IS_SEALED_ANEW_TO_A_LATER_BOX, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_A_RESEALING_CHANGES_A_KEY, migrations.RunSQL.noop),
    ]
