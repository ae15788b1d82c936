"""A legal hold is released once, for a reason; other holds stand."""

from io import StringIO

import pytest
from django.core.management import call_command

from contracting.closeout.operations.release_hold import release_legal_hold
from contracting.closeout.queries.retention import disposable
from contracting.closeout.refusals import HoldIncomplete, HoldReleased
from contracting.core import clock
from contracting.core.errors import NotAllowed
from tests.builders_settlement import CONTRACT_ENDED_AT
from tests.cast import actor, days, nothing_happens
from tests.closeout.test_place import ended_contract, held, over


def released(hold, by="administrator", reason="The case was settled."):
    return release_legal_hold(
        hold_id=hold.pk, reason=reason, by=actor(by), at=CONTRACT_ENDED_AT + days(30)
    )


def test_the_file_is_listed_once_nothing_holds_it(closed, monkeypatch):
    contract = ended_contract(closed.contract)
    first, second = held(contract), held(contract, matter="Audit 4")
    for part in ("cor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            released(first, by=part)
    with nothing_happens(), pytest.raises(HoldIncomplete):
        released(first, reason=" ")

    released(first)
    assert disposable(over(contract)) == []
    with nothing_happens(), pytest.raises(HoldReleased):
        released(first)
    released(second)

    # Then the list names it, and nothing is deleted
    later = CONTRACT_ENDED_AT + days(366 * 6)
    monkeypatch.setattr(clock, "now", lambda: later)
    listed = StringIO()
    with nothing_happens():
        call_command("list_disposals", stdout=listed)
    assert f"{contract.piid}  {contract.agency.name}" in listed.getvalue()
    assert "1 files may be disposed of" in listed.getvalue()
