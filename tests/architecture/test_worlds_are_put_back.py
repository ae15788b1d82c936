"""A world that is put back has the rows of the world that was built, all of them."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from contracting.audit.queries import verify_chains
from contracting.operate.queries import broken_invariants
from tests import remembered
from tests.builders import list_prices, released_solicitation
from tests.builders_settlement import paid_invoice
from tests.builders_volume import contract_by_volume, order_by_volume
from tests.cast import AT, OURS
from tests.remembered import Remembered

pytestmark = pytest.mark.django_db

HASHED_WHEN_WRITTEN = "'recorded_at', 'hash', 'prev'"
"""The database stamps these when it writes an entry of the audit."""

NUMBERS_OF_TRANSACTIONS = "metering_termschange"
"""Each transaction that changes a term has its own number there."""

RATES = 'INSERT INTO "contracts_raterow"'


def everything() -> dict[str, list[str]]:
    """Every row of every table of ours, and what waits for the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND NOT relispartition AND relnamespace = current_schema()::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall() if name.split("_")[0] in OURS]
        tables.remove(NUMBERS_OF_TRANSACTIONS)
        rows = {}
        for table in sorted(tables):
            unlike = f" - ARRAY[{HASHED_WHEN_WRITTEN}]" if "audit" in table else ""
            cursor.execute(
                f'SELECT (to_jsonb(t){unlike})::text FROM "{table}" t ORDER BY 1'
            )
            rows[table] = [row for (row,) in cursor.fetchall()]
    rows["after the commit"] = [str(len(connection.run_on_commit))]
    return rows


def taken_back(build):
    """What ``build`` gives and what there is then, taken back at once."""
    with transaction.atomic():
        given = build()
        there = everything()
        transaction.set_rollback(True)
    return given, there


def test_a_payment_and_all_that_led_to_it_is_put_back():
    # Given a world that was built, and taken back
    built, there = taken_back(paid_invoice)
    known = len(remembered.memory.worlds)

    # When it is asked for again
    put_back, again = taken_back(paid_invoice)

    # Then nothing was built, and every row is there
    assert len(remembered.memory.worlds) == known
    assert again == there
    assert put_back == built


def test_what_was_put_back_is_a_sound_record():
    taken_back(paid_invoice)

    paid_invoice()

    assert broken_invariants() == {}
    assert list(verify_chains()) == []


def test_in_a_world_that_is_not_known_builders_build():
    # Given somebody has written a row that no builder knows
    taken_back(released_solicitation)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET name = 'Ada Byron' WHERE name = 'Ada Officer'"
        )

    # When a solicitation is asked for, then it is built, by Ada Byron
    assert remembered.memory.here is None
    solicitation = released_solicitation()
    assert remembered.memory.here is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_name FROM audit_auditevent WHERE event LIKE %s",
            ["%released%"],
        )
        assert ("Ada Byron",) in cursor.fetchall()
    assert solicitation.piid


def test_a_world_after_another_one_is_not_that_world_alone():
    # Given list prices of an earlier day
    list_prices(AT.replace(year=2025))

    # When a builder is asked, what it gives stands beside them
    _, there = taken_back(released_solicitation)
    _, again = taken_back(released_solicitation)

    assert again == there


def test_what_cannot_be_put_back_is_built_and_nothing_old_is_put_on_it():
    # Given worlds whose rows the database does not take any more
    memory = remembered.memory
    taken_back(contract_by_volume)
    taken_back(order_by_volume)
    worlds, refused = dict(memory.worlds), set(memory.refused)
    broken = Remembered("INSERT INTO accounts_user (id) VALUES (1)", b"", ())
    under = [key for key in worlds if "issued_order" not in key[-1]]
    memory.worlds |= dict.fromkeys(under, broken)

    # When one is asked for, then every row in it has its partners
    try:
        with pytest.warns(UserWarning, match="is built anew"):
            order = order_by_volume()
        connection.check_constraints()
        assert order.lines.get().rates.exists()
        assert memory.refused > refused
        assert not set(memory.worlds) & memory.refused
    finally:
        memory.worlds, memory.refused = worlds, refused


def test_a_world_with_a_row_whose_partner_is_missing_is_built():
    # Given a remembered world that has lost the prices its order refers to
    memory = remembered.memory
    taken_back(order_by_volume)
    worlds, refused = dict(memory.worlds), set(memory.refused)
    key = next(key for key in worlds if "order_by_volume" in key[-1])
    whole = worlds[key]
    lost = [part for part in whole.script.split("\n") if RATES not in part]
    memory.worlds[key] = replace(whole, script="\n".join(lost))

    # When it is asked for, then the database finds that, and it is built
    try:
        with pytest.warns(UserWarning, match="is built anew"):
            order_by_volume()
        connection.check_constraints()
    finally:
        memory.worlds, memory.refused = worlds, refused
