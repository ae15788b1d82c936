"""The chain is built by the database, under the lock of the stream's head."""

from django.db import migrations

from contracting.core.triggers import append_only

CHAIN = r"""
CREATE OR REPLACE FUNCTION audit_part(part text) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT int8send(octet_length(convert_to(coalesce(part, ''), 'UTF8'))::bigint)
         || convert_to(coalesce(part, ''), 'UTF8')
$$;
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
  NEW.hash := sha256('\x00'::bytea || NEW.prev
    || audit_part(NEW.stream) || audit_part(NEW.seq::text) || audit_part(NEW.event)
    || audit_part(NEW.subject_kind) || audit_part(NEW.subject_id::text)
    || audit_part(NEW.actor_kind) || audit_part(NEW.actor_user_id::text)
    || audit_part(NEW.actor_membership_id::text) || audit_part(NEW.actor_key_id::text)
    || audit_part(NEW.actor_organization_id::text) || audit_part(NEW.actor_name)
    || audit_part(NEW.actor_role)
    || audit_part(((extract(epoch FROM NEW.at) * 1000000)::bigint)::text)
    || audit_part(NEW.payload));
  UPDATE audit_audithead SET seq = NEW.seq, hash = NEW.hash WHERE stream = NEW.stream;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_auditevent_is_linked BEFORE INSERT ON audit_auditevent
  FOR EACH ROW EXECUTE FUNCTION audit_link();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
        append_only("audit_auditevent"),
    ]
