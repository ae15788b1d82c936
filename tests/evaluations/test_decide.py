"""Deciding the selection."""

import pytest
from django.db import IntegrityError, connection, transaction

from contracting.core.errors import NotAllowed, Stale
from contracting.documents.models import Document
from contracting.evaluations.models import SelectedOffer
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.paperwork.decisions import exchanged
from contracting.evaluations.queries import decision_of, latest_analysis, unsuccessful
from contracting.evaluations.refusals import (
    AlreadyDecided,
    ConsensusMissing,
    NotOpened,
    RationaleNotOwn,
    ReasonablenessMissing,
    SelectionUnfit,
)
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.evaluations.exchanges import opened_revisions
from tests.offers import (
    after,
    agreed_offers,
    analysed_prices,
    compared_offers,
    decided_for_several,
    decided_solicitation,
    declared_panel,
    rated_offers,
)

pytestmark = pytest.mark.django_db
OWN = "The ratings are equal. The lower price decides."

PARTS = [
    "Authority",
    "Requirement",
    "Evaluation factors and their relative importance",
    "Offers",
    "Ratings by factor",
    "Prices",
    "Price reasonableness",
    "Normalised prices",
    "Unbalanced prices",
    "Competitive range and discussions",
    "Comparative assessment and trade-off (FAR 15.308)",
    "Decision",
]
"""What the paper says of a selection without discussions, in order."""


def decided(solicitation, *, by, rationale=OWN, selected=None, seen=None):
    analysis = latest_analysis(solicitation)
    chosen = selected or solicitation.submissions.order_by("pk").first()
    return decide_selection(
        solicitation_id=solicitation.pk,
        selected={chosen.pk if chosen else 0: ""},
        rationale=rationale,
        seen_analysis_id=seen or (analysis.pk if analysis else 0),
        by=by,
        at=after(solicitation, hours=7),
    )


@pytest.mark.rule("R-EVL-06", case="allowed")
@pytest.mark.rule("R-EVL-07", case="allowed")
def test_the_authority_decides_in_its_own_words(source_selection_authority):
    # Given ratings and prices that are complete
    solicitation = analysed_prices().solicitation

    # When the authority selects an offer
    decision = decided(solicitation, by=source_selection_authority)

    # Then it is on paper with ratings, prices and rationale, and the others are known
    assert decision_of(solicitation) == decision
    paper = Document.objects.get(kind="decision")
    assert paper.vendor_id is None
    assert not paper.is_public
    sections = paper.context["sections"]
    assert [each["heading"] for each in sections] == PARTS
    assert sections[-2]["text"] == OWN
    assert "I select Meridian Models" in sections[-1]["text"]
    assert {row["offeror"] for row in paper.context["offers"]} == {
        "Meridian Models",
        "Larkspur AI",
    }
    others = [submission.vendor.name for submission in unsuccessful(solicitation)]
    assert others == ["Larkspur AI"]


@pytest.mark.rule("R-EVL-06", case="refused")
@pytest.mark.parametrize(
    "rationale",
    [
        "  ",
        "Both of us find the boundary met and the support plan thin.",
        "both of us find the boundary met, and the support plan thin!\n"
        "Two offers compete and both stand below public list.",
        "Both of us find the boundary met and the support plan thin, two offers "
        "compete and both stand below public list",
        "...",
        "-",
        "1. 2. 3.",
        "ok ok ok ok",
    ],
    ids=[
        "empty",
        "the panel's",
        "the panel's and the analyst's, in other type",
        "two sentences of theirs with a comma between",
        "dots",
        "a dash",
        "digits",
        "one word",
    ],
)
def test_a_rationale_that_is_empty_or_copied_is_refused(
    source_selection_authority, rationale
):
    solicitation = analysed_prices().solicitation

    with nothing_happens(), pytest.raises(RationaleNotOwn) as refusal:
        decided(solicitation, by=source_selection_authority, rationale=rationale)

    assert refusal.value.rule == "R-EVL-06"
    assert refusal.value.status == 422


def test_quoting_the_panel_beside_own_words_is_allowed(source_selection_authority):
    solicitation = analysed_prices().solicitation
    quoted = "Both of us find the boundary met and the support plan thin. So do I."

    assert decided(solicitation, by=source_selection_authority, rationale=quoted)


@pytest.mark.rule("R-EVL-07", case="refused")
def test_an_offer_whose_price_is_not_found_reasonable_is_not_selected(
    source_selection_authority,
):
    # Given an analysis that finds only one offer reasonable
    solicitation = analysed_prices().solicitation
    first, second = solicitation.submissions.order_by("pk")
    from contracting.evaluations.operations.analyse import analyse_price

    analyse_price(
        solicitation_id=solicitation.pk,
        conclusion="The second is too dear.",
        reasonable_submission_ids=[first.pk],
        by=actor("contracting_officer"),
        at=after(solicitation, hours=6),
    )

    # When the other one is to be selected, it is refused
    with nothing_happens(), pytest.raises(ReasonablenessMissing) as refusal:
        decided(solicitation, by=source_selection_authority, selected=second)

    assert refusal.value.rule == "R-EVL-07"


