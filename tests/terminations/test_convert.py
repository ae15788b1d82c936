"""A termination for cause is found to be none, and counts as one for convenience."""

import re
from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.operate.queries import broken_invariants
from contracting.terminations.models import Letter
from contracting.terminations.operations.convert import convert_termination
from contracting.terminations.refusals import SettlementRefused, WordsMissing
from tests.builders_orders import issued_order
from tests.builders_settlement import balances, used_order
from tests.cast import actor, client_for, days, nothing_happens
from tests.terminations.test_decide import decided
from tests.terminations.test_draft import drafted
from tests.terminations.test_issue_cure import CURE_AT, cured
from tests.terminations.test_propose import proposed
from tests.terminations.test_sign import signed

pytestmark = pytest.mark.django_db

ENDED_FOR_CAUSE_AT = CURE_AT + days(11)
CONVERTED_AT = ENDED_FOR_CAUSE_AT + days(20)


def for_cause(order):
    """A termination for cause, signed after the days of the cure notice."""
    cured(order)
    draft = drafted(order, at=ENDED_FOR_CAUSE_AT, ground="CAUSE")
    return signed(draft, at=ENDED_FOR_CAUSE_AT)


def converted(termination, by="contracting_officer", at=CONVERTED_AT, **other):
    words = {
        "basis": "CBCA 8123, 4 June 2026",
        "text": "The delay was excusable.",
        **other,
    }
    return convert_termination(
        termination_id=termination.pk, **words, by=actor(by), at=at
    )


def test_the_vendor_proposes_anew_and_is_granted_what_convenience_grants():
    # Given a termination for cause, after which nothing may be asked for
    order = used_order()
    termination = for_cause(order)
    with nothing_happens(), pytest.raises(SettlementRefused):
        proposed(termination, at=CONVERTED_AT)
    proposed(termination, "0", at=CONVERTED_AT - timedelta(hours=1))

    # When it is found not to have been for cause
    conversion = converted(termination)

    # Then the vendor is told, has a year, and what it proposed before does not stand
    termination.refresh_from_db()
    assert termination.proposal_due == CONVERTED_AT.date() + days(365)
    assert conversion.notice.kind == "CONVERSION"
    assert (termination.ground, termination.is_for_cause) == ("CAUSE", False)
    later = CONVERTED_AT + timedelta(hours=1)
    with nothing_happens(), pytest.raises(SettlementRefused):
        decided(termination, "0", at=later)
    proposed(termination, "5.00", at=later)
    decided(termination, "3.00", at=later)
    (balance,) = balances(order)
    assert balance.obligated_dollars == Dollars("12.93").amount
    assert broken_invariants() == {}
    # And it is converted once, and not after it is settled
    with nothing_happens(), pytest.raises(NotAllowed):
        converted(termination)


def test_only_cause_is_converted_by_a_warrant_with_reasons():
    for_convenience = signed(drafted(issued_order()))
    with nothing_happens(), pytest.raises(NotAllowed):
        converted(for_convenience)


@pytest.mark.rule("R-ROL-01", case="refused")
def test_nobody_else_converts_it_and_never_without_words():
    termination = for_cause(issued_order())
    for part in ("contract_specialist", "cor", "vendor_a_signer", "auditor"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            converted(termination, by=part)
        assert refusal.value.rule == "R-ROL-01"
    for name in ("basis", "text"):
        with nothing_happens(), pytest.raises(WordsMissing):
            converted(termination, **{name: " "})


def test_the_page_leads_there_and_the_list_of_duties_waits_for_no_answer(settings):
    termination = for_cause(issued_order())
    office = client_for(actor("contracting_officer"))
    page = office.get(termination.path).content.decode()
    assert "Convert into one for convenience" in page
    assert "counts as one for convenience" in re.sub(
        r"\s+", " ", office.get(f"{termination.path}/convert_termination").text
    )
    converted(termination)
    page = office.get(termination.path).content.decode()
    assert "CBCA 8123" in page
    assert "Convert into one for convenience" not in page
    # A notice of termination or conversion is read, never answered
    assert Letter.objects.filter(kind__in=["TERMINATION", "CONVERSION"]).count() == 2
    duties = office.get(f"{termination.contract.path}/administration").text
    assert "Notice of conversion on" in duties
    for kind in ("termination", "conversion"):
        assert f"Notice of {kind} on {termination.about}: answer" not in duties
