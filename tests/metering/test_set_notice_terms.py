"""A contract sets at which shares of the funds people are told (R-FND-07)."""

from datetime import timedelta

import pytest

from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.metering.operations.set_notice_terms import set_notice_terms
from contracting.metering.queries.funds_notices import notice_terms_of
from contracting.metering.refusals import BadNoticeTerms
from tests.builders_metering import DELIVERED_AT
from tests.cast import actor, nothing_happens

PERCENT = "percent of the funds"
TOLD = (
    "program_manager",
    "cor",
    "contracting_officer",
    "second_contracting_officer",
    "vendor_a_signer",
    "vendor_a_member",
    "vendor_a_administrator",
)


@pytest.mark.rule("R-FND-07", case="allowed")
def test_the_contract_sets_the_shares(funded, burn, contracting_officer):
    # Given a contract signed with notice at three quarters
    set_notice_terms(
        contract_id=funded.contract_id,
        percents=[60, 75, 100],
        clause="252.232-7007",
        reason="Incremental funding",
        by=contracting_officer,
        at=DELIVERED_AT,
    )

    # Then these shares are told, and the clause gives the figures of the forecast
    assert burn(23.9) == []
    assert burn(0.2) == [60]
    assert burn(20) == [60, 75, 100]
    terms = notice_terms_of(funded.contract, DELIVERED_AT)
    assert (terms.forecast_percent, terms.forecast_days) == (85, 90)


def test_the_share_that_was_signed_is_always_told(funded, burn):
    Contract.objects.filter(pk=funded.contract_id).update(notice_percent=60)

    assert burn(24) == [50, 60]


def test_terms_hold_from_when_they_are_set(funded, contracting_officer):
    before = notice_terms_of(funded.contract, DELIVERED_AT)
    later = DELIVERED_AT + timedelta(hours=1)
    set_notice_terms(
        contract_id=funded.contract_id,
        percents=[75, 95, 100],
        clause="OWN",
        forecast_percent=80,
        forecast_days=45,
        reason="Own figures",
        by=contracting_officer,
        at=later,
    )

    assert notice_terms_of(funded.contract, DELIVERED_AT) == before
    assert before.percents == (50, 75, 85, 90, 100)
    assert (before.forecast_percent, before.forecast_days) == (75, 60)
    terms = notice_terms_of(funded.contract, later)
    assert terms.percents == (75, 95, 100)
    assert (terms.forecast_percent, terms.forecast_days) == (80, 45)


REFUSED = {
    "the signed share left out": {"percents": [50, 100]},
    "the end left out": {"percents": [75]},
    "more than all": {"percents": [75, 100, 101]},
    "nothing": {"percents": [0, 75, 100]},
    "too early": {"forecast_percent": 74},
    "too late": {"forecast_percent": 86},
    "too short": {"forecast_days": 29},
    "too long": {"forecast_days": 91},
    "no figures": {"forecast_days": None},
    "no reason": {"reason": " "},
}


@pytest.mark.rule("R-FND-07", case="refused")
@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_terms_that_tell_nobody_in_time_are_refused(funded, contracting_officer, wrong):
    asked = {
        "percents": [75, 100],
        "clause": "OWN",
        "forecast_percent": 75,
        "forecast_days": 60,
        "reason": "So agreed",
    }

    with nothing_happens(), pytest.raises(BadNoticeTerms) as refusal:
        set_notice_terms(
            contract_id=funded.contract_id,
            **{**asked, **wrong},
            by=contracting_officer,
            at=DELIVERED_AT,
        )

    assert refusal.value.rule == "R-FND-07"


@pytest.mark.parametrize(
    "part_name", ["cor", "vendor_a_signer", "other_agency_officer"]
)
def test_only_a_contracting_officer_sets_the_shares(funded, part_name):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        set_notice_terms(
            contract_id=funded.contract_id,
            percents=[75, 100],
            clause="52.232-22",
            reason="So agreed",
            by=actor(part_name),
            at=DELIVERED_AT,
        )

    assert refusal.value.rule == "R-FND-07"
