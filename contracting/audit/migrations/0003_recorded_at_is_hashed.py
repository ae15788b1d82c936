"""The hash covers when a row was recorded, and a head moves only with its chain.

Rows that stand keep the hash they were written with (scheme 1). A row that is changed
from scheme 2 to 1 no longer gives its own hash, so nobody can step back unseen.
"""

from django.db import migrations

CHAIN = r"""
CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head audit_audithead;
BEGIN
  INSERT INTO audit_audithead (stream, seq, hash)
    VALUES (NEW.stream, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (stream) DO NOTHING;
  SELECT * INTO head FROM audit_audithead WHERE stream = NEW.stream FOR UPDATE;
  NEW.seq := head.seq + 1;
  NEW.prev := head.hash;
  NEW.recorded_at := clock_timestamp();
  NEW.scheme := 2;
  NEW.hash := sha256('\x00'::bytea || NEW.prev
    || audit_part(NEW.stream) || audit_part(NEW.seq::text) || audit_part(NEW.event)
    || audit_part(NEW.subject_kind) || audit_part(NEW.subject_id::text)
    || audit_part(NEW.actor_kind) || audit_part(NEW.actor_user_id::text)
    || audit_part(NEW.actor_membership_id::text) || audit_part(NEW.actor_key_id::text)
    || audit_part(NEW.actor_organization_id::text) || audit_part(NEW.actor_name)
    || audit_part(NEW.actor_role)
    || audit_part(((extract(epoch FROM NEW.at) * 1000000)::bigint)::text)
    || audit_part(NEW.payload) || audit_part(NEW.scheme::text)
    || audit_part(((extract(epoch FROM NEW.recorded_at) * 1000000)::bigint)::text));
  UPDATE audit_audithead SET seq = NEW.seq, hash = NEW.hash WHERE stream = NEW.stream;
  RETURN NEW;
END $$;
"""

# The trigger works as its owner, so that the application itself needs no right to heads.
AS_OWNER = """
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION audit_link() SECURITY DEFINER '
    'SET search_path = %I, pg_temp', current_schema());
END $$;
"""

HEADS = """
CREATE OR REPLACE FUNCTION audit_head_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP NOT IN ('INSERT', 'UPDATE') OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'the head of a chain moves only with the chain'
      USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'a_head_moves_only_with_its_chain';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_audithead_moves_with_its_chain
  BEFORE INSERT OR UPDATE OR DELETE ON audit_audithead
  FOR EACH ROW EXECUTE FUNCTION audit_head_stays();
CREATE TRIGGER audit_audithead_is_never_emptied
  BEFORE TRUNCATE ON audit_audithead
  FOR EACH STATEMENT EXECUTE FUNCTION audit_head_stays();
DO $$ DECLARE grantee text; BEGIN
  FOR grantee IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_name = 'audit_audithead' AND g.table_schema = current_schema()
      AND g.grantee NOT IN (SELECT tableowner FROM pg_tables
        WHERE tablename = 'audit_audithead' AND schemaname = current_schema())
  LOOP
    EXECUTE format(
      'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_audithead FROM %I', grantee);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_guards"),
    ]

    operations = [
        migrations.RunSQL(CHAIN + AS_OWNER, migrations.RunSQL.noop),
        migrations.RunSQL(HEADS, migrations.RunSQL.noop),
    ]
