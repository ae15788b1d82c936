"""A published rate is entered by one person of finance and confirmed by another."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.payments.queries.clocks import prompt_payment_rate
from contracting.payments.refusals import RateMissing
from contracting.reference.operations.confirm_rate import confirm_rate
from contracting.reference.operations.propose_rate import propose_rate
from contracting.reference.refusals import RateInForce, RateWrong
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)
SOURCE = "91 FR 12345, 29 June 2026"


def proposed(*, by="payment_certifier", **terms):
    given: dict[str, Any] = {
        "code": "PROMPT_PAYMENT_RATE",
        "first_day": date(2026, 7, 1),
        "percent": Decimal("4.375"),
        "source": SOURCE,
    }
    return propose_rate(**(given | terms), by=actor(by), at=AT)


def confirmed(proposal, by="funds_certifier"):
    return confirm_rate(proposal_id=proposal.pk, by=actor(by), at=AT)


@pytest.mark.rule("R-PAY-03", case="allowed")
def test_two_people_put_a_rate_in_force_for_its_half_year():
    proposal = proposed()
    with pytest.raises(RateMissing):
        prompt_payment_rate(date(2026, 7, 1))

    row = confirmed(proposal)

    assert (row.valid_from, row.valid_to) == (date(2026, 7, 1), date(2026, 12, 31))
    assert row.citation == SOURCE
    assert prompt_payment_rate(date(2026, 12, 31)) == Decimal("4.375")
    with pytest.raises(RateMissing):
        prompt_payment_rate(date(2027, 1, 1))
    with nothing_happens(), pytest.raises(RateInForce):
        confirmed(proposal)


def test_the_current_value_of_funds_is_of_a_year():
    proposal = proposed(code="CVFR", first_day=date(2031, 1, 1))

    assert confirmed(proposal).valid_to == date(2031, 12, 31)


@pytest.mark.rule("R-PAY-03", case="refused")
def test_nobody_confirms_what_they_have_entered():
    proposal = proposed()

    with nothing_happens(), pytest.raises(NotAllowed, match="somebody else"):
        confirmed(proposal, by="payment_certifier")
    for stranger in ("contracting_officer", "vendor_a_signer", "administrator"):
        with nothing_happens(), pytest.raises(NotAllowed):
            confirmed(proposal, by=stranger)
        with nothing_happens(), pytest.raises(NotAllowed):
            proposed(by=stranger)


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "PRIME"},
        {"first_day": date(2026, 7, 2)},
        {"first_day": date(2026, 4, 1)},
        {"percent": Decimal(0)},
        {"percent": Decimal("25.0001")},
        {"percent": Decimal("4.00001")},
        {"source": " "},
    ],
)
def test_a_rate_is_entered_as_it_was_published(wrong):
    with nothing_happens(), pytest.raises(RateWrong):
        proposed(**wrong)


def test_what_was_published_is_never_changed():
    with nothing_happens(), pytest.raises(RateInForce, match="is in force from"):
        proposed(first_day=date(2026, 1, 1))
