"""What a reassignment has moved is kept with its resolution."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("orders", "0010_search"),
        ("reconciliation", "0010_kept_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="resolution",
            name="moved_tokens",
            field=models.BigIntegerField(
                db_default=0,
                help_text="Of our meter, moved to the line to which they belong.",
            ),
        ),
        migrations.AddConstraint(
            model_name="resolution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("moved_tokens", 0),
                    models.Q(("moved_tokens__gt", 0), ("reassigned_to__isnull", False)),
                    _connector="OR",
                ),
                name="only_what_is_reassigned_is_moved",
            ),
        ),
    ]
