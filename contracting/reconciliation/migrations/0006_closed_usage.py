"""What was accepted before is closed, as what is accepted from now on."""

from django.db import migrations

CLOSE = """
INSERT INTO metering_closedusage (
  order_line_id, model_id, token_class_code, tier, period, closed_at, because_kind,
  because_id)
SELECT line.order_line_id, line.model_id, class.code, line.tier, line.period,
  accepted.accepted_at, 'reconciliation.acceptance', accepted.id
FROM reconciliation_acceptance accepted
JOIN billing_invoiceline line ON line.invoice_id = accepted.invoice_id
JOIN reference_tokenclass class ON class.id = line.token_class_id
WHERE accepted.finding_id IS NULL AND line.voided_at IS NULL
ORDER BY accepted.id, line.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0005_units"),
        ("billing", "0001_initial"),
        ("metering", "0018_reratings"),
    ]

    operations = [migrations.RunSQL(CLOSE, migrations.RunSQL.noop)]