@pytest.mark.rule("R-EVL-07", case="refused")
def test_without_a_price_analysis_nothing_is_selected(source_selection_authority):
    solicitation = agreed_offers()

    with nothing_happens(), pytest.raises(ReasonablenessMissing) as refusal:
        decided(solicitation, by=source_selection_authority)

    assert refusal.value.rule == "R-EVL-07"


def test_without_a_consensus_nothing_is_selected(source_selection_authority):
    solicitation = rated_offers()

    with nothing_happens(), pytest.raises(ConsensusMissing):
        decided(solicitation, by=source_selection_authority)


def test_a_decision_names_the_analysis_that_was_read(source_selection_authority):
    solicitation = analysed_prices().solicitation
    seen = solicitation.price_analyses.get().pk
    analysed_prices(on=solicitation)

    with nothing_happens(), pytest.raises(Stale):
        decided(solicitation, by=source_selection_authority, seen=seen)


def test_a_selection_is_decided_once(source_selection_authority):
    solicitation = decided_solicitation().solicitation

    with nothing_happens(), pytest.raises(AlreadyDecided):
        decided(solicitation, by=source_selection_authority)


def test_nothing_is_decided_while_the_offers_are_sealed(source_selection_authority):
    solicitation = declared_panel(on=released_solicitation())

    with nothing_happens(), pytest.raises(NotOpened):
        decided(solicitation, by=source_selection_authority)


# Several offers ----------------------------------------------------------------------


def test_several_are_selected_each_for_a_reason():
    # Given three offers on a solicitation that intends up to two awards
    decision = decided_for_several()

    # Then two are selected, on paper with the reason of each, and one is unsuccessful
    assert decision.named == "Meridian Models and Larkspur AI"
    paper = Document.objects.get(kind="decision")
    sections = paper.context["sections"]
    texts = {each["heading"]: each.get("text") for each in sections}
    assert (
        texts["Why Larkspur AI is selected"]
        == decision.selections.get(position=2).reason
    )
    others = [each.vendor.name for each in unsuccessful(decision.solicitation)]
    assert others == ["Outsider Compute"]


COPIED = "Both of us find the boundary met and the support plan thin."


@pytest.mark.parametrize(
    ("awards", "reasons", "refused_as"),
    [
        (1, [OWN, OWN], SelectionUnfit),
        (2, [OWN, OWN, OWN], SelectionUnfit),
        (2, [], SelectionUnfit),
        (2, [OWN, " "], SelectionUnfit),
        (2, [OWN, COPIED], RationaleNotOwn),
    ],
    ids=["one is intended", "two are", "none", "without a reason", "the panel's words"],
)
def test_no_more_are_selected_than_are_intended_and_each_for_a_reason(
    source_selection_authority, awards, reasons, refused_as
):
    analysis = compared_offers(awards=awards)
    solicitation = analysis.solicitation
    offers = solicitation.submissions.order_by("pk")

    with nothing_happens(), pytest.raises(refused_as):
        decide_selection(
            solicitation_id=solicitation.pk,
            selected={
                offer.pk: words for offer, words in zip(offers, reasons, strict=False)
            },
            rationale=OWN,
            seen_analysis_id=analysis.pk,
            by=source_selection_authority,
            at=after(solicitation, hours=7),
        )


def written(**row):
    SelectedOffer.objects.create(**row)
    connection.check_constraints()


def test_the_database_knows_how_many_awards_are_intended():
    decision = decided_for_several()
    third = unsuccessful(decision.solicitation).get()

    for position in (2, 3):
        with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
            written(decision=decision, position=position, submission=third)


def test_nobody_else_decides(gateway):
    solicitation = analysed_prices().solicitation

    for part in ("evaluator", "contracting_officer", "auditor", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            decided(solicitation, by=actor(part))
    with nothing_happens(), pytest.raises(NotAllowed):
        decided(solicitation, by=gateway)


def test_range_and_discussions_stand_in_the_decision():
    # Given discussions with both, after which one has handed in a final revision
    solicitation = opened_revisions()

    reached, held = exchanged(solicitation)

    assert reached["text"].splitlines() == [
        "Meridian Models: in the range.",
        "Larkspur AI: in the range.",
    ]
    assert "Held with Meridian Models; Larkspur AI." in held["text"]
    assert "received: Larkspur AI (revision 1)" in held["text"]
    assert "The cutoff was 22 Mar 2026" in held["text"]
