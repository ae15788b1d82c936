"""A rating is kept while it is typed, and is there again when the page is."""

from playwright.sync_api import expect

from contracting.evaluations.models import Rating, RatingDraft
from contracting.evaluations.queries import rated_factors
from tests.offers import after, declared_panel


def test_what_an_evaluator_typed_is_there_again_after_the_window_was_closed(stage):
    # Given an evaluator who types, and does not press the button
    solicitation = declared_panel()
    stage.at(after(solicitation, hours=4))
    submission = solicitation.submissions.order_by("pk")[0]
    ids = (submission.public_id, rated_factors(solicitation)[0].public_id)
    screen = stage.see("evaluator", "evaluations:rate_submission", *ids, script=True)
    screen.fill(strengths="The boundary is met, see page 3.")
    screen.page.locator("[data-saved]", has_text="not recorded yet").wait_for()
    screen.fill(weaknesses="The support plan is thin.")
    screen.page.locator('[name="strengths"]').focus()
    expect(screen.page.locator('[name="seen_version"]')).to_have_value("2")
    assert screen.visitor.complaints == []

    # When the window is gone and the page is opened anew
    screen.page.goto(screen.page.url)

    # Then every word is there, nothing is recorded, and recording it ends the draft
    for name, words in (
        ("strengths", "The boundary is met, see page 3."),
        ("weaknesses", "The support plan is thin."),
    ):
        assert screen.page.locator(f'[name="{name}"]').input_value() == words
    assert not Rating.objects.exists()
    # And a paragraph that is pressed is cited in the field where one writes
    screen.page.locator('[name="weaknesses"]').focus()
    screen.page.locator("[data-cite]").first.click()
    screen.check("rating", "GOOD")
    screen.press("Record my rating")
    assert Rating.objects.get().weaknesses == "The support plan is thin. [¶1]"
    assert not RatingDraft.objects.exists()
