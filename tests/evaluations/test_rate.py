"""Rating an offer."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.models import Rating
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.queries import (
    factors_left,
    locked_ratings_of,
    rated_factors,
    ratings_of,
)
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NarrativeMissing,
    NotAPublishedFactor,
    NotOnTheScale,
    NotOpened,
    PlaceUnknown,
    RevisionUnexplained,
)
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.submissions.refusals import NotConsidered, StillSealed
from tests.builders import DAY, released_solicitation
from tests.cast import AT, actor, client_for, nothing_happens
from tests.offers import (
    after,
    agreed_offers,
    declared_panel,
    locked_ratings,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db


def rated(submission, factor, *, by, **words):
    said = {
        "rating": "GOOD",
        "strengths": "The boundary is met.",
        "weaknesses": "None.",
        **words,
    }
    return rate_submission(
        submission_id=submission.pk,
        factor_id=factor.pk,
        **said,
        by=by,
        at=after(submission.solicitation, hours=4),
    )


@pytest.fixture
def panel():
    solicitation = declared_panel()
    submission = solicitation.submissions.order_by("pk")[0]
    return solicitation, submission, rated_factors(solicitation)[0]


@pytest.mark.rule("R-EVL-01", case="allowed")
def test_an_evaluator_rates_a_published_factor_and_may_revise(panel, evaluator):
    # Given an opened offer
    _solicitation, submission, factor = panel

    # When an evaluator rates it, and revises the rating
    rated(submission, factor, by=evaluator)
    rated(submission, factor, by=evaluator, rating="ACCEPTABLE")

    # Then both revisions are kept and the last one counts
    assert Rating.objects.count() == 2
    last = ratings_of(submission, factor).get()
    assert (last.revision, last.rating) == (2, "ACCEPTABLE")


@pytest.mark.rule("R-EVL-01", case="refused")
def test_price_and_factors_of_other_solicitations_are_not_rated(panel, evaluator):
    solicitation, submission, _factor = panel
    price = solicitation.factors.get(is_price=True)
    other = released_solicitation(AT + DAY).factors.all()[0]

    for factor in (price, other):
        with nothing_happens(), pytest.raises(NotAPublishedFactor) as refusal:
            rated(submission, factor, by=evaluator)

        assert refusal.value.rule == "R-EVL-01"
        assert refusal.value.status == 422


@pytest.mark.rule("R-EVL-01", case="refused")
@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({"rating": "SPLENDID"}, NotOnTheScale),
        ({"strengths": " "}, NarrativeMissing),
        ({"weaknesses": ""}, NarrativeMissing),
    ],
)
def test_a_rating_without_scale_or_words_is_refused(panel, evaluator, words, refused):
    _solicitation, submission, factor = panel

    with nothing_happens(), pytest.raises(refused) as refusal:
        rated(submission, factor, by=evaluator, **words)

    assert refusal.value.rule == "R-EVL-01"


@pytest.mark.rule("R-SUB-01", case="refused")
def test_a_late_offer_is_not_considered(evaluator):
    # Given a late offer beside the two in time
    solicitation = submitted_offers()[0].solicitation
    late = submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, seconds=1)
    )
    declared_panel(on=opened_offers(on=solicitation))
    factor = rated_factors(solicitation)[0]

    # When an evaluator wants to rate it
    with nothing_happens(), pytest.raises(NotConsidered) as refusal:
        rated(late, factor, by=evaluator)

    # Then the rule of the deadline says no
    assert refusal.value.rule == "R-SUB-01"


def test_a_sealed_offer_is_not_rated(evaluator):
    solicitation = submitted_offers()[0].solicitation
    declared_panel(on=solicitation)
    submission = solicitation.submissions.all()[0]

    with nothing_happens(), pytest.raises(StillSealed):
        rated(submission, rated_factors(solicitation)[0], by=evaluator)


def test_after_the_consensus_no_rating_changes(evaluator):
    solicitation = agreed_offers()
    submission = solicitation.submissions.all()[0]

    with nothing_happens(), pytest.raises(AlreadyAgreed):
        rated(submission, rated_factors(solicitation)[0], by=evaluator)


def test_nobody_else_rates(panel, gateway):
    _solicitation, submission, factor = panel

    for part in (
        "source_selection_authority",
        "contracting_officer",
        "contract_specialist",
        "program_manager",
        "vendor_a_signer",
        "other_agency_officer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            rated(submission, factor, by=actor(part))
    with nothing_happens(), pytest.raises(NotAllowed):
        rated(submission, factor, by=gateway)


def test_what_an_evaluator_still_owes_is_known(panel, evaluator, second_evaluator):
    solicitation, submission, factor = panel
    rated(submission, factor, by=evaluator)

    first, second = (
        solicitation.panel.get(membership_id=each.membership_id)
        for each in (evaluator, second_evaluator)
    )

    assert list(factors_left(first, submission)) == []
    assert list(factors_left(second, submission)) == [factor]


@pytest.mark.rule("R-EVL-03", case="refused")
def test_a_locked_rating_is_not_revised_without_a_reason(evaluator):
    solicitation = locked_ratings()
    submission = solicitation.submissions.order_by("pk")[0]
    factor = rated_factors(solicitation)[0]

    with nothing_happens(), pytest.raises(RevisionUnexplained) as refusal:
        rated(submission, factor, by=evaluator, rating="MARGINAL")

    assert refusal.value.rule == "R-EVL-03"


@pytest.mark.rule("R-EVL-03", case="allowed")
def test_a_revision_after_locking_stands_beside_the_locked_rating(evaluator):
    # Given ratings that are locked
    solicitation = locked_ratings()
    submission = solicitation.submissions.order_by("pk")[0]
    factor = rated_factors(solicitation)[0]

    # When an evaluator revises one of them and says why
    rated(submission, factor, by=evaluator, rating="MARGINAL", reason="I misread it.")

    # Then the locked one, the revision and the colleague's rating are all there
    kept = locked_ratings_of(submission, factor)
    assert sorted((each.rating, each.reason) for each in kept) == [
        ("GOOD", ""),
        ("GOOD", ""),
        ("MARGINAL", "I misread it."),
    ]


def test_nothing_is_rated_once_the_solicitation_is_cancelled(evaluator):
    # Given opened offers on a solicitation that is cancelled
    solicitation = declared_panel()
    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need has gone.",
        memo="The funds were withdrawn.",
        by=actor("contracting_officer"),
        at=after(solicitation, hours=4),
    )
    submission = solicitation.submissions.order_by("pk")[0]

    with nothing_happens(), pytest.raises(NotOpened):
        rated(submission, rated_factors(solicitation)[0], by=evaluator)


def test_a_rating_leads_to_the_places_that_it_stands_on(panel, evaluator):
    # Given a rating that names a paragraph of the offer
    _solicitation, submission, factor = panel
    rated(
        submission,
        factor,
        by=evaluator,
        strengths="The boundary is met [¶1], <b>as asked</b>.",
        weaknesses="None [¶ 1].",
    )

    # When the evaluator looks at it
    page = reverse("evaluations:lock_ratings", args=[submission.public_id])
    shown = client_for(evaluator).get(page).content.decode()

    # Then it leads to the paragraph, and the words around it stay words
    offer = reverse("evaluations:offer", args=[submission.public_id])
    assert f'<a href="{offer}#p-1">[¶1]</a>, &lt;b&gt;as asked' in shown
    assert f'<a href="{offer}#p-1">[¶ 1]</a>' in shown
    assert 'id="p-1"' in client_for(evaluator).get(offer).content.decode()


@pytest.mark.parametrize("place", ["[¶99]", "[file 7, p. 3]", "[revision ¶1]"])
def test_a_place_that_the_offer_has_not_is_refused(panel, evaluator, place):
    _solicitation, submission, factor = panel
    with nothing_happens(), pytest.raises(PlaceUnknown) as refused:
        rated(submission, factor, by=evaluator, strengths=f"Met {place}.")
    assert refused.value.rule == "R-EVL-01"
    assert place in str(refused.value)


def test_brackets_that_name_no_place_are_words(panel, evaluator):
    _solicitation, submission, factor = panel
    words = "As in [1], [¶0], [page 3] and [¶x]; ¶2 too."
    assert rated(submission, factor, by=evaluator, strengths=words).strengths == words
