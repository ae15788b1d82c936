"""A vendor is registered when it submits and when it is awarded, or is excused."""

from datetime import timedelta

import pytest

from contracting.evaluations.models import RegistrationSnapshot
from contracting.evaluations.operations.excuse import excuse_registration
from contracting.evaluations.refusals import RegistrationInactive
from tests.builders import DEADLINE
from tests.builders_orders import AWARDED_AT, certified_contract, registrations
from tests.cast import actor, client_for, nothing_happens
from tests.contracts.test_award import awarded

AN_HOUR_LATER = AWARDED_AT + timedelta(hours=1)
A_DAY_TOO_OLD = "2026-03-29"
WHY = "Claims stand still until it serves; the memo is in the file."


def excused(contract, at=AWARDED_AT):
    return excuse_registration(
        submission_id=contract.selection.submission_id,
        code="4.1102(a)(5)",
        reason=WHY,
        by=actor("contracting_officer"),
        at=at,
    )


@pytest.mark.rule("R-SUB-06", case="allowed")
def test_a_registered_vendor_is_awarded_and_its_status_kept_both_times(decision):
    # Given offers that were opened before any extract was on record
    contract = certified_contract(on=decision)
    kept = RegistrationSnapshot.objects.filter(
        submission=decision.selections.get().submission
    )
    assert [(each.occasion, each.status) for each in kept] == [
        ("SUBMISSION", "NOT_CHECKED")
    ]

    # When the award is signed on an extract in which the vendor is registered
    awarded(contract)

    # Then its status at award is kept beside the one at submission, with its source
    at_award = kept.get(occasion="AWARD")
    assert (at_award.status, at_award.as_of) == ("ACTIVE", AWARDED_AT)
    assert at_award.extract is not None
    assert at_award.uei == decision.selections.get().submission.vendor.uei


@pytest.mark.rule("R-SUB-06", case="refused")
def test_a_registration_that_ended_the_day_before_is_not_awarded(decision):
    contract = certified_contract(on=decision)
    registrations(at=AN_HOUR_LATER, until=A_DAY_TOO_OLD)

    with nothing_happens(), pytest.raises(RegistrationInactive) as refusal:
        awarded(contract, at=AN_HOUR_LATER)

    assert refusal.value.rule == "R-SUB-06"


@pytest.mark.rule("R-SUB-06", case="refused")
def test_who_was_not_registered_at_submission_is_not_awarded(decision):
    # Given an extract of the day of submission in which the registration has ended
    contract = certified_contract(on=decision)
    registrations(at=DEADLINE - timedelta(hours=1), until="2026-03-19")

    with (
        nothing_happens(),
        pytest.raises(RegistrationInactive, match="was not registered") as refusal,
    ):
        awarded(contract)

    assert refusal.value.rule == "R-SUB-06"


@pytest.mark.rule("R-SUB-06", case="allowed")
def test_a_coded_exception_lets_it_be_awarded_and_is_shown(decision, monkeypatch):
    # Given a vendor whose registration has ended
    contract = certified_contract(on=decision)
    registrations(at=AN_HOUR_LATER, until=A_DAY_TOO_OLD)
    monkeypatch.setattr("contracting.core.clock.now", lambda: AN_HOUR_LATER)
    officer = client_for(actor("contracting_officer"))
    page = f"{contract.path}/award_contract"
    assert "is not registered in the latest extract" in officer.get(page).text

    # When the officer records the exception that applies
    excused(contract)

    # Then the page shows it instead, and the award is signed with the status it had
    shown = officer.get(page).text
    assert "is not registered" not in shown
    assert WHY in shown
    assert awarded(contract, at=AN_HOUR_LATER).piid
    kept = RegistrationSnapshot.objects.get(
        submission=decision.selections.get().submission, occasion="AWARD"
    )
    assert kept.status == "INACTIVE"
