"""Attribution and rating are named by their event; no index that nobody reads."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
ALTER TABLE metering_usageattribution
  DROP COLUMN id,
  DROP CONSTRAINT an_event_is_attributed_once,
  ADD CONSTRAINT an_event_is_attributed_once
    PRIMARY KEY (agency_id, source_id, event_id);
ALTER TABLE metering_usagerating
  DROP COLUMN id,
  DROP CONSTRAINT a_usage_line_is_rated_once,
  ADD CONSTRAINT a_usage_line_is_rated_once
    PRIMARY KEY (agency_id, source_id, event_id, token_class_code);
"""


def _unindexed(model: str, name: str, to: str) -> migrations.AlterField:
    return migrations.AlterField(
        model_name=model,
        name=name,
        field=models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0009_usage_terms"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveConstraint(
                    "usageattribution", "an_event_is_attributed_once"
                ),
                migrations.RemoveField("usageattribution", "id"),
                migrations.AddField(
                    "usageattribution",
                    "pk",
                    models.CompositePrimaryKey(
                        "agency_id",
                        "source_id",
                        "event_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                migrations.RemoveConstraint(
                    "usagerating", "a_usage_line_is_rated_once"
                ),
                migrations.RemoveField("usagerating", "id"),
                migrations.AddField(
                    "usagerating",
                    "pk",
                    models.CompositePrimaryKey(
                        "agency_id",
                        "source_id",
                        "event_id",
                        "token_class_code",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        _unindexed("usageattribution", "order_line", "orders.orderline"),
        _unindexed("usageattribution", "model", "reference.aimodel"),
        _unindexed("usagerating", "order_line", "orders.orderline"),
        _unindexed("usagerating", "rate_row", "contracts.raterow"),
    ]
