"""Keys with which people open offers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("submissions", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenerKey",
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
                ("enrolled_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Replaced by a later enrolment.",
                        null=True,
                    ),
                ),
                (
                    "enrolled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opener_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("user",),
                        name="an_opener_has_one_key_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("iterations__gt", 0)),
                        name="an_opener_s_key_is_stretched",
                    ),
                ],
            },
        ),
        append_only("submissions_openerkey", may_set_once=["retired_at"]),
    ]
