"""Expired funds, for an adjustment of what they were obligated for and nothing else."""

from datetime import date

import pytest

from contracting.ledger.operations.permit import permit_expired_funds
from contracting.ledger.queries import adjustments_of
from contracting.ledger.refusals import AccountCancelled, PeriodOfAvailabilityEnded
from tests.cast import nothing_happens
from tests.ledger.conftest import LINE, ORDER, OTHER_LINE, SIGNED_ON, usd

EXPIRED = date(2026, 10, 1)
CITED = "31 U.S.C. 1553(a): correction of a price"


def permit(books, *, holder=LINE, on=EXPIRED, citation=CITED):
    return permit_expired_funds(
        lines_of_accounting=[books.funds.pk],
        holders=[holder],
        on=on,
        citation=citation,
        because=ORDER,
        by=books.certifier,
        at=books.at,
    )


@pytest.mark.rule("R-FND-03", case="allowed")
def test_what_was_obligated_in_time_is_adjusted_later(burning):
    # Given funds that still run, which need no permission
    assert permit(burning, on=SIGNED_ON) == []

    # When the certifier permits them after their end
    (permitted,) = permit(burning)

    # Then five dollars more are bound on that day, and the citation stays
    burning.obligate(burning.asked("5"), on=EXPIRED)
    assert burning.row().obligated_dollars == 50
    assert list(adjustments_of(ORDER)) == [permitted]
    assert permitted.citation == CITED


@pytest.mark.rule("R-FND-03", case="refused")
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"citation": " "}, "cite what"),
        ({"holder": OTHER_LINE}, "not an adjustment"),
    ],
)
def test_new_work_is_not_charged_to_expired_funds(burning, asked, words):
    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded) as refusal:
        permit(burning, **asked)

    assert refusal.value.rule == "R-FND-03"
    assert words in str(refusal.value)


@pytest.mark.rule("R-FND-05", case="refused")
def test_a_closed_account_is_adjusted_no_more(burning):
    with nothing_happens(), pytest.raises(AccountCancelled) as refusal:
        permit(burning, on=date(2031, 10, 1))
    permit(burning, on=date(2031, 9, 30))
    with nothing_happens(), pytest.raises(AccountCancelled):
        burning.obligate(burning.asked("5"), on=date(2031, 10, 1))

    assert refusal.value.rule == "R-FND-05"
    assert burning.pot().free == usd(55)
