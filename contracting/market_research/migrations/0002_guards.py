"""Answers are only ever added, in time; what was released is asked as it stands."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of

RFI = "market_research_requestforinformation"
QUESTION = "market_research_marketquestion"
RESPONSE = "market_research_response"

FROZEN = f"""
CREATE FUNCTION {RFI}_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE blank {RFI}%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'rows of % are never removed', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rows_are_only_ever_added';
  END IF;
  blank := NEW;
  blank.state := OLD.state;
  blank.cancel_reason := OLD.cancel_reason;
  IF OLD.released_at IS NOT NULL AND blank IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a released request for information says what it said'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'what_it_says_is_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {RFI}_is_frozen BEFORE UPDATE OR DELETE ON {RFI}
  FOR EACH ROW EXECUTE FUNCTION {RFI}_is_frozen();

CREATE FUNCTION {QUESTION}_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (
    SELECT 1 FROM {RFI} r WHERE r.id = OLD.rfi_id AND r.released_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'a question of a released request for information never changes'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'what_it_says_is_frozen';
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (
    SELECT 1 FROM {RFI} r WHERE r.id = NEW.rfi_id AND NEW.position > r.question_count
  ) THEN
    RAISE EXCEPTION 'a request for information asks no more than it counts'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_is_asked_later';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {QUESTION}_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON {QUESTION}
  FOR EACH ROW EXECUTE FUNCTION {QUESTION}_is_frozen();

CREATE FUNCTION {RESPONSE}_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM {RFI} r WHERE r.id = NEW.rfi_id
    AND (r.released_at IS NULL OR NEW.received_at < r.released_at
         OR NEW.received_at > r.due_at)
  ) THEN
    RAISE EXCEPTION 'a response is received between release and due time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_response_is_in_time';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {RESPONSE}_is_in_time BEFORE INSERT ON {RESPONSE}
  FOR EACH ROW EXECUTE FUNCTION {RESPONSE}_is_in_time();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("market_research", "0001_initial"),
    ]

    operations = [
        append_only(RESPONSE),
        append_only("market_research_marketanswer"),
        legal_moves(
            RFI,
            moves_of({"DRAFT": ("RELEASED", "DISCARDED"), "RELEASED": ("CANCELLED",)}),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
