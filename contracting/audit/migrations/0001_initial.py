from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "stream",
                    models.CharField(max_length=80, primary_key=True, serialize=False),
                ),
                ("seq", models.BigIntegerField(default=0)),
                ("hash", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
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
                ("stream", models.CharField(max_length=80)),
                ("seq", models.BigIntegerField()),
                ("event", models.CharField(max_length=80)),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("actor_kind", models.CharField(max_length=12)),
                ("actor_user_id", models.BigIntegerField(blank=True, null=True)),
                ("actor_membership_id", models.BigIntegerField(blank=True, null=True)),
                ("actor_key_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "actor_organization_id",
                    models.BigIntegerField(blank=True, null=True),
                ),
                ("actor_name", models.CharField(max_length=160)),
                ("actor_role", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(help_text="The business instant, UTC.")),
                (
                    "scheme",
                    models.PositiveSmallIntegerField(
                        db_default=1,
                        editable=False,
                        help_text="Of the hash: 2 covers recorded_at, 1 does not.",
                    ),
                ),
                ("payload", models.TextField()),
                ("prev", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["subject_kind", "subject_id"], name="audit_by_subject"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "seq"), name="a_stream_has_each_number_once"
                    )
                ],
            },
        ),
    ]
