"""What a vendor gives up has its own account, figure and place in the bounds."""

from django.db import migrations

_ACCOUNTS = """
INSERT INTO ledger_account (kind, balance_id)
SELECT 'GIVEN_UP', balance.id FROM ledger_balance AS balance
WHERE NOT EXISTS (
  SELECT 1 FROM ledger_account AS known
  WHERE known.balance_id = balance.id AND known.kind = 'GIVEN_UP'
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_guards"),
    ]

    operations = [
        migrations.RunSQL(_ACCOUNTS, migrations.RunSQL.noop),
    ]
