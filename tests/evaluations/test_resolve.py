"""Deciding on a conflict of interest."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.operations.resolve import resolve_conflict
from contracting.evaluations.permissions import can_read_offers
from contracting.evaluations.queries import standing_of
from contracting.evaluations.refusals import ConflictUnexplained, NothingToResolve
from contracting.evaluations.states import NO_CONFLICT, Standing
from tests.cast import actor, client_for, membership, nothing_happens, submit
from tests.offers import after, opened_offers

pytestmark = pytest.mark.django_db


@pytest.fixture
def conflicted(contracting_officer, evaluator):
    solicitation = opened_offers()
    member = designate_panel_member(
        solicitation_id=solicitation.pk,
        membership_id=evaluator.own_membership_id,
        role="EVALUATOR",
        by=contracting_officer,
        at=after(solicitation),
    )
    declare_interest(
        solicitation_id=solicitation.pk,
        keeps_confidence=True,
        answers={**NO_CONFLICT, "FINANCIAL": True},
        explanation="I own ten shares.",
        by=evaluator,
        at=after(solicitation),
    )
    return member


def resolved(member, *, by, admit=True, reason="The shares are sold."):
    return resolve_conflict(
        panel_member_id=member.pk,
        is_admitted=admit,
        reason=reason,
        by=by,
        at=after(member.solicitation, hours=3),
    )


@pytest.mark.rule("R-ROL-06", case="allowed")
def test_who_is_admitted_reads_the_offers(conflicted, contracting_officer, evaluator):
    resolved(conflicted, by=contracting_officer)

    assert can_read_offers(evaluator, conflicted.solicitation)


def test_who_is_excluded_never_does(conflicted, contracting_officer, evaluator):
    # When the officer excludes, on the page that the notice names
    panel = f"/solicitations/{conflicted.solicitation.public_id}/panel"
    page = f"{panel}/resolve/{membership(evaluator).public_id}"
    browser = client_for(contracting_officer)
    assert "I own ten shares." in browser.get(page).content.decode()
    reply = submit(browser, page, {"outcome": "exclude", "reason": "Too close."})

    # Then it stands, and nothing is decided twice
    assert reply.url == panel
    assert "Excluded for a conflict" in browser.get(panel).content.decode()
    assert standing_of(conflicted) == Standing.EXCLUDED
    assert not can_read_offers(evaluator, conflicted.solicitation)
    with nothing_happens(), pytest.raises(NothingToResolve):
        resolved(conflicted, by=contracting_officer)


@pytest.mark.rule("R-ROL-06", case="refused")
def test_a_decision_has_a_reason(conflicted, contracting_officer):
    with nothing_happens(), pytest.raises(ConflictUnexplained) as refusal:
        resolved(conflicted, by=contracting_officer, reason="")

    assert refusal.value.rule == "R-ROL-06"


def test_nobody_else_decides(conflicted):
    for part in ("evaluator", "contract_specialist", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            resolved(conflicted, by=actor(part))
