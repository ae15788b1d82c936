"""A paper is leased to the worker that prints it; the lease may change as its state."""

from django.db import migrations

MAY_CHANGE = ("state", "attempts", "last_error", "next_attempt_at")


def frozen_but(columns: tuple[str, ...]) -> str:
    kept = "".join(f"  blank.{column} := OLD.{column};\n" for column in columns)
    return f"""
CREATE OR REPLACE FUNCTION documents_document_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE blank documents_document%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a paper is never removed'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_paper_is_never_removed';
  END IF;
  blank := NEW;
{kept}  IF blank IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'what a paper prints never changes'
      USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'what_a_paper_prints_never_changes';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_guards"),
    ]

    operations = [
        migrations.RunSQL(
            frozen_but((*MAY_CHANGE, "leased_until")), frozen_but(MAY_CHANGE)
        ),
    ]
