"""A rate that was recorded wrong is corrected by another row, by two people."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.payments.queries.clocks import prompt_payment_rate
from contracting.reference.models import Threshold
from contracting.reference.operations.correct_rate import correct_rate
from contracting.reference.queries.in_force import in_force_on
from contracting.reference.refusals import RateInForce, RateWrong
from tests.cast import actor, client_for, nothing_happens, submit
from tests.reference.test_propose_rate import AT, confirmed, proposed

pytestmark = pytest.mark.django_db

DAY = date(2026, 7, 1)


def corrected(*, by="payment_certifier", **terms):
    given: dict[str, Any] = {
        "code": "PROMPT_PAYMENT_RATE",
        "first_day": DAY,
        "percent": Decimal("4.125"),
        "source": "91 FR 12345, 29 June 2026",
        "reason": "The figure of the half-year before was entered.",
    }
    return correct_rate(**(given | terms), by=actor(by), at=AT)


@pytest.fixture
def wrong():
    return confirmed(proposed())


def test_the_correction_takes_the_place_of_the_wrong_row_which_stays(wrong):
    # Given a rate that nobody has corrected yet
    correction = corrected()
    assert prompt_payment_rate(DAY) == Decimal("4.375")

    # When another person of finance confirms it
    right = confirmed(correction)

    # Then interest is computed with it, and the wrong row says what it said
    assert prompt_payment_rate(DAY) == Decimal("4.125")
    wrong.refresh_from_db()
    assert (wrong.value, wrong.superseded_at) == (Decimal("4.375"), AT)
    assert (right.valid_from, right.valid_to) == (wrong.valid_from, wrong.valid_to)

    # And what was known on a day can still be told
    told = {
        known: [
            row.says
            for row in in_force_on("thresholds", DAY, actor("auditor"), known)
            if row.key == "PROMPT_PAYMENT_RATE"
        ]
        for known in (None, AT.date() - timedelta(days=1))
    }
    assert told[None] == ["4.125 percent a year"]


def test_what_came_with_the_system_is_corrected_too():
    assert prompt_payment_rate(date(2026, 1, 1)) == Decimal("4.125")

    confirmed(corrected(first_day=date(2026, 1, 1), percent=Decimal("4.25")))

    assert prompt_payment_rate(date(2026, 6, 30)) == Decimal("4.25")
    assert prompt_payment_rate(date(2025, 12, 31)) == Decimal("4.625")


@pytest.mark.parametrize(
    "terms",
    [
        {"reason": " "},
        {"source": ""},
        {"percent": Decimal("4.375")},
        {"percent": Decimal("30")},
        {"first_day": date(2031, 1, 1)},
        {"first_day": date(2026, 7, 2)},
        {"code": "SIMPLIFIED_ACQUISITION"},
    ],
)
def test_what_corrects_nothing_is_refused(wrong, terms):
    with nothing_happens(), pytest.raises(RateWrong):
        corrected(**terms)


def test_nobody_corrects_alone(wrong):
    correction = corrected()
    with nothing_happens(), pytest.raises(NotAllowed):
        confirmed(correction, by="payment_certifier")
    with nothing_happens(), pytest.raises(NotAllowed):
        corrected(by="cor")


def test_of_two_corrections_the_later_one_holds(wrong):
    first, second = corrected(percent=Decimal("5")), corrected()
    with nothing_happens(), pytest.raises(RateInForce, match="entered after this one"):
        confirmed(first)
    confirmed(second)

    # And what was corrected is corrected again by one more
    confirmed(corrected(percent=Decimal("4.5")))
    assert prompt_payment_rate(DAY) == Decimal("4.5")


def test_the_database_keeps_one_rate_of_a_day_and_what_it_said(wrong):
    with (
        pytest.raises(IntegrityError, match="has_one_value_at_a_time"),
        transaction.atomic(),
    ):
        Threshold.objects.create(
            code=wrong.code,
            label="Twice",
            value=1,
            unit=wrong.unit,
            valid_from=DAY,
            valid_to=DAY,
            regime=wrong.regime,
            citation="-",
            confidence=wrong.confidence,
        )
    confirmed(corrected())
    again = datetime(2027, 1, 1, tzinfo=UTC)
    for name, value in (("superseded_at", again), ("value", 9)):
        with (
            pytest.raises(IntegrityError, match="only_ever_added|only ever added"),
            transaction.atomic(),
        ):
            Threshold.objects.filter(pk=wrong.pk).update(**{name: value})


def test_the_pages_correct_a_rate_by_two_people(wrong):
    first = client_for(actor("payment_certifier"))
    page = reverse("reference:correct_rate")
    data = {
        "rate": "PROMPT_PAYMENT_RATE 2026-07-01",
        "percent": "4.125",
        "source": "91 FR 12345",
        "reason": "The half-year before.",
    }
    with nothing_happens():
        assert client_for(actor("cor")).get(page).status_code == 403
        assert (
            submit(first, page, {**data, "rate": "CVFR 1999-01-01"}).status_code == 422
        )
    assert submit(first, page, data).status_code == 303

    rates = reverse("reference:rates")
    shown = first.get(rates).content.decode()
    assert "1 rate waits for a second person" in shown
    assert "in place of 4.375: The half-year before." in shown
