import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
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
                    "recipient_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipient_organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accounts.organization",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        help_text="The role that was addressed, if any.",
                        max_length=30,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                (
                    "stream",
                    models.CharField(
                        help_text="The subject's audit stream.", max_length=80
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "url_path",
                    models.CharField(help_text="Where to act on it.", max_length=300),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "email_state",
                    models.CharField(
                        choices=[
                            ("PENDING", "waiting to be sent"),
                            ("SENT", "sent"),
                            ("FAILED", "could not be sent"),
                            ("NONE", "no e-mail"),
                        ],
                        default="PENDING",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.TextField(blank=True)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["recipient_user", "-id"], name="notices_of_a_person"
                    ),
                    models.Index(
                        condition=models.Q(("email_state", "PENDING")),
                        fields=["id"],
                        name="notices_not_sent_yet",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recipient_user__isnull", False),
                            ("recipient_organization__isnull", False),
                            _connector="OR",
                        ),
                        name="a_notice_has_a_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url_path__regex", "^/([^/\\\\]|$)")),
                        name="a_notice_leads_to_a_page_of_this_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email_state__in", ["PENDING", "SENT", "FAILED", "NONE"])
                        ),
                        name="a_notice_has_an_email_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recipient_user__isnull", False),
                            ("email_state", "NONE"),
                            _connector="OR",
                        ),
                        name="only_a_person_gets_an_email",
                    ),
                ],
            },
        ),
    ]
