"""The competition of the story: an amendment, a late offer, and a change of rank."""

from __future__ import annotations

from contracting.evaluations.pricing.uses import PUBLISHED, ranks_at
from contracting.evaluations.pricing.words import changes_of, curves_of
from contracting.operate.story.cast import HARBORLINE, NORTHLIGHT, TIDEWATER
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.states import SubmissionState

P90 = 2


def test_the_cheapest_offer_changes_with_the_use(told):
    solicitation = told.contract.solicitation
    submissions = {each.vendor.name: each for each in solicitation.submissions.all()}

    # Given three offers, one of them a minute late
    assert set(submissions) == {NORTHLIGHT, HARBORLINE, TIDEWATER}
    late = submissions[TIDEWATER]
    assert late.state == SubmissionState.LATE
    assert late.version_of_record is None

    # Then the late one is kept sealed although it is the lowest, and is not compared
    assert not OpenedOffer.objects.filter(submission=late).exists()
    usage = solicitation.price_analyses.get().usage
    curves = curves_of(usage)
    assert {curve.vendor for curve in curves} == {NORTHLIGHT, HARBORLINE}

    # And the offer that is cheapest on the published workload is not at P90
    names = {curve.submission: curve.vendor for curve in curves}

    def first(place: int) -> str:
        ranks = ranks_at(curves, place)
        return names[next(each for each, (rank, _) in ranks.items() if rank == 1)]

    assert first(PUBLISHED) == NORTHLIGHT
    assert first(P90) == HARBORLINE
    (change,) = [each for each in changes_of(usage) if each["is_of_the_lead"]]
    assert change["cheapest"] == HARBORLINE
    assert usage["sentence"].startswith(f"{NORTHLIGHT} is cheapest up to ")

    # And every offer acknowledges the amendment that moved the deadline
    for submission in Submission.objects.filter(solicitation=solicitation):
        latest = submission.latest_version
        assert latest is not None
        assert latest.acknowledged == ["0001"]
