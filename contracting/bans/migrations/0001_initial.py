import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ban",
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
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bans",
                        to="accounts.organization",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="banned_by",
                        to="accounts.organization",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bans",
                        to="reference.aimodel",
                    ),
                ),
                ("family", models.CharField(blank=True, max_length=60)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("EXCLUSION", "excluded from awards (FAR 9.405)"),
                            (
                                "FASCSA",
                                "order under the supply chain security act (FAR 4.23)",
                            ),
                            ("SECTION_889", "section 889 (FAR 4.21)"),
                            ("DIRECTIVE", "directive of the Government"),
                        ],
                        max_length=20,
                    ),
                ),
                ("citation", models.CharField(max_length=200)),
                (
                    "text",
                    models.TextField(
                        help_text="What was found, for whoever reads it later."
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day; empty: until it is lifted.",
                        null=True,
                    ),
                ),
                (
                    "imposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bans_imposed",
                        to="accounts.membership",
                    ),
                ),
                ("imposed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("family", ""),
                                ("model__isnull", True),
                                ("vendor__isnull", False),
                            ),
                            models.Q(
                                ("family", ""),
                                ("model__isnull", False),
                                ("vendor__isnull", True),
                            ),
                            models.Q(
                                ("model__isnull", True),
                                ("vendor__isnull", True),
                                models.Q(("family", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_ban_names_one_vendor_model_or_family",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("citation", ""), _negated=True),
                            (
                                "reason__in",
                                ["EXCLUSION", "FASCSA", "SECTION_889", "DIRECTIVE"],
                            ),
                        ),
                        name="a_ban_cites_its_authority",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="a_ban_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BanLift",
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
                    "ban",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lift",
                        to="bans.ban",
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "lifted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bans_lifted",
                        to="accounts.membership",
                    ),
                ),
                ("lifted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_ban_is_lifted_for_a_reason",
                    )
                ],
            },
        ),
    ]
