"""Noting a dissent from the consensus."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.evaluations.operations.note import note_dissent
from contracting.evaluations.queries import consensus_of, dissents_from, rated_factors
from contracting.evaluations.refusals import (
    AlreadyDecided,
    ConsensusMissing,
    NarrativeMissing,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import after, agreed_offers, decided_solicitation, locked_ratings

pytestmark = pytest.mark.django_db


def noted(solicitation, *, by, text="The support plan is no plan."):
    return note_dissent(
        submission_id=solicitation.submissions.order_by("pk")[0].pk,
        factor_id=rated_factors(solicitation)[0].pk,
        text=text,
        by=by,
        at=after(solicitation, hours=6),
    )


def test_a_dissent_stands_beside_the_consensus_and_on_the_decision(
    second_evaluator, contracting_officer, monkeypatch
):
    # Given a consensus with which one evaluator does not go along
    solicitation = agreed_offers()
    at = after(solicitation, hours=6)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    submission = solicitation.submissions.order_by("pk")[0]
    factor = rated_factors(solicitation)[0]
    page = f"/offers/{submission.public_id}/dissent/{factor.public_id}"

    # When they say so
    reply = submit(client_for(second_evaluator), page, {"text": "It is no plan."})

    # Then it is read with the consensus, in the matrix and on the paper
    assert reply.status_code == 303
    assert "Dissent of Jon Evaluator" in (
        client_for(second_evaluator).get(reply.url).content.decode()
    )
    offers = f"/solicitations/{solicitation.public_id}/offers"
    assert (
        "It is no plan." in client_for(contracting_officer).get(offers).content.decode()
    )
    assert len(dissents_from(consensus_of(submission, factor))) == 1
    decided_solicitation(on=solicitation)
    sections = Document.objects.get(kind="decision").context["sections"]
    assert any("It is no plan." in each.get("text", "") for each in sections)


def test_there_is_nothing_to_dissent_from_before_a_consensus(evaluator):
    solicitation = locked_ratings()

    with nothing_happens(), pytest.raises(ConsensusMissing):
        noted(solicitation, by=evaluator)


def test_a_dissent_has_words_and_comes_before_the_decision(evaluator):
    solicitation = agreed_offers()

    with nothing_happens(), pytest.raises(NarrativeMissing):
        noted(solicitation, by=evaluator, text="-")
    decided_solicitation(on=solicitation)
    with nothing_happens(), pytest.raises(AlreadyDecided):
        noted(solicitation, by=evaluator)


def test_nobody_else_dissents():
    solicitation = agreed_offers()

    for part in (
        "source_selection_authority",
        "contracting_officer",
        "vendor_a_signer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            noted(solicitation, by=actor(part))
