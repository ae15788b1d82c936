"""Obligating funds: the signature that binds the Government to pay."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.audit.models import AuditEvent
from contracting.ledger.refusals import (
    CeilingExceeded,
    CommitmentExceeded,
    FundsExceeded,
    PeriodOfAvailabilityEnded,
)
from contracting.ledger.states import TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import LINE, OTHER_LINE, usd


@pytest.mark.rule("R-FND-01", case="allowed")
def test_obligations_may_take_the_last_cent_of_a_line_of_accounting(books):
    books.open("60")
    books.open("40", holder=OTHER_LINE)

    books.obligate(books.asked("60"), books.asked("40", holder=OTHER_LINE))

    assert books.pot().free == usd(0)
    assert books.row().funds_left == usd(60)


@pytest.mark.rule("R-FND-01", case="refused")
def test_obligations_beyond_the_free_funds_are_refused_altogether(books):
    # Given two lines whose obligations together pass the funds by a cent
    books.open("60")
    books.open("60", holder=OTHER_LINE)

    with nothing_happens(), pytest.raises(FundsExceeded) as refusal:
        books.obligate(books.asked("60"), books.asked("40.01", holder=OTHER_LINE))

    assert refusal.value.rule == "R-FND-01"
    assert refusal.value.data["short_by"] == usd("0.01")


def test_what_is_committed_elsewhere_is_not_free(books):
    books.open("60")
    books.open("60", holder=OTHER_LINE)
    books.commit(books.asked("60", holder=OTHER_LINE))

    with nothing_happens(), pytest.raises(FundsExceeded):
        books.obligate(books.asked("41"))


@pytest.mark.rule("R-FND-03", case="allowed")
@pytest.mark.parametrize(
    "signed_on", [date(2025, 10, 1), date(2026, 3, 2), date(2026, 9, 30)]
)
def test_funds_are_obligated_from_their_first_day_to_their_last(books, signed_on):
    books.open("60")

    books.obligate(books.asked("1"), on=signed_on)

    assert books.row().funds_left == usd(1)


@pytest.mark.rule("R-FND-03", case="refused")
@pytest.mark.parametrize("signed_on", [date(2025, 9, 30), date(2026, 10, 1)])
def test_a_signature_outside_the_availability_of_the_funds_is_refused(books, signed_on):
    books.open("60")

    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded) as refusal:
        books.obligate(books.asked("1"), on=signed_on)

    assert refusal.value.rule == "R-FND-03"
    assert refusal.value.data["available_to"] == date(2026, 9, 30)


def test_no_year_funds_never_expire(books):
    no_year = books.fund("Working capital", "5", funds_available_to=None)
    books.open("5", funds=no_year)

    books.obligate(books.asked("5", funds=no_year), on=date(2040, 1, 1))

    assert books.pot(no_year).free == usd(0)


def test_a_commitment_becomes_the_obligation(books):
    books.open("60")
    books.commit(books.asked("60"))

    (transfer,) = books.obligate(books.asked("45"), from_commitment=True)

    assert transfer.kind == TransferKind.OBLIGATE
    assert books.row().committed_dollars == 15
    assert books.row().obligated_dollars == 45
    assert books.pot().free == usd(40)


def test_no_more_is_signed_for_than_was_certified(books):
    books.open("60")
    books.commit(books.asked("45"))

    with nothing_happens(), pytest.raises(CommitmentExceeded) as refusal:
        books.obligate(books.asked("45.01"), from_commitment=True)

    assert refusal.value.data["short_by"] == usd("0.01")


def test_obligations_stay_under_the_ceiling_of_the_line(books):
    books.open("60")
    books.obligate(books.asked("45"))

    with nothing_happens(), pytest.raises(CeilingExceeded) as refusal:
        books.obligate(books.asked("15.01"))

    assert refusal.value.data["short_by"] == usd("0.01")


def test_one_event_tells_the_whole_signature(books):
    books.open("60")
    books.open("40", holder=OTHER_LINE)
    before = AuditEvent.objects.count()

    books.obligate(books.asked("60"), books.asked("40", holder=OTHER_LINE))

    event = AuditEvent.objects.latest("pk")
    assert AuditEvent.objects.count() == before + 1
    assert event.event == "ledger.funds.obligated"
    assert event.stream == "contract:7"
    assert '"dollars":"100"' in event.payload
    assert f'"id":{LINE.id}' in event.payload


def test_rows_are_locked_in_the_order_of_their_keys_before_anything_is_written(books):
    books.open("60")
    books.open("40", holder=OTHER_LINE)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        books.obligate(books.asked("1", holder=OTHER_LINE), books.asked("1"))

    queries = [query["sql"] for query in captured]
    locks = [sql for sql in queries if "FOR UPDATE" in sql]
    tables = ["ledger_fundsbalance", "ledger_holderbalance", "ledger_balance"]
    assert len(locks) == len(tables)
    for sql, table in zip(locks, tables, strict=True):
        assert f'ORDER BY "{table}"."id" ASC FOR UPDATE OF "{table}"' in sql
    writes = [
        number
        for number, sql in enumerate(queries)
        if sql.startswith(("INSERT", "UPDATE"))
    ]
    assert queries.index(locks[-1]) < min(writes)
    assert queries[-2].startswith('INSERT INTO "audit_auditevent"')
