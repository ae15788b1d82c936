"""Bytes and prints are only ever added; what a paper prints never changes."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of

MAY_CHANGE = ("state", "attempts", "last_error", "next_attempt_at")
KEPT = "".join(f"  blank.{column} := OLD.{column};\n" for column in MAY_CHANGE)
FROZEN = f"""
CREATE OR REPLACE FUNCTION documents_document_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE blank documents_document%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a paper is never removed'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_paper_is_never_removed';
  END IF;
  blank := NEW;
{KEPT}  IF blank IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'what a paper prints never changes'
      USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'what_a_paper_prints_never_changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_document_is_frozen BEFORE UPDATE OR DELETE
  ON documents_document FOR EACH ROW EXECUTE FUNCTION documents_document_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
    ]

    operations = [
        append_only("documents_blob"),
        append_only("documents_rendering"),
        legal_moves(
            "documents_document",
            moves_of(
                {
                    "REQUESTED": ("RENDERED", "FAILED"),
                    "FAILED": ("REQUESTED",),
                    "RENDERED": (),
                }
            ),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
