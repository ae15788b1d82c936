"""Events and lines lie in a partition of their source, so that a year can be put away.

The site has no right to make tables. One function of the owner makes the partitions of
a registered source and nothing else; see the decision on partitions.
"""

from django.db import migrations

from contracting.core.triggers import append_only

TABLES = ("metering_usageevent", "metering_usageline")

APART = """
DO $$ DECLARE named record; BEGIN
  FOR named IN
    SELECT indexrelid::regclass::text AS name FROM pg_index
    WHERE indrelid = '{table}'::regclass
  LOOP EXECUTE format('ALTER INDEX %I RENAME TO %I', named.name,
    left(named.name, 50) || '_rest'); END LOOP;
END $$;
DROP TRIGGER {table}_is_append_only_update ON {table};
DROP TRIGGER {table}_is_append_only_delete ON {table};
DROP TRIGGER {table}_is_append_only_truncate ON {table};
ALTER TABLE {table} RENAME TO {table}_rest;
CREATE TABLE {table} (
  LIKE {table}_rest INCLUDING DEFAULTS INCLUDING CONSTRAINTS
) PARTITION BY LIST (source_id);
"""

KEYS = """
ALTER TABLE metering_usageevent
  ADD CONSTRAINT metering_usageevent_pkey
    PRIMARY KEY (agency_id, source_id, event_id);
CREATE INDEX usage_event_by_time ON metering_usageevent (occurred_at);
CREATE INDEX usage_event_by_batch ON metering_usageevent (batch_id);
CREATE INDEX corrections_of_usage
  ON metering_usageevent (agency_id, source_id, corrects) WHERE NOT corrects = '';
ALTER TABLE metering_usageline
  ADD CONSTRAINT metering_usageline_pkey
    PRIMARY KEY (agency_id, source_id, event_id, token_class_code);
"""

GUARD = """
CREATE FUNCTION metering_guard_partition(part text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE grantee text; BEGIN
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
    'EXECUTE FUNCTION drawdown_refuse_change()', part || '_is_append_only', part);
  FOR grantee IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_name = part AND g.table_schema = current_schema()
      AND g.grantee NOT IN (SELECT tableowner FROM pg_tables
        WHERE tablename = part AND schemaname = current_schema())
  LOOP EXECUTE format('REVOKE ALL ON %I FROM %I', part, grantee); END LOOP;
END $$;
REVOKE ALL ON FUNCTION metering_guard_partition(text) FROM PUBLIC;
"""

OPEN = """
DO $outer$ BEGIN
EXECUTE format($function$
CREATE FUNCTION metering_open_partition(source bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp AS $$
DECLARE whole text; part text; is_there boolean; BEGIN
  IF NOT EXISTS (SELECT FROM metering_usagesource WHERE id = source) THEN
    RAISE EXCEPTION 'there is no usage source %%', source
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  FOREACH whole IN ARRAY ARRAY['metering_usageevent', 'metering_usageline'] LOOP
    part := whole || '_of_' || source;
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('SELECT EXISTS (SELECT FROM %%I WHERE source_id = %%s)',
      whole || '_rest', source) INTO is_there;
    CONTINUE WHEN is_there;
    EXECUTE format('CREATE TABLE %%I (LIKE %%I INCLUDING DEFAULTS '
      'INCLUDING CONSTRAINTS)', part, whole);
    EXECUTE format('ALTER TABLE %%I ATTACH PARTITION %%I FOR VALUES IN (%%s)',
      whole, part, source);
    PERFORM metering_guard_partition(part);
  END LOOP;
END $$
$function$, current_schema());
END $outer$;
REVOKE ALL ON FUNCTION metering_open_partition(bigint) FROM PUBLIC;
DO $$ DECLARE grantee text; BEGIN
  FOR grantee IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_name = 'metering_usagesource' AND g.privilege_type = 'INSERT'
      AND g.table_schema = current_schema()
  LOOP EXECUTE format(
    'GRANT EXECUTE ON FUNCTION metering_open_partition(bigint) TO %I', grantee);
  END LOOP;
END $$;
"""

MOVE = """
DO $$ DECLARE source bigint; BEGIN
  FOR source IN SELECT DISTINCT source_id FROM {table}_rest ORDER BY source_id LOOP
    EXECUTE format('CREATE TABLE %I (LIKE {table} INCLUDING DEFAULTS '
      'INCLUDING CONSTRAINTS)', '{table}_of_' || source);
    EXECUTE format('INSERT INTO %I SELECT * FROM {table}_rest WHERE source_id = %s',
      '{table}_of_' || source, source);
    EXECUTE format('ALTER TABLE {table} ATTACH PARTITION %I FOR VALUES IN (%s)',
      '{table}_of_' || source, source);
    PERFORM metering_guard_partition('{table}_of_' || source);
  END LOOP;
END $$;
TRUNCATE {table}_rest;
ALTER TABLE {table} ATTACH PARTITION {table}_rest DEFAULT;
SELECT metering_guard_partition('{table}_rest');
"""

SOURCES = """
SELECT metering_open_partition(id) FROM metering_usagesource ORDER BY id;
"""


def _run(statements: str) -> migrations.RunSQL:
    return migrations.RunSQL(statements, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0012_funds_notice_guards"),
    ]

    operations = [
        *(_run(APART.format(table=table)) for table in TABLES),
        _run(KEYS),
        _run(GUARD),
        *(_run(MOVE.format(table=table)) for table in TABLES),
        *(append_only(table) for table in TABLES),
        _run(OPEN),
        _run(SOURCES),
    ]
