"""An officer holds a lower price back, and says why."""

from datetime import timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.modifications.models import RatchetFinding
from contracting.modifications.operations.hold_ratchet import hold_ratchet_finding
from contracting.modifications.operations.open_ratchet_findings import (
    open_ratchet_findings,
)
from contracting.modifications.refusals import ReasonMissing
from contracting.modifications.states import RatchetState
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, client_for, nothing_happens, submit
from tests.overridden import name_of, overridden

LATER = MODIFIED_AT + timedelta(days=1)


@pytest.fixture
def finding(fallen):
    """The one fall of the list of May."""
    (found,) = open_ratchet_findings(by=SYSTEM, at=LATER)
    return found


def holds(finding, by="contracting_officer", reason="The list had an error."):
    return hold_ratchet_finding(
        finding_id=finding.pk, reason=reason, by=actor(by), at=LATER
    )


@pytest.mark.rule("R-MOD-09", case="refused")
def test_a_lower_price_is_held_only_for_a_reason(finding):
    with nothing_happens(), pytest.raises(ReasonMissing) as refusal:
        holds(finding, reason=" ")

    assert refusal.value.rule == "R-MOD-09"


def test_an_outsider_holds_nothing(finding, vendor_a_signer):
    for outsider in ("contract_specialist", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            holds(finding, by=outsider)
    assert client_for(vendor_a_signer).get(finding.path).status_code == 404


@pytest.mark.usefixtures("now")
@pytest.mark.rule("R-MOD-09", case="allowed")
def test_an_officer_holds_it_on_its_page(finding, contracting_officer):
    office = client_for(contracting_officer)
    page = office.get(finding.path).content.decode()
    assert "$1.80 per million tokens" in page
    for other in ("/confirm_ratchet_finding", "/hold_ratchet_finding"):
        assert office.get(finding.path + other).status_code == 200

    done = submit(
        office, f"{finding.path}/hold_ratchet_finding", {"reason": "A list error."}
    )

    assert done.status_code == 303, done.content.decode()
    assert RatchetFinding.objects.get().state == RatchetState.HELD
    assert "R-MOD-09</strong> was overridden" in office.get(finding.path).text
    assert overridden("R-MOD-09", finding.subject) == (
        *(name_of("contracting_officer"), "HELD", "A list error."),
    )
