"""The invariants of disputes hold, and would notice if they did not."""

import pytest

from contracting.disputes.invariants import INVARIANTS
from contracting.disputes.models import (
    CaseWithdrawal,
    Claim,
    ClaimDecision,
    EvidenceBundle,
    JointRecount,
    SampledCall,
    ServiceCredit,
    ServiceCreditDecision,
    ServiceLevel,
)
from tests.builders_disputes import ANSWERED_AT
from tests.builders_service import FIRST_DAY, level
from tests.cast import actor
from tests.disputes.test_freeze import frozen
from tests.disputes.test_join_recount import joined
from tests.disputes.test_start_recount import started
from tests.disputes.test_submit_claim import claimed

pytestmark = pytest.mark.django_db


def broken():
    return {each.code for each in INVARIANTS if each.exceptions()}


def test_they_hold_of_a_dispute_with_everything(case, finding):
    frozen(case)
    joined(started(case, finding))
    claimed(case.order.contract)

    assert broken() == set()


def test_an_ended_dispute_with_an_open_difference_is_noticed(case):
    CaseWithdrawal.objects.create(
        case=case,
        text="As nobody can through a verb.",
        withdrawn_by_id=actor("vendor_a_signer").own_membership_id,
        withdrawn_at=ANSWERED_AT,
    )
    assert broken() == {"DIS-1"}


def test_evidence_of_another_hash_is_noticed(case):
    bundle: EvidenceBundle = frozen(case)
    bundle.pk, bundle.public_id, bundle.sha256 = None, "", "0" * 64
    bundle.save(force_insert=True)

    assert broken() == {"DIS-2"}


def test_another_seed_or_sample_is_noticed(case, finding):
    recount: JointRecount = started(case, finding)
    joined(recount)
    SampledCall.objects.create(
        recount=recount,
        position=3,
        request_id="r-3",
        attempt=1,
        metered_tokens=0,
        reported_tokens=0,
    )
    assert broken() == {"DIS-3"}


def test_a_claim_beyond_its_rules_is_noticed(case):
    claim: Claim = claimed(case.order.contract)
    ClaimDecision.objects.create(
        claim=claim,
        allowed_dollars=claim.dollars + 1,
        text="As nobody can through a verb.",
        decided_by_id=actor("contracting_officer").own_membership_id,
        decided_at=ANSWERED_AT,
    )
    claim.pk, claim.public_id, claim.dollars = None, "", claim.dollars + 1
    claim.number += "1"
    claim.save(force_insert=True)

    assert broken() == {"DIS-5", "DIS-6"}


def test_a_confirmed_credit_that_is_not_due_is_noticed(case):
    stated: ServiceLevel = level(case.order.contract)
    credit = ServiceCredit.objects.create(
        level=stated,
        order=case.order,
        measure=stated.measure,
        month=FIRST_DAY,
        measured=95,
        calls=20,
        base_dollars=1,
        percent=5,
        dollars="0.05",
        proposed_by="nobody",
        proposed_at=ANSWERED_AT,
    )
    assert broken() == set()
    ServiceCreditDecision.objects.create(
        credit=credit,
        is_confirmed=True,
        reason="As nobody can through a verb.",
        decided_by_id=actor("contracting_officer").own_membership_id,
        decided_at=ANSWERED_AT,
    )
    assert broken() == {"DIS-7"}
