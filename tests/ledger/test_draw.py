"""Drawing a batch of usage on every line that it touches."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.audit.models import AuditEvent
from contracting.core.quantities import Tokens
from contracting.ledger.models import Transfer
from contracting.ledger.operations.draw import draw_usage
from tests.ledger.conftest import BATCH, LINE, OTHER_LINE, usage, usd


def test_each_line_pays_for_its_own_usage_and_one_event_counts_it(burning):
    burning.open("40", holder=OTHER_LINE)
    burning.obligate(burning.asked("1", holder=OTHER_LINE))
    events = AuditEvent.objects.count()

    drawn = draw_usage(
        by_holder={
            OTHER_LINE: usage(("output", "10", 150_000)),
            LINE: usage(("output", "10", 150_000), ("input", "2", 500_000)),
        },
        because=BATCH,
        by=burning.officer,
        at=burning.at,
    )

    assert [each.funded_dollars for each in drawn[LINE]] == [usd("1.5"), usd(1)]
    assert drawn[OTHER_LINE][0].unfunded_tokens == Tokens(50_000)
    assert AuditEvent.objects.count() == events + 1
    data = json.loads(AuditEvent.objects.latest("pk").payload)["data"]
    assert data["lines"][1] == {
        "holder": {"kind": "orders.line", "id": LINE.id},
        "entries": 2,
        "funded_tokens": 650_000,
        "funded_dollars": "2.5",
        "unfunded_tokens": 0,
        "unfunded_dollars": "0",
    }


def test_all_lines_are_locked_at_once_and_funds_are_left_alone(burning):
    burning.open("40", holder=OTHER_LINE)
    with CaptureQueriesContext(connection) as captured:
        draw_usage(
            by_holder={OTHER_LINE: usage(("a", "1", 1)), LINE: usage(("b", "1", 1))},
            because=BATCH,
            by=burning.officer,
            at=burning.at,
        )

    queries = [query["sql"] for query in captured]
    locks = [sql for sql in queries if "FOR UPDATE" in sql]
    assert [sql.split(" FOR UPDATE OF ")[1] for sql in locks] == [
        '"ledger_holderbalance"',
        '"ledger_balance"',
    ]
    assert all(' ORDER BY "ledger_' in sql for sql in locks)
    writes = [
        number
        for number, sql in enumerate(queries)
        if sql.startswith(("INSERT", "UPDATE"))
    ]
    assert queries.index(locks[-1]) < min(writes)


def test_a_thousand_entries_cost_a_handful_of_statements(burning):
    entries = usage(*((f"event {n}", "0.15", 700) for n in range(1_000)))
    before = Transfer.objects.count()

    with CaptureQueriesContext(connection) as captured:
        draw_usage(
            by_holder={LINE: entries},
            because=BATCH,
            by=burning.officer,
            at=burning.at,
        )

    assert Transfer.objects.count() == before + 1_000
    assert burning.row().consumed_dollars == usd("0.105").amount
    assert len(captured) < 20
