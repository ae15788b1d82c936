"""The offer keys of vendors, and the people who hold them under their passphrases."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

ONLY_A_ROTATION_DELETES = """
CREATE FUNCTION submissions_offerkeycopy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    SELECT max(k.id) INTO last FROM submissions_offerkey k
    JOIN submissions_offerkey o ON o.organization_id = k.organization_id
    WHERE o.id = OLD.offer_key_id;
    IF last > OLD.offer_key_id AND NOT EXISTS (
      SELECT 1 FROM submissions_offerkeycopy c
      JOIN submissions_holderkey h ON h.id = c.holder_key_id
      JOIN submissions_holderkey g ON g.user_id = h.user_id
      WHERE c.offer_key_id = last AND g.id = OLD.holder_key_id
    ) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'only a rotation takes a copy of an offer key away'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_a_rotation_takes_a_copy_of_an_offer_key_away';
END $$;
CREATE TRIGGER submissions_offerkeycopy_stays_row BEFORE UPDATE OR DELETE ON submissions_offerkeycopy
  FOR EACH ROW EXECUTE FUNCTION submissions_offerkeycopy_stays();
CREATE TRIGGER submissions_offerkeycopy_stays_table BEFORE TRUNCATE ON submissions_offerkeycopy
  FOR EACH STATEMENT EXECUTE FUNCTION submissions_offerkeycopy_stays();
"""
AN_OFFER_KEY_STAYS_WITHIN_ITS_VENDOR = """
CREATE FUNCTION submissions_offerkeycopy_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM submissions_offerkey k
    JOIN submissions_holderkey h ON h.organization_id = k.organization_id
    JOIN accounts_membership m ON m.organization_id = k.organization_id
    WHERE k.id = NEW.offer_key_id AND h.id = NEW.holder_key_id AND m.id = NEW.given_by_id
  ) THEN
    RAISE EXCEPTION 'an offer key stays within its vendor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_offer_key_stays_within_its_vendor';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submissions_offerkeycopy_is_fit AFTER INSERT ON submissions_offerkeycopy
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions_offerkeycopy_fits();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("submissions", "0012_alternates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HolderKey",
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
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                (
                    "wrapped_private_key",
                    models.BinaryField(
                        help_text="The private half, encrypted under the passphrase."
                    ),
                ),
                ("salt", models.BinaryField()),
                (
                    "iterations",
                    models.PositiveIntegerField(
                        help_text="Of PBKDF2-HMAC-SHA-256, as they were at enrolment."
                    ),
                ),
                ("chosen_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Replaced by a later passphrase.",
                        null=True,
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holder_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfferKey",
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
                    "public_key",
                    models.BinaryField(help_text="A point of P-256, 65 bytes."),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OfferKeyCopy",
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
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "holder_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="submissions.holderkey",
                    ),
                ),
                (
                    "offer_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="submissions.offerkey",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="holderkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("user", "organization"),
                name="a_holder_has_one_key_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="holderkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("iterations__gt", 0)),
                name="a_holder_s_key_is_stretched",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerkeycopy",
            constraint=models.UniqueConstraint(
                fields=("offer_key", "holder_key"),
                name="a_holder_has_one_copy_of_an_offer_key",
            ),
        ),
        append_only("submissions_holderkey", may_set_once=["retired_at"]),
        append_only("submissions_offerkey"),
        migrations.RunSQL(ONLY_A_ROTATION_DELETES, migrations.RunSQL.noop),
        migrations.RunSQL(AN_OFFER_KEY_STAYS_WITHIN_ITS_VENDOR, migrations.RunSQL.noop),
    ]
