"""A claim is a sum certain; above the threshold it is certified (FAR 33.207)."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.core.triggers import number_below
from contracting.disputes.operations.submit_claim import submit_claim
from contracting.disputes.queries.cases import open_claims
from contracting.disputes.refusals import ClaimIncomplete, NotCertified
from contracting.disputes.states import CERTIFICATION_WORDS
from contracting.notices.models import Notice
from tests.builders_orders import ORDERED_AT, awarded_contract
from tests.cast import actor, nothing_happens
from tests.databases import as_owner
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

CLAIMED_AT = ORDERED_AT + timedelta(days=30)
world = once_per_file(awarded_contract)


@pytest.fixture
def contract(world):
    return Contract.objects.get(pk=world)


def claimed(contract, dollars="100000.00", *, by="vendor_a_signer", **terms):
    return submit_claim(
        contract_id=contract.pk,
        dollars=Decimal(dollars),
        **{"text": "The usage of March was ours.", "is_certified": False, **terms},
        by=actor(by),
        at=CLAIMED_AT,
    )


@pytest.mark.rule("R-PAY-07", case="allowed")
def test_up_to_the_threshold_no_certification_is_needed(contract):
    claim = claimed(contract)

    received_on = accounting_day(CLAIMED_AT, contract.time_zone)
    assert claim.decision_due_on == received_on + timedelta(days=60)
    assert claim.certification == ""
    assert list(open_claims(contract)) == [claim]
    officer = actor("contracting_officer").user_id
    assert Notice.objects.filter(
        recipient_user=officer, title__contains="submits a claim of $100,000.00"
    ).exists()


@pytest.mark.rule("R-PAY-07", case="refused")
def test_a_cent_more_is_certified_or_not_taken(contract):
    with nothing_happens(), pytest.raises(NotCertified):
        claimed(contract, "100000.01")

    claim = claimed(contract, "100000.01", is_certified=True)
    assert claim.certification == CERTIFICATION_WORDS


@pytest.mark.parametrize(
    "wrong",
    [{"dollars": "0"}, {"dollars": "1.005"}, {"text": " "}, {"case": "dsp_0"}],
    ids=["nothing", "no cents", "no basis", "no dispute"],
)
def test_a_claim_is_whole(contract, wrong):
    with nothing_happens(), pytest.raises(ClaimIncomplete):
        claimed(contract, **wrong)


@pytest.mark.parametrize(
    "outsider", ["vendor_a_member", "other_vendor_signer", "contracting_officer"]
)
def test_only_a_signer_of_the_vendor_claims(contract, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        claimed(contract, by=outsider)


def test_claims_are_numbered_below_their_contract(contract):
    first, second = claimed(contract), claimed(contract, "7.00")

    assert first.number == f"{contract.piid}-CLM1"
    assert second.number == f"{contract.piid}-CLM2"


def test_older_rows_are_numbered_in_their_order_and_stay_as_they_are(own_database):
    # Given claims as they were before they had numbers
    with as_owner(own_database.name) as session:
        for (name,) in session.execute(_REFERENCES).fetchall():
            session.execute(f'ALTER TABLE disputes_claim DROP CONSTRAINT "{name}"')
        for number in ("b", "a", "c"):
            session.execute(_OLD_CLAIM, [f"clm_{number}", number])

        # When the migration numbers them
        parents = "SELECT id, 'PIID-' || contract_id AS piid FROM disputes_claim"
        session.execute(str(number_below("disputes_claim", "CLM", parents).sql))

        # Then the oldest is the first, and no row can be changed
        found = session.execute("SELECT public_id, number FROM disputes_claim")
        assert sorted(found) == [
            ("clm_a", "PIID-7-CLM2"),
            ("clm_b", "PIID-7-CLM1"),
            ("clm_c", "PIID-7-CLM3"),
        ]
        with pytest.raises(psycopg.DatabaseError, match="only ever added|append"):
            session.execute("UPDATE disputes_claim SET number = 'another'")
        session.rollback()


_REFERENCES = """
SELECT conname FROM pg_constraint
WHERE conrelid = 'disputes_claim'::regclass AND contype = 'f'
"""
_OLD_CLAIM = """
INSERT INTO disputes_claim (public_id, number, dollars, text, certification,
  received_at, decision_due_on, contract_id, submitted_by_id)
VALUES (%s, %s, 5, 'Ours.', '', now(), now(), 7, 7)
"""
