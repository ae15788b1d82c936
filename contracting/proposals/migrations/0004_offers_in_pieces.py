"""An offer that was sealed before it is sent comes in pieces too."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0003_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="draftupload",
            name="kind",
            field=models.CharField(
                choices=[
                    ("FILE", "file of a draft"),
                    ("SEALED_FILE", "file of a draft that a browser has sealed"),
                    ("SEALED_OFFER", "offer that was sealed before it was sent"),
                ],
                default="FILE",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "UPDATE proposals_draftupload SET kind = 'SEALED_FILE' WHERE is_sealed",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name="draftupload", name="is_sealed"),
        migrations.AddField(
            model_name="draftupload",
            name="whole_at",
            field=models.DateTimeField(help_text="When the last byte came.", null=True),
        ),
        migrations.AddConstraint(
            model_name="draftupload",
            constraint=models.CheckConstraint(
                name="an_upload_is_whole_with_its_last_byte",
                condition=Q(whole_at=None) | Q(offset=F("size_bytes")),
            ),
        ),
        migrations.AddConstraint(
            model_name="draftupload",
            constraint=models.CheckConstraint(
                name="an_offer_that_comes_is_in_no_draft",
                condition=~Q(kind="SEALED_OFFER") | Q(completed_at=None),
            ),
        ),
    ]
