"""A small business found not responsible is awarded only with its certificate."""

import pytest

from contracting.evaluations.refusals import FoundNonresponsible
from tests.builders_orders import AWARDED_AT, certified_contract
from tests.cast import actor, client_for, nothing_happens
from tests.contracts.test_award import awarded
from tests.evaluations.competency import found, recorded, referred


@pytest.mark.rule("R-EVL-09", case="refused")
@pytest.mark.rule("R-EVL-09", case="allowed")
def test_the_award_is_withheld_until_the_certificate_is_issued(decision, monkeypatch):
    # Given a draft award to a small business that is found not responsible
    contract = certified_contract(on=decision)
    offer = decision.selections.get().submission
    found(offer)
    referred(offer)
    with nothing_happens(), pytest.raises(FoundNonresponsible) as refusal:
        awarded(contract)
    assert refusal.value.rule == "R-EVL-09"
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT)
    officer = client_for(actor("contracting_officer"))
    assert "withheld" in officer.get(f"{contract.path}/award_contract").text

    # When the certificate of competency is recorded
    recorded(offer, is_issued=True)

    # Then it is awarded
    assert awarded(contract).piid
