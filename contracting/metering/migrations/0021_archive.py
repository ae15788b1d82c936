"""A closed year is put away: its partitions leave the open tables for the archive.

Views read both. The site has no right to change tables; one function of the owner moves
the partitions of a closed source, and nothing else.
"""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

TABLES = (
    ("metering_usageevent", "metering_archivedevent", "metering_everyevent"),
    ("metering_usageline", "metering_archivedline", "metering_everyline"),
)

ARCHIVE = """
CREATE TABLE {archive} (
  LIKE {whole} INCLUDING DEFAULTS INCLUDING CONSTRAINTS
) PARTITION BY LIST (source_id);
ALTER TABLE {archive} ADD CONSTRAINT {archive}_pkey PRIMARY KEY ({keys});
CREATE TRIGGER {archive}_takes_no_row BEFORE INSERT ON {archive}
  FOR EACH ROW EXECUTE FUNCTION drawdown_refuse_change();
CREATE VIEW {every} AS
  SELECT * FROM {whole} UNION ALL SELECT * FROM {archive};
DO $$ DECLARE grantee text; BEGIN
  FOR grantee IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_name = '{whole}' AND g.table_schema = current_schema()
      AND g.grantee NOT IN (SELECT tableowner FROM pg_tables
        WHERE tablename = '{whole}' AND schemaname = current_schema())
  LOOP
    EXECUTE format('REVOKE ALL ON {archive}, {every} FROM %I', grantee);
    EXECUTE format('GRANT SELECT ON {archive}, {every} TO %I', grantee);
  END LOOP;
END $$;
"""

KEYS = {
    "metering_archivedevent": "agency_id, source_id, event_id",
    "metering_archivedline": "agency_id, source_id, event_id, token_class_code",
}

INDEXES = """
CREATE INDEX archived_event_by_time ON metering_archivedevent (occurred_at);
CREATE INDEX archived_event_by_batch ON metering_archivedevent (batch_id);
CREATE INDEX archived_corrections
  ON metering_archivedevent (agency_id, source_id, corrects) WHERE NOT corrects = '';
"""

DETACH = """
DO $outer$ BEGIN
EXECUTE format($function$
CREATE FUNCTION metering_detach_partition(source bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp
SET lock_timeout = '3s' AS $$
DECLARE whole text; part text; BEGIN
  IF NOT EXISTS (SELECT FROM metering_usagesource
                 WHERE id = source AND closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'there is no closed usage source %%', source
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  FOREACH whole IN ARRAY ARRAY['usageevent', 'usageline'] LOOP
    part := 'metering_' || whole || '_of_' || source;
    CONTINUE WHEN to_regclass(part) IS NULL;
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_inherits
      WHERE inhrelid = to_regclass(part)
        AND inhparent = to_regclass('metering_' || whole));
    EXECUTE format('ALTER TABLE %%I DETACH PARTITION %%I',
      'metering_' || whole, part);
    EXECUTE format('ALTER TABLE %%I ATTACH PARTITION %%I FOR VALUES IN (%%s)',
      'metering_archived' || substr(whole, 6), part, source);
  END LOOP;
END $$
$function$, current_schema());
END $outer$;
REVOKE ALL ON FUNCTION metering_detach_partition(bigint) FROM PUBLIC;
DO $$ DECLARE grantee text; BEGIN
  FOR grantee IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_name = 'metering_usagesource' AND g.privilege_type = 'INSERT'
      AND g.table_schema = current_schema()
  LOOP EXECUTE format(
    'GRANT EXECUTE ON FUNCTION metering_detach_partition(bigint) TO %I', grantee);
  END LOOP;
END $$;
"""


def _run(statements: str) -> migrations.RunSQL:
    return migrations.RunSQL(statements, migrations.RunSQL.noop)


def _archive(whole: str, archive: str, every: str) -> migrations.RunSQL:
    names = {"whole": whole, "archive": archive, "every": every}
    return _run(ARCHIVE.format(**names, keys=KEYS[archive]))


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0020_keys_and_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="EveryEvent",
            fields=[
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                ("batch_id", models.BigIntegerField()),
                ("payload_sha256", models.CharField(max_length=64)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("operation_id", models.CharField(max_length=200)),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("order_ref", models.CharField(max_length=60)),
                ("model_requested", models.CharField(blank=True, max_length=120)),
                ("model_served", models.CharField(max_length=120)),
                ("tier", models.CharField(default="STANDARD", max_length=20)),
                ("context_band", models.CharField(default="ALL", max_length=20)),
                ("boundary", models.CharField(max_length=20)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("measured", "measured"),
                            ("estimated", "estimated"),
                            ("partial", "counted until it was cut off"),
                            ("absent", "used, and not counted"),
                        ],
                        default="measured",
                        max_length=10,
                    ),
                ),
                ("reported_total", models.BigIntegerField(blank=True, null=True)),
                (
                    "provenance",
                    models.CharField(
                        choices=[
                            ("REPORTED", "reported by the provider with its answer"),
                            ("MEASURED", "measured by the gateway"),
                            ("ESTIMATED", "estimated"),
                        ],
                        db_default="MEASURED",
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, db_default="", max_length=20)),
                (
                    "key_ref",
                    models.CharField(blank=True, db_default="", max_length=200),
                ),
                (
                    "model_billed",
                    models.CharField(blank=True, db_default="", max_length=120),
                ),
                ("requests", models.BigIntegerField(blank=True, null=True)),
                ("latency_ms", models.BigIntegerField(blank=True, null=True)),
                ("meter_seq", models.BigIntegerField(blank=True, null=True)),
                ("is_late", models.BooleanField(default=False)),
                ("corrects", models.CharField(blank=True, max_length=200)),
                ("correction_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "metering_everyevent",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="EveryLine",
            fields=[
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                ("token_class_code", models.CharField(max_length=30)),
                ("tokens", models.BigIntegerField()),
            ],
            options={
                "db_table": "metering_everyline",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="SourceArchive",
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
                ("events", models.BigIntegerField()),
                ("lines", models.BigIntegerField()),
                ("tokens", models.DecimalField(decimal_places=0, max_digits=30)),
                (
                    "checksum",
                    models.DecimalField(
                        decimal_places=0,
                        help_text="Sum over the hashes of its calls.",
                        max_digits=40,
                    ),
                ),
                ("archived_by", models.CharField(max_length=160)),
                ("archived_at", models.DateTimeField()),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="archive",
                        to="metering.usagesource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("events__gte", 0), ("lines__gte", 0)),
                        name="an_archive_counts_no_negative_number_of_calls",
                    )
                ],
            },
        ),
        append_only("metering_sourcearchive"),
        *(_archive(whole, archive, every) for whole, archive, every in TABLES),
        _run(INDEXES),
        *(append_only(archive) for _, archive, _ in TABLES),
        _run(DETACH),
    ]
