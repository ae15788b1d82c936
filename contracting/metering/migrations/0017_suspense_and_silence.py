"""What is in suspense on each order, kept by triggers; how long a source may be silent."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models

# Only the last word on an event counts, and none on one that is settled already.
KEEP = """
CREATE FUNCTION metering_suspend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metering_suspensereserve AS s
    (agency_id, source_id, event_id, order_id, tokens, dollars)
  SELECT DISTINCT ON (agency_id, source_id, event_id) agency_id, source_id, event_id,
         order_id, coalesce(reserved_tokens, 0), coalesce(reserved_dollars, 0)
    FROM added h
   WHERE NOT EXISTS (SELECT 1 FROM metering_usageattribution x WHERE (x.agency_id,
           x.source_id, x.event_id) = (h.agency_id, h.source_id, h.event_id))
     AND NOT EXISTS (SELECT 1 FROM metering_usagedisposal x WHERE (x.agency_id,
           x.source_id, x.event_id) = (h.agency_id, h.source_id, h.event_id))
     AND NOT EXISTS (SELECT 1 FROM metering_witnessrating x WHERE (x.agency_id,
           x.source_id, x.event_id) = (h.agency_id, h.source_id, h.event_id))
   ORDER BY agency_id, source_id, event_id, id DESC
  ON CONFLICT (agency_id, source_id, event_id) DO UPDATE SET
    order_id = EXCLUDED.order_id, tokens = EXCLUDED.tokens, dollars = EXCLUDED.dollars;
  RETURN NULL;
END $$;

CREATE FUNCTION metering_unsuspend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM metering_suspensereserve) THEN
    DELETE FROM metering_suspensereserve s USING added a
     WHERE (s.agency_id, s.source_id, s.event_id)
         = (a.agency_id, a.source_id, a.event_id);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER metering_usagehold_suspends AFTER INSERT ON metering_usagehold
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION metering_suspend();
"""
TAKES_OFF = """
CREATE TRIGGER {table}_unsuspends AFTER INSERT ON {table}
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT
  EXECUTE FUNCTION metering_unsuspend();
"""
NO_MORE = """
DROP FUNCTION metering_suspend() CASCADE;
DROP FUNCTION metering_unsuspend() CASCADE;
"""
SETTLES = (
    "metering_usageattribution",
    "metering_usagedisposal",
    "metering_witnessrating",
)
WHAT_IS_HELD = """
INSERT INTO metering_suspensereserve
  (agency_id, source_id, event_id, order_id, tokens, dollars)
SELECT DISTINCT ON (agency_id, source_id, event_id) agency_id, source_id, event_id,
       order_id, coalesce(reserved_tokens, 0), coalesce(reserved_dollars, 0)
  FROM metering_usagehold h
 WHERE NOT EXISTS (SELECT 1 FROM metering_usageattribution x WHERE (x.agency_id,
         x.source_id, x.event_id) = (h.agency_id, h.source_id, h.event_id))
   AND NOT EXISTS (SELECT 1 FROM metering_usagedisposal x WHERE (x.agency_id,
         x.source_id, x.event_id) = (h.agency_id, h.source_id, h.event_id))
   AND NOT EXISTS (SELECT 1 FROM metering_witnessrating x WHERE (x.agency_id,
         x.source_id, x.event_id) = (h.agency_id, h.source_id, h.event_id))
 ORDER BY agency_id, source_id, event_id, id DESC
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("documents", "0006_operations"),
        ("metering", "0016_terms_changes"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="SuspenseReserve",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                ("tokens", models.BigIntegerField(default=0)),
                (
                    "dollars",
                    models.DecimalField(decimal_places=12, default=0, max_digits=24),
                ),
            ],
        ),
        migrations.AddField(
            model_name="controlchoice",
            name="silence_seconds",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fundsgate",
            name="silence_seconds",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How long a source may be silent and still get room; empty: as long as before the alarm of silent sources.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="usagebatch",
            index=models.Index(
                fields=["source", "-received_at"], name="batches_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="fundsgate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("silence_seconds__isnull", True),
                    models.Q(
                        ("silence_seconds__gte", 60), ("silence_seconds__lte", 2592000)
                    ),
                    _connector="OR",
                ),
                name="a_source_may_be_silent_from_a_minute_to_thirty_days",
            ),
        ),
        migrations.AddField(
            model_name="suspensereserve",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suspense_reserves",
                to="orders.taskorder",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensereserve",
            constraint=models.UniqueConstraint(
                fields=("agency_id", "source_id", "event_id"),
                name="an_event_in_suspense_is_reserved_once",
            ),
        ),
        migrations.RunSQL(KEEP, NO_MORE),
        *(
            migrations.RunSQL(TAKES_OFF.format(table=table), migrations.RunSQL.noop)
            for table in SETTLES
        ),
        migrations.RunSQL(WHAT_IS_HELD, migrations.RunSQL.noop),
    ]
