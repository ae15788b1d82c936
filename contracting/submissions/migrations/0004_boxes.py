"""Boxes that a quorum of openers opens, and what the database refuses of them."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

OPENER_OF_NO_VENDOR = """
CREATE FUNCTION submissions_boxshare_opener() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM accounts_membership WHERE user_id = NEW.user_id AND is_active
             AND recorded_at < NEW.recorded_at
             AND role IN ('VENDOR_MEMBER', 'VENDOR_SIGNER', 'VENDOR_ADMINISTRATOR')) THEN
    RAISE EXCEPTION 'an opener belongs to no vendor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_opener_belongs_to_no_vendor';
  END IF;
  IF NEW.position < 1 OR NEW.position > (SELECT people FROM submissions_box WHERE id = NEW.box_id)
     OR NEW.user_id <> (SELECT user_id FROM submissions_openerkey WHERE id = NEW.opener_key_id)
     OR NEW.user_id <> (SELECT user_id FROM accounts_membership WHERE id = NEW.membership_id) THEN
    RAISE EXCEPTION 'a share belongs to one opener of its box'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_share_belongs_to_one_opener_of_its_box';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_boxshare_opener_is_fit AFTER INSERT ON submissions_boxshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_boxshare_opener();
"""
A_SHARE_IS_GIVEN_BY_ITS_OPENER = """
CREATE FUNCTION submissions_givenshare_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_opening o
    JOIN submissions_box b ON b.id = o.box_id
    JOIN submissions_boxshare s ON s.box_id = b.id
    WHERE o.id = NEW.opening_id AND s.id = NEW.share_id AND s.user_id = NEW.user_id
      AND NEW.position BETWEEN 1 AND b.needed
  ) THEN
    RAISE EXCEPTION 'a share is given by its opener to an opening of its box'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_share_is_given_by_its_opener';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_givenshare_is_fit AFTER INSERT ON submissions_givenshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_givenshare_fits();
"""
A_QUORUM_COMPLETES_AN_OPENING = """
CREATE FUNCTION submissions_opening_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.completed_at IS NOT NULL AND (
    SELECT count(DISTINCT user_id) FROM submissions_givenshare WHERE opening_id = NEW.id
  ) <> (SELECT needed FROM submissions_box WHERE id = NEW.box_id) THEN
    RAISE EXCEPTION 'a quorum completes an opening'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_quorum_completes_an_opening';
  END IF;
  IF NEW.completed_at IS NOT NULL AND NEW.purpose <> 'REHEARSAL' AND NEW.completed_at <= (
    SELECT deadline FROM solicitations_solicitation WHERE id = NEW.solicitation_id
  ) THEN
    RAISE EXCEPTION 'no box of offers is opened before the deadline has passed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_box_of_offers_is_opened_before_the_deadline';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_opening_has_its_quorum AFTER INSERT OR UPDATE ON submissions_opening
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_opening_quorum();
"""
A_HELD_SHARE_NEVER_CHANGES = """
CREATE FUNCTION submissions_heldshare_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a held share never changes'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_held_share_never_changes';
END $$;
CREATE TRIGGER submissions_heldshare_never_changes BEFORE UPDATE ON submissions_heldshare
  FOR EACH ROW EXECUTE FUNCTION submissions_heldshare_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("solicitations", "0004_nominal_minimum"),
        ("submissions", "0003_openers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Box",
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
                    "purpose",
                    models.CharField(
                        choices=[("REHEARSAL", "rehearsal"), ("OFFERS", "offers")],
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode")],
                        default="SERVER",
                        max_length=10,
                    ),
                ),
                (
                    "needed",
                    models.PositiveSmallIntegerField(
                        help_text="k: so many shares open it."
                    ),
                ),
                (
                    "people",
                    models.PositiveSmallIntegerField(
                        help_text="n: so many hold a share."
                    ),
                ),
                (
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="boxes",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoxShare",
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
                ("position", models.PositiveSmallIntegerField()),
                ("sealed_share", models.BinaryField()),
                (
                    "commitment",
                    models.CharField(
                        help_text="Published hash: it tells an altered share.",
                        max_length=64,
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="submissions.box",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "opener_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.openerkey",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GivenShare",
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
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="First, second and so on."
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.boxshare",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HeldShare",
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
                ("wrapped", models.BinaryField()),
                (
                    "given",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held",
                        to="submissions.givenshare",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Opening",
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
                    "purpose",
                    models.CharField(
                        choices=[
                            ("REHEARSAL", "rehearsal"),
                            ("OFFERS", "offers in time"),
                        ],
                        max_length=10,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                (
                    "completed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the last share that was needed came.",
                        null=True,
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="submissions.box",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="givenshare",
            name="opening",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="given_shares",
                to="submissions.opening",
            ),
        ),
        migrations.CreateModel(
            name="RehearsalOffer",
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
                ("sealed", models.BinaryField()),
                (
                    "wrapped_key",
                    models.BinaryField(help_text="Its key, encrypted to the box."),
                ),
                ("plain_sha256", models.CharField(max_length=64)),
                (
                    "box",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sample",
                        to="submissions.box",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="box",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "OFFERS")),
                fields=("solicitation",),
                name="a_solicitation_has_one_box_of_offers",
            ),
        ),
        migrations.AddConstraint(
            model_name="box",
            constraint=models.CheckConstraint(
                condition=models.Q(("needed__gte", 2)), name="nobody_opens_a_box_alone"
            ),
        ),
        migrations.AddConstraint(
            model_name="box",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "people__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("needed"), "*", models.Value(2)
                            ),
                            "-",
                            models.Value(1),
                        ),
                    )
                ),
                name="a_box_has_at_least_2k_minus_1_openers",
            ),
        ),
        migrations.AddConstraint(
            model_name="boxshare",
            constraint=models.UniqueConstraint(
                fields=("box", "user"), name="a_person_holds_one_share_of_a_box"
            ),
        ),
        migrations.AddConstraint(
            model_name="boxshare",
            constraint=models.UniqueConstraint(
                fields=("box", "position"), name="a_share_has_its_own_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(
                fields=("box", "purpose"), name="a_box_is_opened_once_for_a_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="givenshare",
            constraint=models.UniqueConstraint(
                fields=("opening", "user"), name="different_people_open_a_box"
            ),
        ),
        migrations.AddConstraint(
            model_name="givenshare",
            constraint=models.UniqueConstraint(
                fields=("opening", "position"),
                name="each_opener_has_a_place_in_an_opening",
            ),
        ),
        append_only("submissions_box"),
        append_only("submissions_boxshare"),
        append_only("submissions_rehearsaloffer"),
        append_only("submissions_opening", may_set_once=["completed_at"]),
        append_only("submissions_givenshare"),
        migrations.RunSQL(OPENER_OF_NO_VENDOR, migrations.RunSQL.noop),
        migrations.RunSQL(A_SHARE_IS_GIVEN_BY_ITS_OPENER, migrations.RunSQL.noop),
        migrations.RunSQL(A_QUORUM_COMPLETES_AN_OPENING, migrations.RunSQL.noop),
        migrations.RunSQL(A_HELD_SHARE_NEVER_CHANGES, migrations.RunSQL.noop),
    ]
