"""A legal hold keeps the file, whatever its years say."""

import pytest

from contracting.closeout.operations.place import place_legal_hold
from contracting.closeout.operations.release_minimum import release_minimum
from contracting.closeout.queries import minimum_owed
from contracting.closeout.queries.retention import disposable, retention_of
from contracting.closeout.refusals import HoldIncomplete
from contracting.core.errors import NotAllowed
from tests.builders_settlement import CONTRACT_ENDED_AT, PAID_AT, closed_contract
from tests.cast import actor, client_for, days, nothing_happens, submit


def held(contract, by="administrator", matter="Case 26-17", at=CONTRACT_ENDED_AT):
    return place_legal_hold(
        contract_id=contract.pk,
        matter=matter,
        reason="Every invoice and count.",
        by=actor(by),
        at=at,
    )


def over(contract):
    """The first day on which its years are over."""
    until = retention_of(contract, CONTRACT_ENDED_AT.date()).keep_until
    assert until is not None
    return until + days(1)


def ended_contract(contract):
    """Closed out, after its vendor gave up what the minimum left unpaid."""
    release_minimum(
        contract_id=contract.pk,
        given_up=minimum_owed(contract),
        statement="Nothing more is claimed.",
        by=actor("vendor_a_signer"),
        at=CONTRACT_ENDED_AT,
    )
    return closed_contract(contract).contract


@pytest.fixture
def ended(closed):
    """A contract that is closed out; its final payment was on 28 May 2026."""
    return ended_contract(closed.contract)


@pytest.mark.rule("R-AUD-02", case="allowed")
def test_a_file_is_kept_six_years_after_final_payment(ended):
    kept = retention_of(ended, CONTRACT_ENDED_AT.date())

    assert kept.final_payment == PAID_AT.date()
    assert kept.keep_until == PAID_AT.date().replace(year=2032)
    assert disposable(kept.keep_until) == []
    assert [each.contract for each in disposable(over(ended))] == [ended]


@pytest.mark.rule("R-AUD-02", case="refused", held_by="arithmetic")
def test_a_legal_hold_stops_its_disposal(ended):
    held(ended)

    assert disposable(over(ended)) == []


@pytest.mark.rule("R-AUD-02", case="refused")
def test_only_who_keeps_the_records_holds_them(completed):
    contract = completed.contract
    for part in ("cor", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            held(contract, by=part)
        assert refusal.value.rule == "R-AUD-02"
    with nothing_happens(), pytest.raises(HoldIncomplete):
        held(contract, matter=" ")
    assert retention_of(contract, CONTRACT_ENDED_AT.date()).keep_until is None


def test_it_is_placed_and_released_in_the_browser(ended, told_the_time):
    told_the_time(CONTRACT_ENDED_AT)
    keeper, page = client_for(actor("contracting_officer")), f"{ended.path}/retention"

    def words():
        return " ".join(keeper.get(page).content.decode().split())

    assert "The file is kept until" in words()
    assert "2032" in words()
    sent = submit(
        keeper,
        f"{ended.path}/place_legal_hold",
        {"matter": "Case 26-17", "reason": "Everything."},
    )
    assert sent.status_code == 303
    assert "under legal hold for 1 matter:" in words()
    hold = ended.legal_holds.get()
    release = f"/legal_holds/{hold.public_id}/release_legal_hold"
    for part in ("vendor_a_signer", "other_agency_officer"):
        for path in (page, release):
            assert client_for(actor(part)).get(path).status_code == 404
    assert submit(keeper, release, {"reason": "Settled."}).status_code == 303
    assert "Settled." in words()
