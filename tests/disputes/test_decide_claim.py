"""The final decision on a claim, with the vendor's rights of appeal (FAR 33.211)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.audit.models import AuditEvent
from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.disputes.models import Claim
from contracting.disputes.operations.decide_claim import decide_claim
from contracting.disputes.queries.cases import interest_of, open_claims
from contracting.disputes.refusals import DecisionIncomplete
from contracting.documents.queries import documents_of
from contracting.reference.refusals import NoThreshold
from tests.builders_orders import awarded_contract
from tests.cast import actor, nothing_happens
from tests.disputes.test_submit_claim import CLAIMED_AT, claimed
from tests.documents.papers import squeezed, words_on
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(awarded_contract)
IN_TIME = CLAIMED_AT + timedelta(days=60)


@pytest.fixture
def claim(world):
    return claimed(Contract.objects.get(pk=world), "5000.00")


def settled(claim, *, by="contracting_officer", at=IN_TIME, **terms):
    return decide_claim(
        claim_id=claim.pk,
        **{"allowed": Decimal("1200.50"), "text": "Half of it is shown.", **terms},
        by=actor(by),
        at=at,
    )


def test_a_part_is_allowed_and_the_letter_has_the_rights_of_appeal(claim):
    settled(claim)

    assert not open_claims(claim.contract).exists()
    paper = documents_of(claim.subject).get()
    said = {each["heading"]: each["text"] for each in paper.context["sections"]}
    assert "within 90 days" in said["Rights of appeal"]
    assert list(said) == [
        "Description of the claim",
        "Contract terms",
        "Where the parties agree and differ",
        "Decision and reasons",
        "Rights of appeal",
    ]
    assert paper.kind == "dispute_decision"
    words = words_on(paper)
    assert squeezed("Final Decision of the Contracting Officer") in words
    assert (
        squeezed("Claimed $5,000.00 Allowed $1,200.50 Not allowed $3,799.50") in words
    )
    assert ["Allowed", "1200.5"] in [
        [fact["label"], fact["value"]] for fact in paper.context["facts"]
    ]
    event = AuditEvent.objects.get(event="disputes.claim.decided")
    assert '"is_late":false' in event.payload
    with nothing_happens(), pytest.raises(NotAllowed):
        settled(Claim.objects.get(pk=claim.pk))


def test_interest_runs_on_what_is_allowed_from_the_receipt(claim):
    settled(claim)
    claim = Claim.objects.get(pk=claim.pk)
    received = accounting_day(claim.received_at, claim.contract.time_zone)

    # 30 days at 4.125 percent of $1,200.50
    earned = interest_of(claim, received + timedelta(days=30))
    assert earned == Dollars("4.07")
    assert interest_of(claim, received) == Dollars()
    # And where the rate of a half-year is not loaded nothing is guessed
    with pytest.raises(NoThreshold):
        interest_of(claim, received.replace(month=12))


def test_a_day_later_it_is_taken_and_marked(claim):
    settled(claim, at=IN_TIME + timedelta(days=1))

    event = AuditEvent.objects.get(event="disputes.claim.decided")
    assert '"is_late":true' in event.payload


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"allowed": Decimal("5000.01")},
        {"allowed": Decimal("-0.01")},
        {"allowed": Decimal("1.005")},
    ],
)
def test_a_decision_is_whole(claim, wrong):
    with nothing_happens(), pytest.raises(DecisionIncomplete):
        settled(claim, **wrong)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_decides(claim, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        settled(claim, by=outsider)
