"""The officer settles a dispute, with a letter that tells the vendor why."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.disputes.operations.decide import decide_dispute
from contracting.disputes.refusals import DecisionIncomplete
from contracting.disputes.states import CaseState
from contracting.documents.models import Document
from contracting.documents.queries import documents_of
from contracting.reconciliation.models import Finding
from tests.builders_disputes import DECIDED_AT, decided
from tests.cast import actor, nothing_happens
from tests.documents.papers import readers_of, squeezed, words_on

READERS = (
    "cor",
    "auditor",
    "vendor_a_signer",
    "vendor_b_signer",
    "other_agency_officer",
)
pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-REC-04", case="allowed")
def test_every_difference_closes_by_its_code_and_a_letter_goes_out(case, finding):
    settled = decided(case)

    assert settled.state == CaseState.DECIDED
    resolution = Finding.objects.get(pk=finding.pk).resolution
    assert resolution.code == "credit"
    assert resolution.reason == settled.decision.text
    assert Dollars(settled.decision.payable_dollars) == Dollars()
    paper: Document = documents_of(case.subject).get()
    assert paper.kind == "dispute_decision"
    assert paper.vendor_id == case.order.contract.vendor_id
    (row,) = paper.context["tables"][0]["rows"]
    assert (row["tokens"], row["amount"]) == (270_001, "0.660008")
    said = {each["heading"]: each["text"] for each in paper.context["sections"]}
    assert "submit a claim" in said["If you do not agree"]
    assert said["Decision and reasons"] == settled.decision.text
    words = words_on(paper)
    assert squeezed(f"Decision on the dispute of {case.order.piid}") in words
    assert squeezed("Becomes payable by this decision $0.00") in words
    assert readers_of(paper, *READERS) == set(READERS[:3])


@pytest.mark.rule("R-REC-04", case="refused")
@pytest.mark.parametrize("wrong", ["reason", "missing", "strange"])
def test_a_decision_settles_exactly_what_is_open(case, finding, wrong):
    codes = {finding.public_id: "credit"}
    if wrong == "missing":
        codes = {}
    if wrong == "strange":
        codes["fnd_00000000000000000000000000"] = "credit"
    with nothing_happens(), pytest.raises(DecisionIncomplete):
        decide_dispute(
            case_id=case.pk,
            codes=codes,
            text=" " if wrong == "reason" else "One call.",
            by=actor("contracting_officer"),
            at=DECIDED_AT,
        )


def test_what_is_decided_stays_so(case):
    decided(case)
    with nothing_happens(), pytest.raises(NotAllowed):
        decided(case)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_decides(case, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        decided(case, by=outsider)
