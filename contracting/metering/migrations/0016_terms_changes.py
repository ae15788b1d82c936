"""Whoever changes a term of usage writes down that it did, in the same transaction."""

from django.db import migrations, models

import contracting.core.models

WATCHED = (
    "contracts_burnrate",
    "contracts_contract",
    "contracts_raterow",
    "incidents_authorization",
    "metering_keymapping",
    "metering_outcomepolicy",
    "metering_sourceofrecord",
    "metering_usagelimit",
    "metering_usagesource",
    "orders_orderline",
    "orders_orderrate",
    "orders_taskorder",
    "reference_aimodel",
    "reference_modelalias",
    "reference_outcomedefault",
    "reference_tokenclass",
    "terminations_letter",
)

NOTE = """
CREATE FUNCTION metering_note_terms_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metering_termschange (xid)
  VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
"""

WATCH = """
CREATE TRIGGER {table}_changes_terms
  AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION metering_note_terms_change();
"""


def _run(statements):
    return migrations.RunSQL(statements, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0018_options"),
        ("incidents", "0004_authorizations"),
        ("metering", "0015_rollups"),
        ("orders", "0010_search"),
        ("reference", "0015_usage_terms"),
        ("terminations", "0003_show_cause_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="TermsChange",
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
                    "xid",
                    models.BigIntegerField(
                        help_text="The number of the transaction.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        _run(NOTE),
        *(_run(WATCH.format(table=table)) for table in WATCHED),
    ]
